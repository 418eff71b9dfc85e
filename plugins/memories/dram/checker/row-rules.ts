import { Command } from '../commands.js';
import type { Topology } from '../device/topology.js';
import type { BusTimes } from './bus-times.js';
import type { ActivateWindow, RowTimings } from './rules/datasheet.js';
import type { TimingRules, TooEarly } from './timing-rules.js';

const { activate: ACT, refreshBank: REFpb, precharge: PREpb, prechargeAll: PREab } = Command;

/** Row commands to different banks of a rank: activates, refreshes of single banks, precharges. */
export class RowRules implements TimingRules {
  private readonly lastActivate: Float64Array;
  private readonly lastRefresh: Float64Array;
  private readonly lastPrecharge: Float64Array;
  private readonly lastPrechargeCode: Int32Array;
  private readonly windows: readonly WindowOfRank[];

  constructor(
    private readonly timings: RowTimings,
    private readonly bus: BusTimes,
    private readonly topology: Topology,
  ) {
    const { ranks } = topology.counts;
    this.lastActivate = new Float64Array(topology.banks).fill(-Infinity);
    this.lastRefresh = new Float64Array(topology.banks).fill(-Infinity);
    this.lastPrecharge = new Float64Array(ranks).fill(-Infinity);
    this.lastPrechargeCode = new Int32Array(ranks);
    this.windows = timings.windows.map((window) => new WindowOfRank(window, ranks));
  }

  check(code: number, banks: Int32Array, tick: number, found: (violation: TooEarly) => void): void {
    if (code === ACT || code === REFpb) {
      this.checkOthers(code, banks[0]!, tick, found);
      this.checkWindows(code, this.topology.rankOf(banks[0]!), tick, found);
    }
    if (code === PREpb || code === PREab) this.checkPrecharge(code, banks, tick, found);
  }

  private checkOthers(code: number, bank: number, tick: number, found: (violation: TooEarly) => void): void {
    const { banksPerRank } = this.topology;
    const first = this.topology.rankOf(bank) * banksPerRank;
    let worst: TooEarly | undefined;
    const hold = (violation: TooEarly): void => {
      const { neededTicks, sinceTicks } = violation;
      if (sinceTicks < neededTicks && (worst === undefined || neededTicks - sinceTicks > worst.neededTicks - worst.sinceTicks)) worst = violation;
    };
    for (let other = first; other < first + banksPerRank; other++) {
      if (other === bank) continue;
      hold(this.afterActivate(code, bank, other, tick));
      hold(this.afterRefresh(code, other, tick));
    }
    if (worst !== undefined) found(worst);
  }

  private afterActivate(code: number, bank: number, other: number, tick: number): TooEarly {
    const isNear = sameGroup(this.topology, bank, other);
    const { activateToActivate, refreshBank } = this.timings;
    const cycles = code === REFpb ? (refreshBank?.fromActivate ?? 0) : isNear ? activateToActivate.near : activateToActivate.far;
    const neededTicks = this.bus.ticksBetween(ACT, code, cycles);
    const level = isNear && code === ACT ? 'group' : 'rank';
    return { level, cause: ACT, neededTicks, sinceTicks: tick - this.lastActivate[other]!, window: 1, term: 'tRRD' };
  }

  private afterRefresh(code: number, other: number, tick: number): TooEarly {
    const { refreshBank } = this.timings;
    const cycles = (code === REFpb ? refreshBank?.toRefreshBank : refreshBank?.toActivate) ?? 0;
    const neededTicks = this.bus.ticksBetween(REFpb, code, cycles);
    return { level: 'rank', cause: REFpb, neededTicks, sinceTicks: tick - this.lastRefresh[other]!, window: 1, term: 'tRREFD' };
  }

  private checkWindows(code: number, rank: number, tick: number, found: (violation: TooEarly) => void): void {
    for (const window of this.windows) {
      if (code === REFpb && !window.form.countsRefreshes) continue;
      const { count, cycles } = window.form;
      const neededTicks = this.bus.ticksBetween(ACT, code, cycles);
      const sinceTicks = tick - window.oldest(rank);
      if (sinceTicks < neededTicks) found({ level: 'rank', cause: ACT, neededTicks, sinceTicks, window: count, term: 'activate window' });
    }
  }

  private checkPrecharge(code: number, banks: Int32Array, tick: number, found: (violation: TooEarly) => void): void {
    const rank = this.topology.rankOf(banks[0]!);
    const cause = this.lastPrechargeCode[rank]!;
    const neededTicks = this.bus.ticksBetween(cause, code, this.timings.prechargeToPrecharge);
    const sinceTicks = tick - this.lastPrecharge[rank]!;
    if (sinceTicks < neededTicks) found({ level: 'rank', cause, neededTicks, sinceTicks, window: 1, term: 'tPPD' });
  }

  remember(code: number, banks: Int32Array, tick: number): void {
    const bank = banks[0]!;
    const rank = this.topology.rankOf(bank);
    if (code === ACT) this.lastActivate[bank] = tick;
    if (code === REFpb) this.lastRefresh[bank] = tick;
    if (code === PREpb || code === PREab) {
      this.lastPrecharge[rank] = tick;
      this.lastPrechargeCode[rank] = code;
    }
    if (code !== ACT && code !== REFpb) return;
    for (const window of this.windows) {
      // A window counts activates; a refresh that counts as one is put where an activate that had been received with it would be.
      if (code === ACT) window.push(rank, tick);
      else if (window.form.countsRefreshes) window.push(rank, tick + this.bus.occupiedTicks(REFpb) - this.bus.occupiedTicks(ACT));
    }
  }
}

class WindowOfRank {
  private readonly ring: Float64Array;
  private readonly at: Int32Array;

  constructor(
    readonly form: ActivateWindow,
    ranks: number,
  ) {
    this.ring = new Float64Array(form.count * ranks).fill(-Infinity);
    this.at = new Int32Array(ranks);
  }

  oldest(rank: number): number {
    return this.ring[rank * this.form.count + this.at[rank]!]!;
  }

  push(rank: number, tick: number): void {
    this.ring[rank * this.form.count + this.at[rank]!] = tick;
    this.at[rank] = (this.at[rank]! + 1) % this.form.count;
  }
}

function sameGroup({ counts: { banksPerGroup } }: Topology, a: number, b: number): boolean {
  return Math.floor(a / banksPerGroup) === Math.floor(b / banksPerGroup);
}
