import { RandomStream } from 'tessera-sim';
import { Command, DramDevice, checkerFor, type Constraint, type ResolvedDram, type Violation } from '../../../../plugins/memories/dram/api.js';

const { activate: ACT, activate2: ACT2, precharge: PREpb, prechargeAll: PREab, read: RD, write: WR, readAuto: RDA, writeAuto: WRA } = Command;
const { refreshAll: REFab, refreshBank: REFpb, casRead: CAS_RD, casWrite: CAS_WR } = Command;
const ROW = 0;

/** Weights of what is tried next, drawn anew now and then so that every pair of commands comes close together. */
const MIXES: readonly (readonly [command: number, weight: number][])[] = [
  [
    [ACT, 4],
    [RD, 3],
    [WR, 3],
    [RDA, 2],
    [WRA, 2],
    [PREpb, 2],
    [PREab, 1],
    [REFab, 1],
    [REFpb, 2],
  ],
  [
    [ACT, 8],
    [PREpb, 1],
    [RDA, 1],
    [REFpb, 3],
  ],
  [
    [ACT, 2],
    [RD, 4],
    [WR, 4],
  ],
  [
    [ACT, 4],
    [RDA, 3],
    [WRA, 3],
    [REFpb, 3],
  ],
  [
    [ACT, 4],
    [RDA, 3],
    [WRA, 3],
    [REFab, 6],
    [PREab, 2],
  ],
  [
    [REFab, 2],
    [REFpb, 4],
    [PREpb, 3],
    [PREab, 3],
    [ACT, 1],
  ],
  [
    [ACT, 4],
    [RD, 2],
    [WR, 2],
    [PREpb, 3],
    [PREab, 3],
    [REFab, 2],
  ],
];

/**
 * Commands as soon as a timing table allows each, in an order that no controller would choose: whatever the table forgets is done too early.
 * @param constraints the table, perhaps with a row taken out
 */
export function stress(resolved: ResolvedDram, constraints: readonly Constraint[], commands: number, seed = 1): Stressed {
  const checker = checkerFor(resolved);
  let lastTick = 0;
  let tickSum = 0;
  const run = new Stress(resolved, constraints, new RandomStream(seed, 'stress'), (code, bank, tick) => {
    checker.command(code, bank, ROW, tick);
    lastTick = tick;
    tickSum += tick;
  });
  for (let i = 0; i < commands && checker.violations.length === 0; i++) run.step(i);
  return { violations: checker.violations, lastTick, tickSum };
}

/** What became of a stream. Two streams of the same commands with the same sum of ticks and end came at the same ticks. */
export interface Stressed {
  readonly violations: readonly Violation[];
  readonly lastTick: number;
  readonly tickSum: number;
}

class Stress {
  private readonly device: DramDevice;
  private readonly banks: readonly number[];
  private readonly split: boolean;
  private readonly halfCycles: boolean;
  private readonly mixes: readonly (readonly (readonly [number, number])[])[];
  private mix: readonly (readonly [number, number])[];
  private nextRow = 0;
  private nextColumn = 0;

  constructor(
    private readonly resolved: ResolvedDram,
    constraints: readonly Constraint[],
    private readonly random: RandomStream,
    private readonly issued: (code: number, bank: number, tick: number) => void,
  ) {
    const { topology, commands } = resolved;
    this.device = new DramDevice(topology, constraints, new Set(), commands);
    const { banksPerGroup, bankGroups, stacks, ranks } = topology.counts;
    // Two banks of a group, one of the next, one of the next stack, two of the next rank: every relation with few banks. More for windows.
    const far = bankGroups > 1 ? banksPerGroup : 2;
    const group = (g: number) => g * far;
    const stack = stacks > 1 ? [bankGroups * banksPerGroup] : [];
    const rank = ranks > 1 ? [topology.banksPerRank, topology.banksPerRank + 1] : [];
    this.banks = [0, 1, ...[1, 2, 3].map(group).filter((bank) => bank < topology.banksPerRank), ...stack, ...rank, 3];
    this.split = resolved.specification.standard === 'LPDDR5';
    this.halfCycles = resolved.ticksPerClock === 2;
    const refreshesBanks = resolved.constraints.some(({ following }) => following === REFpb);
    this.mixes = MIXES.map((mix) => mix.filter(([command]) => command !== REFpb || refreshesBanks));
    this.mix = this.mixes[0]!;
  }

  step(i: number): void {
    if (i % 20 === 0) this.mix = this.mixes[this.random.below(this.mixes.length)]!;
    const command = this.draw();
    const few = i % 40 < 20 ? this.banks.slice(0, 3) : this.banks;
    const bank = few[this.random.below(few.length)]!;
    const isOpen = this.device.openRow[bank] !== -1;
    if (command === PREab || command === REFab) this.wide(command, bank);
    else if (command === PREpb) this.row(command, bank);
    else if (command === ACT || command === REFpb) {
      if (!isOpen) this.row(command, bank);
    } else if (isOpen) this.column(command, bank);
  }

  private draw(): number {
    let left = this.random.below(this.mix.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [command, weight] of this.mix) if ((left -= weight) < 0) return command;
    return ACT;
  }

  private row(command: number, bank: number): void {
    const tick = this.slot(command, this.device.readyAt(command, bank));
    this.issue(command, bank, tick);
    if (command !== ACT || !this.split) return;
    this.issue(ACT2, bank, this.slot(ACT2, this.device.readyAt(ACT2, bank)));
  }

  private column(command: number, bank: number): void {
    const ready = this.device.readyAt(command, bank);
    if (!this.split) return this.issue(command, bank, this.slot(command, ready));
    const cas = command === RD || command === RDA ? CAS_RD : CAS_WR;
    const tick = Math.max(ready, this.nextRow + 1);
    this.issue(cas, bank, tick - 1);
    this.issue(command, bank, tick);
  }

  private wide(command: number, bank: number): void {
    const { topology, refreshLevel } = this.resolved;
    const size = refreshLevel === 0 ? topology.banks : topology.banksPerRank;
    const first = Math.floor(bank / size) * size;
    if (command === REFab && this.device.openRow.subarray(first, first + size).some((row) => row !== -1)) return;
    const tick = this.slot(command, this.device.readyAtAll(command, first, first + size));
    this.device.issueAll(command, first, first + size, refreshLevel, tick);
    this.taken(command, tick);
    this.issued(command, first, tick);
  }

  private issue(command: number, bank: number, tick: number): void {
    this.device.issue(command, bank, ROW, tick);
    this.taken(command, tick);
    this.issued(command, bank, tick);
  }

  private isColumnBus(command: number): boolean {
    return this.resolved.dualCommands && this.resolved.commands.isOnColumnBus(command);
  }

  private slot(command: number, ready: number): number {
    const tick = Math.max(ready, this.isColumnBus(command) ? this.nextColumn : this.nextRow);
    const isRising = tick % 2 === 1 || command === PREpb || command === PREab;
    return this.halfCycles && !isRising ? tick + 1 : tick;
  }

  /** Time goes on for both buses: commands come in the order of their ticks. */
  private taken(command: number, tick: number): void {
    if (this.isColumnBus(command)) {
      this.nextColumn = tick + 1;
      this.nextRow = Math.max(this.nextRow, tick);
    } else {
      this.nextRow = tick + 1;
      this.nextColumn = Math.max(this.nextColumn, tick);
    }
  }
}
