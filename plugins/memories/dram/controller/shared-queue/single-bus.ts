import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { CommandBus } from './command-bus.js';
import type { CommandIssue } from './issue.js';
import type { CommandSearch } from './search.js';
import type { ControllerState } from './state.js';

/** One command a tick (DDR, GDDR, LPDDR3/4). */
export class SingleBus implements CommandBus {
  constructor(
    private readonly state: ControllerState,
    private readonly search: CommandSearch,
    private readonly issuer: CommandIssue,
  ) {}

  run(tick: number): void {
    const { state, search } = this;
    if (!state.isPlanned) this.plan(tick);
    if (search.tick > tick) {
      state.wakeTick = search.tick;
      return;
    }
    this.issuer.issue(search.source, search.slot, search.command, tick);
    state.replan(this.issuer.busFreeAfter(search.source, search.command, tick));
  }

  /**
   * Finds what will be issued next if no request comes before. The state only changes by issuing, so the earliest candidate now
   * is the one that the tick-by-tick search would find first.
   */
  private plan(tick: number): void {
    const { state, search } = this;
    search.clear();
    search.searchActive(tick, false);
    if (search.tick > tick) {
      if (state.maintenance.count > 0) {
        search.searchMaintenance(tick);
      } else {
        state.updateWriteMode();
        search.searchQueue(tick, true, true, true);
      }
    }
    state.isPlanned = search.holds;
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.search.exchange(s, clock);
  }
}
