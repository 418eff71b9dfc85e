import type { ClockDomain, StateExchange } from 'tessera-sim';
import { BankLists } from '../bank-lists.js';
import { RequestFifo } from './request-fifo.js';
import { NONE, RequestTable } from '../request-table.js';

export interface BankQueueSizes {
  /** Requests that wait to enter a command queue: reads and writes each, or together if `unified`. */
  readonly transactionQueueSize: number;
  readonly commandQueueSize: number;
  /** Banks that share one command queue: 1, or all of a rank. */
  readonly banksPerQueue: number;
  readonly unified: boolean;
}

/** More waiting writes than this are drained when there is nothing else to do. */
const IDLE_DRAIN_THRESHOLD = 8;

/** The requests of a bank-queue controller: those that wait (reads in a queue, writes in a buffer) and those in the command queues. */
export class BankQueueRequests {
  readonly table: RequestTable;
  readonly reads: BankLists;
  readonly writes: BankLists;
  /** Requests in each command queue. */
  readonly queued: Int32Array;

  private readonly waitingReads: RequestFifo;
  private readonly waitingWrites: RequestFifo;
  private drainLeft = 0;
  private entered = 0;

  constructor(
    private readonly sizes: BankQueueSizes,
    openRow: Int32Array,
  ) {
    const queues = openRow.length / sizes.banksPerQueue;
    this.table = new RequestTable(2 * sizes.transactionQueueSize + queues * sizes.commandQueueSize);
    this.waitingReads = new RequestFifo(this.table);
    this.waitingWrites = sizes.unified ? this.waitingReads : new RequestFifo(this.table);
    this.reads = new BankLists(this.table, openRow);
    this.writes = new BankLists(this.table, openRow);
    this.queued = new Int32Array(queues);
  }

  hasRoom(isWrite: boolean): boolean {
    return (isWrite ? this.waitingWrites : this.waitingReads).count < this.sizes.transactionQueueSize;
  }

  /** A few posted writes with nothing behind them stay in the buffer for ever and do not count. */
  pending(): number {
    const underWay = this.reads.count + this.writes.count + this.waitingReads.count;
    const stays = underWay === 0 && this.drainLeft === 0 && this.waitingWrites.count <= IDLE_DRAIN_THRESHOLD;
    return stays && !this.sizes.unified ? 0 : this.table.used;
  }

  /** Writes that stay in the buffer for ever because nothing pushes them out. */
  get writesLeft(): number {
    return this.waitingWrites.count;
  }

  enqueue(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): number {
    const slot = this.table.take(bank, row, column, isWrite, cycle, tag);
    (isWrite ? this.waitingWrites : this.waitingReads).push(slot);
    return slot;
  }

  /** A waiting or queued request for the same line. */
  findPending(bank: number, row: number, column: number, isWrite: boolean): number {
    const inQueue = (isWrite ? this.writes : this.reads).find(bank, row, column);
    if (inQueue !== NONE) return inQueue;
    return (isWrite ? this.waitingWrites : this.waitingReads).find(bank, row, column, isWrite ? 1 : 0);
  }

  /** Moves at most one request into a command queue. While writes are drained no read moves. */
  moveOne(): boolean {
    const { sizes, table } = this;
    if (!sizes.unified && this.drainLeft === 0) this.startDrain();
    const fifo = this.drainLeft > 0 ? this.waitingWrites : this.waitingReads;
    for (let slot = fifo.first; slot !== NONE; slot = table.next[slot]!) {
      const bank = table.bank[slot]!;
      if (this.queued[Math.floor(bank / sizes.banksPerQueue)]! >= sizes.commandQueueSize) continue;
      if (table.isWrite[slot] === 1 && !sizes.unified) {
        if (this.findPending(bank, table.row[slot]!, table.column[slot]!, false) !== NONE) {
          this.drainLeft = 0;
          return false;
        }
        this.drainLeft--;
      }
      this.moveToCommandQueue(fifo, slot);
      return true;
    }
    return false;
  }

  /** Takes a request that has been issued out of its command queue. Its slot is still to be given back. */
  removeQueued(slot: number): void {
    const { table } = this;
    (table.isWrite[slot] === 1 ? this.writes : this.reads).remove(slot);
    this.queued[Math.floor(table.bank[slot]! / this.sizes.banksPerQueue)]!--;
  }

  rowOpened(bank: number, row: number): void {
    this.reads.opened(bank, row);
    this.writes.opened(bank, row);
  }

  rowClosed(bank: number): void {
    this.reads.closed(bank);
    this.writes.closed(bank);
  }

  private moveToCommandQueue(fifo: RequestFifo, slot: number): void {
    const { table } = this;
    fifo.remove(slot);
    (table.isWrite[slot] === 1 ? this.writes : this.reads).push(slot);
    // Order within the command queues is the order of entering them.
    table.order[slot] = this.entered++;
    this.queued[Math.floor(table.bank[slot]! / this.sizes.banksPerQueue)]!++;
  }

  private startDrain(): void {
    const writes = this.waitingWrites.count;
    const idle = writes > IDLE_DRAIN_THRESHOLD && this.reads.count + this.writes.count === 0;
    if (writes >= this.sizes.transactionQueueSize || idle) this.drainLeft = writes;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.table.state(s, clock);
    this.reads.state(s);
    this.writes.state(s);
    s.numbers(this.queued);
    this.waitingReads.state(s);
    this.waitingWrites.state(s);
    this.drainLeft = s.number(this.drainLeft);
    this.entered = s.number(this.entered);
  }
}
