import { InputError } from 'tessera-sim';
import {
  isTable,
  readArchitecture,
  readDirectives,
  readProblem,
  readTables,
  withTables,
  type Problem,
  type TimeloopMachine,
  type TimeloopMapping,
} from 'tessera-sim/timeloop';

export interface TimeloopConfig {
  readonly architecture?: Readonly<Record<string, unknown>>;
  readonly problem?: Readonly<Record<string, unknown>>;
  readonly mapping?: readonly unknown[];
  readonly ERT?: Readonly<Record<string, unknown>>;
  readonly physical: boolean;
}

/** The tool's own architecture, problem and mapping where the configuration holds them, all three; else undefined. */
export function givenCase({
  architecture,
  problem,
  mapping,
  ERT,
}: TimeloopConfig): { problem: Problem; machine: TimeloopMachine; mapping: TimeloopMapping } | undefined {
  const there = [architecture, problem, mapping].filter((part) => part !== undefined).length;
  if (there === 0) return undefined;
  if (there < 3) throw new InputError({ path: 'with', message: 'a part is missing', expected: 'architecture, problem and mapping together, or none of them' });
  const read = readArchitecture({ file: '', value: { architecture }, lineOf: () => undefined, tagOf: () => undefined });
  const stated = readProblem(problem);
  const machine = isTable(ERT) ? withTables(read.machine, readTables({ ERT })) : read.machine;
  return { problem: stated, machine, mapping: readDirectives(mapping, stated, read.targets) };
}
