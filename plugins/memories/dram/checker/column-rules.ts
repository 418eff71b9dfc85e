import { Command, isColumn, isReadColumn } from '../commands.js';
import type { Topology } from '../device/topology.js';
import type { BusTimes } from './bus-times.js';
import type { ColumnTimings, NearAndFar } from './rules/datasheet.js';
import type { TimingRules, TooEarly } from './timing-rules.js';

const DIRECTIONS = [
  ['readToRead', 'writeToRead'],
  ['readToWrite', 'writeToWrite'],
] as const;

/** Column commands: the column path of a bank group and the data bus of a rank, of a stack, and between ranks. */
export class ColumnRules implements TimingRules {
  /** Tick and code of the last read (even places) and write (odd ones) of each bank group of the channel. */
  private readonly last: Float64Array;
  private readonly lastCode: Int32Array;
  private readonly groups: number;

  constructor(
    private readonly timings: ColumnTimings,
    private readonly bus: BusTimes,
    private readonly topology: Topology,
  ) {
    this.groups = topology.banks / topology.counts.banksPerGroup;
    this.last = new Float64Array(this.groups * 2).fill(-Infinity);
    this.lastCode = new Int32Array(this.groups * 2).fill(Command.read);
  }

  check(code: number, banks: Int32Array, tick: number, found: (violation: TooEarly) => void): void {
    if (!isColumn(code)) return;
    let worst: TooEarly | undefined;
    const group = this.groupOf(banks[0]!);
    for (let at = 0; at < this.last.length; at++) {
      const sinceTicks = tick - this.last[at]!;
      if (sinceTicks === Infinity) continue;
      const { level, cycles } = this.waitOf(at >> 1, group, at & 1, isReadColumn(code) ? 0 : 1);
      const cause = this.lastCode[at]!;
      const neededTicks = this.bus.ticksBetween(cause, code, cycles);
      if (sinceTicks >= neededTicks || (worst !== undefined && neededTicks - sinceTicks <= worst.neededTicks - worst.sinceTicks)) continue;
      worst = { level, cause, neededTicks, sinceTicks, window: 1, term: 'column path and data bus' };
    }
    if (worst !== undefined) found(worst);
  }

  /** `from` and `to`: 0 a read, 1 a write. */
  private waitOf(fromGroup: number, toGroup: number, from: number, to: number): { readonly level: string; readonly cycles: number } {
    const { bankGroups, stacks } = this.topology.counts;
    const stackOf = (group: number) => Math.floor(group / bankGroups);
    const rankOf = (group: number) => Math.floor(group / (bankGroups * stacks));
    const direction = DIRECTIONS[to]![from]!;
    if (rankOf(fromGroup) !== rankOf(toGroup)) return { level: 'channel', cycles: this.timings.otherRank?.[direction] ?? -Infinity };
    const wait: number | NearAndFar = this.timings[direction];
    if (typeof wait === 'number') return { level: 'rank', cycles: wait };
    if (fromGroup === toGroup) return { level: 'group', cycles: wait.near };
    const cycles = stackOf(fromGroup) === stackOf(toGroup) ? wait.far : (wait.stack ?? wait.far);
    return { level: 'rank', cycles };
  }

  remember(code: number, banks: Int32Array, tick: number): void {
    if (!isColumn(code)) return;
    const at = this.groupOf(banks[0]!) * 2 + (isReadColumn(code) ? 0 : 1);
    this.last[at] = tick;
    this.lastCode[at] = code;
  }

  private groupOf(bank: number): number {
    return Math.floor(bank / this.topology.counts.banksPerGroup);
  }
}
