import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command } from '../../commands.js';
import type { DramDevice } from '../../device/device.js';
import type { ChannelCounters } from '../counters.js';
import type { RefreshPolicy, RowPolicy } from '../strategies.js';
import type { ControllerState } from './state.js';

export interface UpkeepOptions {
  readonly rowPolicy: RowPolicy;
  readonly refresh: RefreshPolicy;
  /** Tree level of an all-bank refresh: 0 channel, 1 rank. */
  readonly refreshLevel: number;
}

/** What is done to banks without a request for it: refreshes that fall due, rows that the row policy wants closed. */
export class Upkeep {
  /** The row policy closes rows that nobody asks to be closed. */
  readonly closesRows: boolean;
  /** Tick of the next refresh, and the next tick in which anything falls due. */
  refreshTick: number;
  dueTick: number;
  private readonly refresh: RefreshPolicy;
  private readonly refreshBanks: number;
  private readonly enqueue = (rank: number, bank: number): void => this.enqueueRefresh(rank, bank);

  constructor(
    private readonly device: DramDevice,
    private readonly state: ControllerState,
    private readonly counters: ChannelCounters,
    private readonly options: UpkeepOptions,
  ) {
    const { topology } = device;
    this.refresh = options.refresh;
    this.refreshTick = options.refresh.nextTick;
    this.dueTick = this.refreshTick;
    this.closesRows = options.rowPolicy.closeAt(1 << 30, 0) < Infinity;
    this.refreshBanks = options.refreshLevel === 0 ? topology.banks : topology.banksPerRank;
  }

  /** Puts what falls due at `tick` into the maintenance queue. */
  collect(tick: number): void {
    if (tick === this.refreshTick) this.enqueueRefreshes(tick);
    if (this.closesRows) this.dueTick = Math.min(this.refreshTick, this.closeRows(tick));
  }

  private enqueueRefreshes(tick: number): void {
    this.refresh.emit(this.enqueue);
    this.refreshTick = this.refresh.nextTick;
    this.dueTick = this.refreshTick;
    this.state.replan(tick);
  }

  private enqueueRefresh(rank: number, bank: number): void {
    const { maintenance } = this.state;
    this.counters.maintenance++;
    if (bank >= 0) {
      maintenance.push(Command.refreshBank, bank, bank + 1);
      return;
    }
    const first = Math.max(0, rank) * this.refreshBanks;
    maintenance.push(Command.refreshAll, first, first + this.refreshBanks);
  }

  /**
   * Asks for a precharge of every row that the policy wants closed, as soon as the bank allows one.
   * @returns the first tick after this one in which another row is to be closed
   */
  private closeRows(tick: number): number {
    const { device, state } = this;
    const { closeAsked, lastAccessTick } = state;
    let next = Infinity;
    for (let bank = 0; bank < closeAsked.length; bank++) {
      if (closeAsked[bank] === 1 || device.openRow[bank]! < 0) continue;
      const wanted = this.options.rowPolicy.closeAt(device.columnAccesses[bank]!, lastAccessTick[bank]!);
      if (wanted === Infinity) continue;
      const at = Math.max(wanted, device.readyAt(Command.precharge, bank));
      if (at > tick) {
        next = Math.min(next, at);
        continue;
      }
      closeAsked[bank] = 1;
      this.counters.maintenance++;
      state.maintenance.push(Command.precharge, bank, bank + 1);
      state.replan(tick);
    }
    return next;
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.refreshTick = s.cycle(this.refreshTick, clock);
    this.dueTick = s.cycle(this.dueTick, clock);
    this.refresh.state(s, clock);
  }
}
