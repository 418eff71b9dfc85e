import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { ChannelProbes } from './channel-probes.js';
import { burstCyclesOf, type DramShape } from './timing.js';
import { type ChannelWaits, DramWait } from './waits.js';

/** What a channel has done; summed over channels into the block's statistics. */
export class ChannelCounts {
  rowHits = 0;
  rowMisses = 0;
  rowConflicts = 0;
  activates = 0;
  columnReads = 0;
  columnWrites = 0;
  refreshes = 0;
  busBusyCycles = 0;
}

function exchangeCounts(s: StateExchange, counts: ChannelCounts): void {
  counts.rowHits = s.number(counts.rowHits);
  counts.rowMisses = s.number(counts.rowMisses);
  counts.rowConflicts = s.number(counts.rowConflicts);
  counts.activates = s.number(counts.activates);
  counts.columnReads = s.number(counts.columnReads);
  counts.columnWrites = s.number(counts.columnWrites);
  counts.refreshes = s.number(counts.refreshes);
  counts.busBusyCycles = s.number(counts.busBusyCycles);
}

const CLOSED = -1;

/**
 * One channel: its banks, its data bus, its refresh. Accesses come in the order in which they are served; each is booked
 * at once, a whole row's columns in one step, with the times that column by column would give. Rows stay open until
 * another is wanted. All times are cycles.
 */
export class DramChannel {
  readonly counts = new ChannelCounts();
  /** The data bus is free from here on. */
  busFree = 0;
  /** Operation of the schedule that is being served, for the trace. */
  operation = -1;

  private readonly openRow: Int32Array;
  /** Earliest activate, column and precharge command of each bank. */
  private readonly actReady: Float64Array;
  private readonly columnReady: Float64Array;
  private readonly prechargeReady: Float64Array;
  private readonly burstCycles: number;
  private nextActivate = 0;
  private lastWasWrite = false;
  private nextRefresh: number;
  /** What `openRow` says of a bank after a refresh. */
  private readonly rowWhenClosed: number;
  /** Rows of the channel from one row number to the next. */
  private readonly rowsPerNumber: number;
  /** When the last refresh ended, and when the bank of the last access could take a command; for milestones. */
  private refreshEnd = 0;
  private bankReady = 0;

  constructor(
    private readonly shape: DramShape,
    private readonly probes?: ChannelProbes,
    private readonly waits?: ChannelWaits,
  ) {
    const isOpen = shape.everyRowIsOpen === true;
    this.rowWhenClosed = isOpen ? 0 : CLOSED;
    this.rowsPerNumber = isOpen ? Infinity : shape.banks;
    this.openRow = new Int32Array(shape.banks).fill(this.rowWhenClosed);
    this.actReady = new Float64Array(shape.banks);
    this.columnReady = new Float64Array(shape.banks);
    this.prechargeReady = new Float64Array(shape.banks);
    this.burstCycles = burstCyclesOf(shape);
    this.nextRefresh = shape.tREFI > 0 ? shape.tREFI : Infinity;
  }

  /**
   * Serves the channel's bytes `[low, high)`, row by row: consecutive rows lie in consecutive banks.
   *
   * @param from cycle from which commands may be sent
   * @returns the cycle at which the last byte has crossed the bus
   */
  access(low: number, high: number, isWrite: boolean, from: number): number {
    const { rowBytes, burstBytes, banks } = this.shape;
    const first = Math.floor(low / rowBytes);
    const last = Math.floor((high - 1) / rowBytes);
    let end = from;
    for (let index = first; index <= last; index++) {
      const begin = Math.max(low, index * rowBytes);
      const stop = Math.min(high, (index + 1) * rowBytes);
      const columns = Math.ceil(stop / burstBytes) - Math.floor(begin / burstBytes);
      end = this.accessRow(index % banks, Math.floor(index / this.rowsPerNumber), columns, isWrite, from, end);
    }
    return end;
  }

  /** Earliest cycle, not before `from`, at which every bank can be activated, open rows closed first and refresh served. */
  allBanksReady(from: number): number {
    this.refreshIfDue(Math.max(from, this.busFree));
    let ready = from;
    for (let bank = 0; bank < this.shape.banks; bank++) {
      const closed = this.openRow[bank]! === CLOSED;
      const bankReady = closed ? this.actReady[bank]! : Math.max(from, this.prechargeReady[bank]!) + this.shape.tRP;
      if (bankReady > ready) ready = bankReady;
    }
    return Math.max(ready, this.nextActivate);
  }

  /** The banks were used by something else (a PIM kernel): all closed, to be activated from `cycle` on. */
  closeAllBanks(cycle: number, activates: number): void {
    this.closeAll(cycle);
    this.counts.activates += activates;
  }

  /** The bus carries data of something else up to `cycle`. */
  occupyBus(from: number, cycles: number): number {
    const begin = Math.max(from, this.busFree);
    this.busFree = begin + cycles;
    this.counts.busBusyCycles += cycles;
    return this.busFree;
  }

  /** Counts the refreshes of the idle time up to the end of the run. */
  settle(cycle: number): void {
    this.refreshIfDue(cycle);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    exchangeCounts(s, this.counts);
    this.busFree = s.cycle(this.busFree, clock);
    this.operation = s.operationId(this.operation);
    s.numbers(this.openRow);
    s.cycles(this.actReady, clock);
    s.cycles(this.columnReady, clock);
    s.cycles(this.prechargeReady, clock);
    this.nextActivate = s.cycle(this.nextActivate, clock);
    this.lastWasWrite = s.flag(this.lastWasWrite);
    this.nextRefresh = s.cycle(this.nextRefresh, clock);
    this.refreshEnd = s.cycle(this.refreshEnd, clock);
  }

  /** @param lastEnd end of the data of the access so far: until then it waits for nothing but itself */
  private accessRow(bank: number, row: number, columns: number, isWrite: boolean, from: number, lastEnd: number): number {
    const { shape, counts } = this;
    this.refreshIfDue(Math.max(from, this.busFree));
    const commandCycle = this.openBank(bank, row, columns, from);
    const latency = isWrite ? shape.tCWL : shape.tCL;
    const busReady = isWrite === this.lastWasWrite ? this.busFree : this.busFree + shape.tTurn;
    const firstData = Math.max(commandCycle + latency, busReady);
    const busCycles = columns * this.burstCycles;
    const end = firstData + busCycles;
    const lastColumn = end - this.burstCycles - latency;
    this.columnReady[bank] = end - latency;
    const recovered = isWrite ? end + shape.tWR : lastColumn + shape.tRTP;
    if (recovered > this.prechargeReady[bank]!) this.prechargeReady[bank] = recovered;
    this.busFree = end;
    this.lastWasWrite = isWrite;
    if (this.probes?.active === true) this.probes.row(bank, isWrite, firstData, end, this.operation);
    if (this.waits?.active === true) this.noteWaits(Math.max(from, lastEnd - latency), commandCycle, firstData - latency);
    counts.busBusyCycles += busCycles;
    if (isWrite) counts.columnWrites += columns;
    else counts.columnReads += columns;
    return end;
  }

  /** Opens the row if it is not; the earliest cycle of a column command. */
  private openBank(bank: number, row: number, columns: number, from: number): number {
    const { shape, counts } = this;
    const open = this.openRow[bank]!;
    if (open === row) {
      counts.rowHits += columns;
      this.bankReady = this.columnReady[bank]!;
      return Math.max(from, this.bankReady);
    }
    counts.rowHits += columns - 1;
    let ready = this.actReady[bank]!;
    this.bankReady = open === CLOSED ? ready : this.prechargeReady[bank]!;
    if (open === CLOSED) {
      counts.rowMisses++;
    } else {
      counts.rowConflicts++;
      ready = Math.max(from, this.prechargeReady[bank]!) + shape.tRP;
    }
    const activate = Math.max(from, ready, this.nextActivate);
    this.nextActivate = activate + shape.tRRD;
    this.openRow[bank] = row;
    this.prechargeReady[bank] = activate + shape.tRAS;
    counts.activates++;
    return activate + shape.tRCD;
  }

  /**
   * All-bank refresh. One that falls due while a row's columns are moved waits for their end (JEDEC lets a controller
   * postpone up to eight); those of an idle stretch are only counted, but for the last, which may still be running.
   */
  private refreshIfDue(cycle: number): void {
    if (cycle < this.nextRefresh) return;
    const { tREFI, tRFC, tRP, banks } = this.shape;
    const missed = Math.floor((cycle - this.nextRefresh) / tREFI);
    this.counts.refreshes += missed + 1;
    const due = this.nextRefresh + missed * tREFI;
    let start = due;
    for (let bank = 0; bank < banks; bank++) {
      const closed = this.openRow[bank]! === CLOSED;
      const ready = closed ? this.actReady[bank]! : Math.max(due, this.prechargeReady[bank]!) + tRP;
      if (ready > start) start = ready;
    }
    this.nextRefresh = due + tREFI;
    this.refreshEnd = start + tRFC;
    this.closeAll(this.refreshEnd);
  }

  /** All rows are closed; accesses may begin from `cycle` on. */
  private closeAll(cycle: number): void {
    this.openRow.fill(this.rowWhenClosed);
    this.actReady.fill(cycle);
    if (this.rowWhenClosed === CLOSED) return;
    this.columnReady.fill(cycle);
    this.prechargeReady.fill(cycle);
  }

  /** Waits of an access that could have sent its column command in cycle `from`: first for its bank, then its row, then the bus. */
  private noteWaits(from: number, rowReady: number, columnCycle: number): void {
    const waits = this.waits!;
    const bankCause = this.bankReady === this.refreshEnd ? DramWait.refresh : DramWait.bank;
    const atBank = waits.note(bankCause, this.operation, from, Math.min(this.bankReady, columnCycle));
    const atRow = waits.note(DramWait.row, this.operation, atBank, rowReady);
    waits.note(DramWait.bus, this.operation, atRow, columnCycle);
  }
}
