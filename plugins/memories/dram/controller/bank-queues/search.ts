import type { StateExchange } from 'tessera-sim';
import { Command } from '../../commands.js';
import { CLOSED, type DramDevice } from '../../device/device.js';
import type { BankLists } from '../bank-lists.js';
import { NONE, type RequestTable } from '../request-table.js';
import type { RankRefreshes } from './rank-refreshes.js';
import type { BankQueueRequests } from './requests.js';

/** A row is given up for another one once it has had so many accesses, even if more wait for it. */
const ROW_ACCESS_LIMIT = 4;

export interface SearchOptions {
  readonly banksPerQueue: number;
  /** Every access precharges. */
  readonly closePage: boolean;
}

/** Finds the next command for a request: round robin over the command queues, in each the oldest request whose command may go. */
export class DemandSearch {
  /** The command found last, its request and bank, and the first tick in which it may go. */
  tick = Infinity;
  slot = NONE;
  bank = 0;
  command = 0;
  private order = Infinity;

  private lastQueue = 0;
  private readonly table: RequestTable;
  private readonly reads: BankLists;
  private readonly writes: BankLists;
  /** Requests in each command queue. */
  private readonly queued: Int32Array;

  constructor(
    private readonly device: DramDevice,
    requests: BankQueueRequests,
    private readonly refreshes: RankRefreshes,
    private readonly options: SearchOptions,
  ) {
    this.table = requests.table;
    this.reads = requests.reads;
    this.writes = requests.writes;
    this.queued = requests.queued;
  }

  /** Finds the next queue, after the last one looked at, that has a ready command. The pointer moves on with every look. */
  find(tick: number): boolean {
    const { queued } = this;
    const queues = queued.length;
    for (let i = 0; i < queues; i++) {
      this.lastQueue = this.lastQueue + 1 === queues ? 0 : this.lastQueue + 1;
      if (queued[this.lastQueue] === 0 || this.refreshes.holds(this.lastQueue)) continue;
      this.searchQueue(this.lastQueue, tick);
      if (this.tick <= tick) return true;
    }
    return false;
  }

  /** The first tick from `from` on in which a command becomes possible, if nothing else happens. */
  earliest(from: number): number {
    const { queued } = this;
    let earliest = Infinity;
    for (let queue = 0; queue < queued.length; queue++) {
      if (queued[queue] === 0 || this.refreshes.holds(queue)) continue;
      this.searchQueue(queue, from);
      earliest = Math.min(earliest, this.tick);
    }
    return earliest;
  }

  /** The oldest entry of a queue whose required command may go at `from`, else the one that may go first. */
  private searchQueue(queue: number, from: number): void {
    this.tick = Infinity;
    this.order = Infinity;
    const size = this.options.banksPerQueue;
    for (let bank = queue * size; bank < (queue + 1) * size; bank++) this.searchBank(bank, from);
  }

  private searchBank(bank: number, from: number): void {
    const { reads, writes, device } = this;
    const oldest = this.older(reads.head[bank]!, writes.head[bank]!);
    if (oldest === NONE) return;
    const open = device.openRow[bank]!;
    if (open === CLOSED) {
      this.offer(oldest, bank, Command.activate, from);
      return;
    }
    const readHit = reads.hit[bank]!;
    const writeHit = writes.hit[bank]!;
    const auto = this.options.closePage;
    if (readHit !== NONE) this.offer(readHit, bank, auto ? Command.readAuto : Command.read, from);
    if (writeHit !== NONE) this.offerWrite(writeHit, bank, open, auto ? Command.writeAuto : Command.write, from);
    if (this.table.row[oldest] === open) return;
    const hitsWait = readHit !== NONE || writeHit !== NONE;
    if (hitsWait && device.columnAccesses[bank]! < ROW_ACCESS_LIMIT) return;
    this.offer(oldest, bank, Command.precharge, from);
  }

  /** A write waits for an older read of the same line. */
  private offerWrite(firstHit: number, bank: number, open: number, command: number, from: number): void {
    const { table, reads } = this;
    for (let slot = firstHit; slot !== NONE; slot = table.next[slot]!) {
      if (table.row[slot] !== open) continue;
      const read = reads.find(bank, open, table.column[slot]!);
      if (read !== NONE && table.order[read]! < table.order[slot]!) continue;
      this.offer(slot, bank, command, from);
      return;
    }
  }

  private offer(slot: number, bank: number, command: number, from: number): void {
    const ready = this.device.readyAt(command, bank);
    const tick = ready > from ? ready : from;
    const order = this.table.order[slot]!;
    if (tick > this.tick || (tick === this.tick && order >= this.order)) return;
    this.tick = tick;
    this.order = order;
    this.slot = slot;
    this.bank = bank;
    this.command = command;
  }

  private older(a: number, b: number): number {
    if (a === NONE) return b;
    if (b === NONE) return a;
    return this.table.order[a]! < this.table.order[b]! ? a : b;
  }

  /** All but what it finds, which is used at once. */
  state(s: StateExchange): void {
    this.lastQueue = s.number(this.lastQueue);
  }
}
