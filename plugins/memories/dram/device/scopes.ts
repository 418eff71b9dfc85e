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

/** The banks that each command of a table reaches, by code and bank. Lists are made when they are first asked for. */
export class ScopedBanks {
  private readonly lists: (Int32Array | undefined)[];

  constructor(
    private readonly topology: Topology,
    private readonly commands: CommandTable,
  ) {
    this.lists = Array.from({ length: topology.banks * commands.count });
  }

  of(command: number, bank: number): Int32Array {
    return this.lists[command * this.topology.banks + bank] ?? this.make(command, bank);
  }

  /** All banks that a list names share it. */
  private make(command: number, bank: number): Int32Array {
    const list = Int32Array.from(banksOfScope(this.topology, this.commands.forms[command]!.scope, bank));
    for (const other of list) this.lists[command * this.topology.banks + other] = list;
    return list;
  }
}

/** Banks of a list, ascending, that stand for the nodes of a level: the first one of each. */
export function firstOfNodes(topology: Topology, banks: Int32Array | readonly number[], level: number): number[] {
  const nodeOf = (bank: number) => topology.nodeOfBank[bank * LEVELS.length + level]!;
  return Array.from(banks).filter((bank, i) => i === 0 || nodeOf(bank) !== nodeOf(banks[i - 1]!));
}
