import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { DramDevice } from '../../device/device.js';
import { BankLists } from '../bank-lists.js';
import { NONE, RequestTable } from '../request-table.js';
import type { WriteDrain } from '../strategies.js';
import { ActiveRequests } from './active-requests.js';
import { MaintenanceQueue } from './maintenance.js';

/** Where a command comes from. Lower goes first when two are ready in the same tick. */
export const Source = { active: 0, maintenance: 1, queue: 2 } as const;

export interface QueueSizes {
  readonly readQueueSize: number;
  readonly writeQueueSize: number;
  readonly maintenanceQueueSize: number;
}

/** What a controller with one read and one write queue holds: its requests, refreshes that wait, and when it looks at them next. */
export class ControllerState {
  readonly table: RequestTable;
  readonly reads: BankLists;
  readonly writes: BankLists;
  readonly active: ActiveRequests;
  readonly maintenance: MaintenanceQueue;
  /** The request whose row is half open (between ACT-1 and ACT-2), NONE if there is none. */
  openingSlot = NONE;
  /** Writes are served, not reads. */
  draining = false;

  /** Next tick in which a command may go out, or the next one must be looked for. */
  wakeTick = Infinity;
  /** The next command has been found, and nothing has changed since. */
  isPlanned = false;

  /** Tick of the last access of each bank. */
  readonly lastAccessTick: Float64Array;
  /** 1 for banks whose open row the row policy has asked to be closed. */
  readonly closeAsked: Uint8Array;

  constructor(
    device: DramDevice,
    sizes: QueueSizes,
    private readonly writeDrain: WriteDrain,
  ) {
    const { banks } = device.topology;
    this.table = new RequestTable(sizes.readQueueSize + sizes.writeQueueSize + banks + 2);
    this.reads = new BankLists(this.table, device.openRow);
    this.writes = new BankLists(this.table, device.openRow);
    this.active = new ActiveRequests(this.table, banks);
    this.maintenance = new MaintenanceQueue(sizes.maintenanceQueueSize);
    this.lastAccessTick = new Float64Array(banks);
    this.closeAsked = new Uint8Array(banks);
  }

  /** A request or refresh has come, or a command has been issued: the next command is looked for again, at `tick`. */
  replan(tick: number): void {
    this.isPlanned = false;
    this.wakeTick = tick;
  }

  /** Evaluates whether reads or writes are served, once per search. */
  updateWriteMode(): void {
    this.draining = this.writeDrain.drain(this.reads.count, this.writes.count, this.draining);
  }

  /** Takes a request out of its queue or out of the active ones. */
  leave(source: number, slot: number): void {
    if (source !== Source.queue) this.active.remove(slot);
    else (this.table.isWrite[slot] === 1 ? this.writes : this.reads).remove(slot);
  }

  /** The bank is no longer closed, but no row is open yet. */
  rowOpening(bank: number): void {
    this.reads.opening(bank);
    this.writes.opening(bank);
  }

  rowOpened(bank: number, row: number): void {
    this.reads.opened(bank, row);
    this.writes.opened(bank, row);
  }

  rowClosed(bank: number): void {
    this.reads.closed(bank);
    this.writes.closed(bank);
    this.closeAsked[bank] = 0;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.table.state(s, clock);
    this.reads.state(s);
    this.writes.state(s);
    this.active.state(s);
    this.maintenance.state(s);
    this.openingSlot = s.number(this.openingSlot);
    this.draining = s.flag(this.draining);
    this.wakeTick = s.cycle(this.wakeTick, clock);
    this.isPlanned = s.flag(this.isPlanned);
    s.cycles(this.lastAccessTick, clock);
    s.numbers(this.closeAsked);
  }
}
