import { ModelError, type ClockDomain, type StateExchange } from 'tessera-sim';
import { Command, isColumn } from '../../commands.js';
import { ACTIVATING, type DramDevice } from '../../device/device.js';
import type { FormedCommands } from '../../device/formed-commands.js';
import type { BankLists } from '../bank-lists.js';
import { QueueView, type RequestScheduler } from '../queue-view.js';
import { NONE } from '../request-table.js';
import { firstReady } from '../strategies.js';
import type { HalfClockEdges } from './half-clock-edges.js';
import { CommandSearch } from './search.js';
import { Source, type ControllerState } from './state.js';

/** A search that shows the whole queue to a scheduler of its own and takes the request that it chooses. */
export class QueueSearch extends CommandSearch {
  private readonly view: QueueView;

  constructor(
    device: DramDevice,
    state: ControllerState,
    formed: FormedCommands,
    private readonly chooser: RequestScheduler,
    edges?: HalfClockEdges,
  ) {
    super(device, state, formed, firstReady, edges);
    this.view = new QueueView(state.table.capacity);
  }

  override searchQueue(from: number, columns: boolean, rows: boolean, activates: boolean): void {
    const { state, view } = this;
    if (state.reads.count + state.writes.count === 0) return;
    this.gather();
    view.draining = state.draining;
    const next = this.fill(from, columns, rows, activates);
    const place = this.chooser.choose(view, from);
    if (!(place >= -1 && place < view.count)) throw new ModelError(`a scheduler chose request ${place} of a queue of ${view.count}`);
    if (place >= 0 && view.ready[place] === 1) {
      const slot = view.slot[place]!;
      this.choose(Source.queue, slot, view.command[place]!, from, this.table.order[slot]!);
    } else if (next < this.tick) {
      this.choose(Source.queue, NONE, 0, next, 0);
      this.holds = false;
    }
  }

  /** Puts the slots of all waiting requests into the view, oldest first. */
  private gather(): void {
    this.view.count = 0;
    this.gatherFrom(this.state.reads);
    this.gatherFrom(this.state.writes);
  }

  private gatherFrom(queue: BankLists): void {
    const { view, table } = this;
    const { slot: slots } = view;
    const { order, next } = table;
    for (let bank = 0; bank < queue.head.length; bank++) {
      for (let slot = queue.head[bank]!; slot !== NONE; slot = next[slot]!) {
        let at = view.count++;
        for (; at > 0 && order[slots[at - 1]!]! > order[slot]!; at--) slots[at] = slots[at - 1]!;
        slots[at] = slot;
      }
    }
  }

  /** Fills the columns of the view; returns the first tick after `from` in which one more request is ready. */
  private fill(from: number, columns: boolean, rows: boolean, activates: boolean): number {
    const { view, table, device } = this;
    const { topology } = device;
    let next = Infinity;
    for (let i = 0; i < view.count; i++) {
      const slot = view.slot[i]!;
      const bank = table.bank[slot]!;
      const command = this.commandFor(slot, bank);
      view.bank[i] = bank;
      view.rank[i] = device.rankOfBank[bank]!;
      view.group[i] = topology.groupOf(bank);
      view.row[i] = table.row[slot]!;
      view.column[i] = table.column[slot]!;
      view.isWrite[i] = table.isWrite[slot]!;
      view.arrival[i] = table.arrival[slot]!;
      view.rowHit[i] = isColumn(command) ? 1 : 0;
      view.command[i] = command;
      const goes = isColumn(command) ? columns : rows && (activates || command !== Command.activate);
      const tick = goes && this.isAllowed(bank, command) ? this.earliest(command, bank, from) : Infinity;
      view.readyTick[i] = tick;
      view.ready[i] = tick <= from ? 1 : 0;
      if (tick > from && tick < next) next = tick;
    }
    return next;
  }

  /** Not while a row is half open, and a row that an activated request still needs stays open. */
  private isAllowed(bank: number, command: number): boolean {
    if (this.device.openRow[bank] === ACTIVATING) return false;
    return command !== Command.precharge || this.active.inBank[bank] === 0;
  }

  override exchange(s: StateExchange, clock: ClockDomain): void {
    super.exchange(s, clock);
    this.chooser.state?.(s, clock);
  }
}
