import { COMMANDS, Command, isColumn } from '../commands.js';
import { ACTIVATING, CLOSED, type DramDevice } from '../device/device.js';
import { BankLists } from './bank-lists.js';
import type { BankSet } from './bank-set.js';
import { MaintenanceQueue } from './maintenance.js';
import { NONE, RequestTable } from './request-table.js';
import type { RequestScheduler, WriteDrain } from './strategies.js';

/** Where a planned command comes from. Lower goes first when two are ready in the same tick. */
export const Source = { active: 0, maintenance: 1, queue: 2 } as const;

export interface ChannelQueueOptions {
  readonly device: DramDevice;
  readonly scheduler: RequestScheduler;
  readonly writeDrain: WriteDrain;
  readonly readQueueSize: number;
  readonly writeQueueSize: number;
  readonly maintenanceQueueSize: number;
}

/**
 * What a controller with one read and one write queue holds, and the search for the command to issue next: of the activated
 * requests, of the refreshes that wait, or of the queue that is served.
 */
export abstract class ChannelQueues {
  protected readonly device: DramDevice;
  protected readonly table: RequestTable;
  protected readonly reads: BankLists;
  protected readonly writes: BankLists;
  protected readonly maintenance: MaintenanceQueue;
  /** Opened requests, in the order of their activates. */
  protected readonly active: Int32Array;
  protected activeCount = 0;
  protected readonly activeInBank: Int32Array;
  protected draining = false;
  /** Ready ticks as last computed, by (bank, command). They never fall, so they are lower bounds for good. */
  private readonly readyBound: Float64Array;

  /** The candidate found by the last search. */
  protected bestTick = Infinity;
  protected bestSlot = NONE;
  protected bestCommand = 0;
  protected bestSource: number = Source.queue;
  private bestOrder = Infinity;

  private readonly scheduler: RequestScheduler;
  private readonly writeDrain: WriteDrain;

  constructor(options: ChannelQueueOptions) {
    const { device, readQueueSize, writeQueueSize, maintenanceQueueSize } = options;
    this.device = device;
    this.scheduler = options.scheduler;
    this.writeDrain = options.writeDrain;
    const banks = device.topology.banks;
    this.table = new RequestTable(readQueueSize + writeQueueSize + banks + 2);
    this.reads = new BankLists(this.table, device.openRow);
    this.writes = new BankLists(this.table, device.openRow);
    this.maintenance = new MaintenanceQueue(maintenanceQueueSize);
    this.active = new Int32Array(this.table.capacity);
    this.activeInBank = new Int32Array(banks);
    this.readyBound = new Float64Array(banks * COMMANDS);
  }

  protected resetBest(): void {
    this.bestTick = Infinity;
    this.bestOrder = Infinity;
    this.bestSlot = NONE;
    this.bestSource = Source.queue;
  }

  protected offer(source: number, slot: number, command: number, tick: number, order: number): void {
    if (tick > this.bestTick) return;
    if (tick === this.bestTick && (source > this.bestSource || (source === this.bestSource && order >= this.bestOrder))) return;
    this.choose(source, slot, command, tick, order);
  }

  private choose(source: number, slot: number, command: number, tick: number, order: number): void {
    this.bestTick = tick;
    this.bestSource = source;
    this.bestSlot = slot;
    this.bestCommand = command;
    this.bestOrder = order;
  }

  /** First tick from `from` on at which the command may go to the bank, on this bus. */
  protected earliest(command: number, bank: number, from: number): number {
    const ready = this.device.readyAt(command, bank);
    this.readyBound[bank * COMMANDS + command] = ready;
    return ready > from ? ready : from;
  }

  protected searchActive(from: number, columnsOnly: boolean): void {
    const { table } = this;
    for (let i = 0; i < this.activeCount; i++) {
      const slot = this.active[i]!;
      const bank = table.bank[slot]!;
      const command = this.commandFor(slot, bank);
      if (columnsOnly && !isColumn(command)) continue;
      this.offer(Source.active, slot, command, this.earliest(command, bank, from), table.arrival[slot]!);
    }
  }

  /** The first waiting refresh or policy precharge; it waits for activated requests of its banks. */
  protected searchMaintenance(from: number): void {
    const { maintenance } = this;
    if (maintenance.count === 0) return;
    const first = maintenance.firstBank;
    const end = maintenance.endBank;
    const command = maintenance.required(this.anyOpen(first, end));
    const closes = command === Command.precharge || command === Command.prechargeAll;
    if (closes && this.anyActive(first, end)) return;
    this.offer(Source.maintenance, NONE, command, this.maintenanceTick(command, first, end, from), 0);
  }

  protected maintenanceTick(command: number, first: number, end: number, from: number): number {
    return Math.max(from, this.device.readyAtAll(command, first, end));
  }

  /** The requests of the queue that the write mode selects; `rows` and `columns` say which kinds of command may go. */
  protected searchQueue(from: number, columns: boolean, rows: boolean, activates: boolean): void {
    const queue = this.draining ? this.writes : this.reads;
    if (queue.count === 0) return;
    if (this.scheduler.inOrder) {
      this.searchOldest(queue, from, columns, rows, activates);
      return;
    }
    if (columns) this.searchBanks(queue, queue.hitBanks, queue.hit, this.draining ? Command.write : Command.read, from);
    if (!rows) return;
    this.searchBanks(queue, queue.missBanks, queue.miss, Command.precharge, from);
    if (activates) this.searchBanks(queue, queue.shutBanks, queue.head, Command.activate, from);
  }

  /**
   * The best of one kind of candidate. The hottest loop of a busy channel: what cannot beat the best so far, going by a lower
   * bound of its ready tick, is passed over before the tick itself is computed.
   */
  private searchBanks(queue: BankLists, set: BankSet, slots: Int32Array, command: number, from: number): void {
    const floor = Math.max(from, this.device.readyFloor(command));
    let bestTick = this.bestTick;
    if (set.count === 0 || floor > bestTick) return;
    // A candidate of another source wins ties.
    let bestOrder = this.bestSource === Source.queue ? this.bestOrder : -1;
    let bestSlot = NONE;
    const { readyBound } = this;
    const { order } = this.table;
    const { banks, count } = set;
    for (let i = 0; i < count; i++) {
      const bank = banks[i]!;
      const slot = slots[bank]!;
      const bound = readyBound[bank * COMMANDS + command]!;
      const earliest = bound > floor ? bound : floor;
      if (earliest > bestTick || (earliest === bestTick && order[slot]! > bestOrder)) continue;
      if (command === Command.precharge && !this.mayClose(bank, queue.hit[bank]!, slot)) continue;
      const tick = this.earliest(command, bank, from);
      if (tick > bestTick || (tick === bestTick && order[slot]! > bestOrder)) continue;
      bestTick = tick;
      bestOrder = order[slot]!;
      bestSlot = slot;
    }
    if (bestSlot !== NONE) this.choose(Source.queue, bestSlot, command, bestTick, bestOrder);
  }

  protected updateWriteMode(): void {
    this.draining = this.writeDrain.drain(this.reads.count, this.writes.count, this.draining);
  }

  private searchOldest(queue: BankLists, from: number, columns: boolean, rows: boolean, activates: boolean): void {
    let oldest = NONE;
    for (const slot of queue.head) {
      if (slot !== NONE && (oldest === NONE || this.table.order[slot]! < this.table.order[oldest]!)) oldest = slot;
    }
    const bank = this.table.bank[oldest]!;
    if (this.device.openRow[bank] === ACTIVATING) return;
    const command = this.commandFor(oldest, bank);
    if (isColumn(command) ? !columns : !rows) return;
    if (command === Command.activate && !activates) return;
    if (command === Command.precharge && this.activeInBank[bank]! > 0) return;
    this.offer(Source.queue, oldest, command, this.earliest(command, bank, from), 0);
  }

  /** A row that an activated request still needs stays open; else the scheduler decides between hits and the miss. */
  private mayClose(bank: number, hit: number, miss: number): boolean {
    if (this.activeInBank[bank]! > 0) return false;
    if (hit === NONE) return true;
    const { arrival } = this.table;
    return this.scheduler.mayClose(arrival[hit]!, arrival[miss]!);
  }

  private commandFor(slot: number, bank: number): number {
    const open = this.device.openRow[bank]!;
    if (open === CLOSED) return Command.activate;
    if (open !== this.table.row[slot]) return Command.precharge;
    return this.table.isWrite[slot] === 1 ? Command.write : Command.read;
  }

  private anyOpen(first: number, end: number): boolean {
    for (let bank = first; bank < end; bank++) if (this.device.openRow[bank] !== CLOSED) return true;
    return false;
  }

  protected anyActive(first: number, end: number): boolean {
    if (this.activeCount === 0) return false;
    for (let bank = first; bank < end; bank++) if (this.activeInBank[bank]! > 0) return true;
    return false;
  }
}
