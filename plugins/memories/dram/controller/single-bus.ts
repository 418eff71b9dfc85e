import { NONE } from './request-table.js';
import { SharedQueueChannel, Source } from './shared-queue.js';

/** One command a tick (DDR, GDDR, LPDDR3/4). */
export class SingleBusChannel extends SharedQueueChannel {
  private planned = false;
  private planTick = Infinity;
  private planSlot = NONE;
  private planCommand = 0;
  private planSource: number = Source.queue;

  protected override invalidate(tick: number): void {
    this.planned = false;
    this.wake = tick;
  }

  protected override tick(tick: number): void {
    if (!this.planned) this.plan(tick);
    if (this.planTick > tick) {
      this.wake = this.planTick;
      return;
    }
    this.issue(this.planSource, this.planSlot, this.planCommand, tick);
    this.invalidate(tick + 1);
  }

  /**
   * Finds what will be issued next if no request comes before. The state only changes by issuing, so the earliest candidate now
   * is the one that the tick-by-tick search would find first.
   */
  private plan(tick: number): void {
    this.resetBest();
    this.searchActive(tick, false);
    const activeGoesNow = this.bestTick <= tick;
    if (!activeGoesNow) {
      if (this.maintenance.count > 0) {
        this.searchMaintenance(tick);
      } else {
        this.updateWriteMode();
        this.searchQueue(tick, true, true, true);
      }
    }
    this.planned = true;
    this.planTick = this.bestTick;
    this.planSlot = this.bestSlot;
    this.planCommand = this.bestCommand;
    this.planSource = this.bestSource;
  }
}
