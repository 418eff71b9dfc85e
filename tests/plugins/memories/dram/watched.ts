import fc from 'fast-check';
import {
  DramSystem,
  NO_EXTENSIONS,
  pluginTables,
  specificationOf,
  type CommandChecker,
  type DramExtensions,
  type RandomStreams,
  type ResolvedDram,
  type Violation,
} from 'tessera-sim/dram';
import { deviceConfig } from './support.js';

export interface Access {
  readonly gap: number;
  readonly line: number;
  readonly isWrite: boolean;
}

/** Accesses alone, in crowds, to few rows and to many. */
export const accessLists: fc.Arbitrary<readonly Access[]> = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 0, 1, 7, 20, 45, 60, 90, 200, 600, 5000),
    line: fc.oneof(
      fc.integer({ min: 0, max: 1 << 16 }),
      fc.integer({ min: 0, max: 4 }).map((row) => row << 11),
    ),
    isWrite: fc.boolean(),
  }),
  { minLength: 1, maxLength: 80 },
);

/** All that can be seen of a run: commands, completions, counters, and what a checker says of the commands where one is given. */
export function watched(
  config: Readonly<Record<string, unknown>>,
  accesses: readonly Access[],
  extensions: DramExtensions = NO_EXTENSIONS,
  checkerOf?: (resolved: ResolvedDram) => CommandChecker,
  random?: RandomStreams,
) {
  const events: string[] = [];
  const violations: Violation[] = [];
  const system = new DramSystem(
    specificationOf(deviceConfig(config), extensions),
    { completed: (tag, cycle, isWrite) => events.push(`done ${tag} ${cycle} ${isWrite}`) },
    extensions,
    random,
  );
  const checkers = system.channels.map(() => checkerOf?.(system.resolved));
  system.channels.forEach((channel, i) => {
    channel.observer = {
      command: (command, bank, row, tick) => {
        events.push(`command ${command} ${bank} ${row} ${tick}`);
        checkers[i]?.command(command, bank, row, tick);
      },
    };
  });
  let cycle = 0;
  accesses.forEach(({ gap, line, isWrite }, i) => {
    cycle += gap;
    system.advance(cycle);
    for (let tries = 0; !system.accept(line, isWrite, i, cycle); tries++) {
      if (tries > 100_000) throw new Error('a request is never taken');
      system.advance(++cycle);
    }
  });
  system.advance(cycle + 20_000);
  for (const channel of system.channels) channel.finish(cycle + 20_000);
  for (const checker of checkers) violations.push(...(checker?.violations ?? []));
  const counters = system.channels.map(({ counters: all }) => ({
    ...all,
    latencyHistogram: all.latencyHistogram.join(),
    commandsOfBank: all.commandsOfBank.join(),
  }));
  return { events, violations, counters, ...pluginTables(system) };
}
