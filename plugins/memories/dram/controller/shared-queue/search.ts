import type { ClockDomain, StateExchange } from 'tessera-sim';
import { COMMANDS, Command, isColumn } from '../../commands.js';
import { ACTIVATING, CLOSED, type DramDevice } from '../../device/device.js';
import type { FormedCommands } from '../../device/formed-commands.js';
import type { BankLists } from '../bank-lists.js';
import type { BankSet } from '../bank-set.js';
import { NONE, type RequestTable } from '../request-table.js';
import type { SchedulerRules } from '../strategies.js';
import type { ActiveRequests } from './active-requests.js';
import type { HalfClockEdges } from './half-clock-edges.js';
import { Source, type ControllerState } from './state.js';

/**
 * Finds the command to issue next: of the activated requests, of the refreshes that wait, or of the queue that is served. What it
 * has found stays until the search is cleared: it is the plan of the bus.
 */
export class CommandSearch {
  /** The best candidate since `clear`, and the first tick in which it may go; Infinity when there is none. */
  tick = Infinity;
  slot = NONE;
  command = 0;
  source: number = Source.queue;
  /** What has been found stays right until something changes; else it is only when to search again. */
  holds = true;
  private order = Infinity;

  protected readonly table: RequestTable;
  protected readonly active: ActiveRequests;
  /** Ready ticks as last computed, by (bank, command). They never fall, so they are lower bounds for good. */
  private readonly readyBound: Float64Array;

  /** @param edges which ticks a command may go in, where that is not every one (half-clock buses) */
  constructor(
    protected readonly device: DramDevice,
    protected readonly state: ControllerState,
    private readonly formed: FormedCommands,
    private readonly scheduler: SchedulerRules,
    private readonly edges?: HalfClockEdges,
  ) {
    this.table = state.table;
    this.active = state.active;
    this.readyBound = new Float64Array(device.topology.banks * COMMANDS);
  }

  clear(): void {
    this.tick = Infinity;
    this.order = Infinity;
    this.slot = NONE;
    this.source = Source.queue;
    this.holds = true;
  }

  /** What the activated requests need. */
  searchActive(from: number, columnsOnly: boolean): void {
    const { table } = this;
    const { slots, count } = this.active;
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!;
      const bank = table.bank[slot]!;
      const command = this.commandFor(slot, bank);
      if (columnsOnly && !isColumn(command)) continue;
      this.offer(Source.active, slot, command, this.earliest(command, bank, from), table.arrival[slot]!);
    }
  }

  /** What the first waiting refresh, policy precharge or injected command needs; it waits for activated requests of its banks. */
  searchMaintenance(from: number): void {
    const { maintenance } = this.state;
    if (maintenance.count === 0) return;
    if (maintenance.isInjected) {
      this.searchInjected(from);
      return;
    }
    const first = maintenance.firstBank;
    const end = maintenance.endBank;
    const command = maintenance.required(this.anyOpen(first, end));
    const closes = command === Command.precharge || command === Command.prechargeAll;
    if (closes && this.active.anyIn(first, end)) return;
    const ready = Math.max(from, this.device.readyAtAll(command, first, end));
    this.offer(Source.maintenance, NONE, command, this.onEdge(command, first, ready), 0);
  }

  /**
   * What an injected command needs: rows closed or opened bank by bank, then itself. The slot of what is found is the bank, and NONE for
   * other maintenance.
   */
  private searchInjected(from: number): void {
    const { maintenance } = this.state;
    const { command, firstBank: bank } = maintenance;
    let isPrepared = true;
    for (const reached of this.formed.banksOf(command, bank)) {
      const preparation = this.preparationOf(command, reached, maintenance.row);
      if (preparation === NONE) continue;
      isPrepared = false;
      if (preparation === Command.precharge && this.active.inBank[reached]! > 0) continue;
      this.offer(Source.maintenance, reached, preparation, this.earliest(preparation, reached, from), 0);
    }
    if (!isPrepared || (this.formed.closes[command] === 1 && this.active.anyIn(bank, maintenance.endBank))) return;
    const ready = Math.max(from, this.formed.readyAt(command, bank));
    this.offer(Source.maintenance, bank, command, this.onEdge(command, bank, ready), 0);
  }

  /** The command that brings a bank into the state that an injected one needs, NONE if it is in it. */
  private preparationOf(command: number, bank: number, row: number): number {
    const open = this.device.openRow[bank]!;
    if (this.formed.needsClosed[command] === 1) return open === CLOSED ? NONE : Command.precharge;
    if (this.formed.needsOpen[command] === 0 || open === row) return NONE;
    return open === CLOSED ? Command.activate : Command.precharge;
  }

  /** What the queue needs that the write mode selects; `rows` and `columns` say which kinds of command may go. */
  searchQueue(from: number, columns: boolean, rows: boolean, activates: boolean): void {
    const { draining, writes, reads } = this.state;
    const queue = draining ? writes : reads;
    if (queue.count === 0) return;
    if (this.scheduler.inOrder) {
      this.searchOldest(queue, from, columns, rows, activates);
      return;
    }
    if (columns) this.searchBanks(queue, queue.hitBanks, queue.hit, draining ? Command.write : Command.read, from);
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
    let bestTick = this.tick;
    if (set.count === 0 || floor > bestTick) return;
    // A candidate of another source wins ties.
    let bestOrder = this.source === Source.queue ? this.order : -1;
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
    if (command === Command.precharge && this.active.inBank[bank]! > 0) return;
    this.offer(Source.queue, oldest, command, this.earliest(command, bank, from), 0);
  }

  /** A row that an activated request still needs stays open; else the scheduler decides between hits and the miss. */
  private mayClose(bank: number, hit: number, miss: number): boolean {
    if (this.active.inBank[bank]! > 0) return false;
    if (hit === NONE) return true;
    const { arrival } = this.table;
    return this.scheduler.mayClose(arrival[hit]!, arrival[miss]!);
  }

  protected commandFor(slot: number, bank: number): number {
    const open = this.device.openRow[bank]!;
    if (open === CLOSED) return Command.activate;
    if (open !== this.table.row[slot]) return Command.precharge;
    return this.table.isWrite[slot] === 1 ? Command.write : Command.read;
  }

  private anyOpen(first: number, end: number): boolean {
    for (let bank = first; bank < end; bank++) if (this.device.openRow[bank] !== CLOSED) return true;
    return false;
  }

  /** First tick from `from` on in which the command may go to the bank. */
  protected earliest(command: number, bank: number, from: number): number {
    const ready = this.device.readyAt(command, bank);
    this.readyBound[bank * COMMANDS + command] = ready;
    return this.onEdge(command, bank, ready > from ? ready : from);
  }

  private onEdge(command: number, bank: number, tick: number): number {
    return this.edges === undefined ? tick : this.edges.firstAllowed(command, bank, tick);
  }

  private offer(source: number, slot: number, command: number, tick: number, order: number): void {
    if (tick > this.tick) return;
    if (tick === this.tick && (source > this.source || (source === this.source && order >= this.order))) return;
    this.choose(source, slot, command, tick, order);
  }

  protected choose(source: number, slot: number, command: number, tick: number, order: number): void {
    this.tick = tick;
    this.source = source;
    this.slot = slot;
    this.command = command;
    this.order = order;
  }

  /** The plan. What is known of ready ticks is only to save work, and found again. */
  exchange(s: StateExchange, clock: ClockDomain): void {
    this.tick = s.cycle(this.tick, clock);
    this.slot = s.number(this.slot);
    this.command = s.number(this.command);
    this.source = s.number(this.source);
    this.holds = s.flag(this.holds);
    this.order = s.number(this.order);
    this.edges?.state(s, clock);
    if (s.loading) this.readyBound.fill(0);
  }
}
