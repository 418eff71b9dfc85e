import type { CommandScope } from '../command-form.js';
import type { CommandTable } from '../command-table.js';
import { LEVELS } from '../standards/form.js';
import type { Topology } from './topology.js';

const LEVEL_OF: Readonly<Record<Exclude<CommandScope, 'sameBank'>, number>> = { channel: 0, rank: 1, pseudoChannel: 1, bankGroup: 3, bank: 4 };
const STACK_LEVEL = 2;

/** Banks that a command of the scope reaches when it is given to the bank, ascending. */
export function banksOfScope(topology: Topology, scope: CommandScope, bank: number): number[] {
  const level = scope === 'sameBank' ? STACK_LEVEL : LEVEL_OF[scope];
  const size = topology.banks / topology.levelSizes[level]!;
  const first = Math.floor(bank / size) * size;
  const all = Array.from({ length: size }, (_, i) => first + i);
  if (scope !== 'sameBank') return all;
  const { banksPerGroup } = topology.counts;
  return all.filter((other) => other % banksPerGroup === bank % banksPerGroup);
}

/** The banks that each command of a table reaches, by code and bank. */
export class ScopedBanks {
  private readonly banks: readonly (readonly Int32Array[])[];

  constructor(topology: Topology, commands: CommandTable) {
    const byScope = new Map<CommandScope, readonly Int32Array[]>();
    this.banks = commands.forms.map(({ scope }) => {
      const known = byScope.get(scope) ?? listsOf(topology, scope);
      byScope.set(scope, known);
      return known;
    });
  }

  of(command: number, bank: number): Int32Array {
    return this.banks[command]![bank]!;
  }
}

/** The list of each bank; banks of one node share it. */
function listsOf(topology: Topology, scope: CommandScope): readonly Int32Array[] {
  const byFirst = new Map<number, Int32Array>();
  return Array.from({ length: topology.banks }, (_, bank) => {
    const banks = banksOfScope(topology, scope, bank);
    const shared = byFirst.get(banks[0]!) ?? Int32Array.from(banks);
    byFirst.set(banks[0]!, shared);
    return shared;
  });
}

/** Banks of a list, ascending, that stand for the nodes of a level: the first one of each. */
export function firstOfNodes(topology: Topology, banks: Int32Array | readonly number[], level: number): number[] {
  const nodeOf = (bank: number) => topology.nodeOfBank[bank * LEVELS.length + level]!;
  return Array.from(banks).filter((bank, i) => i === 0 || nodeOf(bank) !== nodeOf(banks[i - 1]!));
}
