import type { ClockDomain, StateExchange } from 'tessera-sim';
/** How long each rank had a row open, for background energy. */
export class RankActivity {
  /** Ticks with at least one open bank, per rank. */
  readonly activeTicks: Float64Array;
  private readonly since: Float64Array;

  constructor(private readonly openBanksOfRank: Int32Array) {
    this.activeTicks = new Float64Array(openBanksOfRank.length);
    this.since = new Float64Array(openBanksOfRank.length).fill(-1);
  }

  /** To be called after a command to the rank; the tick of the command counts for the new state. */
  update(rank: number, tick: number): void {
    const open = this.openBanksOfRank[rank]! > 0;
    const since = this.since[rank]!;
    if (open === since >= 0) return;
    if (open) {
      this.since[rank] = tick;
    } else {
      this.activeTicks[rank]! += tick - since;
      this.since[rank] = -1;
    }
  }

  /** @param end the first tick after the run */
  finish(end: number): void {
    for (let rank = 0; rank < this.since.length; rank++) {
      if (this.since[rank]! < 0) continue;
      this.activeTicks[rank]! += end - this.since[rank]!;
      this.since[rank] = end;
    }
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.numbers(this.activeTicks);
    s.cycles(this.since, clock);
  }
}
