import type { ClockDomain, StateExchange } from 'tessera-sim';
/**
 * A run of accesses to one open row that come one a cycle to an empty channel: nothing can come between, so that all times follow
 * from the first. Access k is issued at `firstTick + k * spacing`, and accepted at `arrival(k)`: one a cycle, but only when the
 * queue has room.
 */
export class RowRun {
  bank = 0;
  row = 0;
  isWrite = false;
  tag = 0;
  /** Accesses of the run, and how many of them have been issued. 0 when there is no run. */
  count = 0;
  issued = 0;
  columns: Int32Array = new Int32Array(64);
  private cycle = 0;
  private firstTick = 0;
  private spacing = 1;
  private queueSize = 1;

  start(bank: number, row: number, isWrite: boolean, tag: number, cycle: number, firstTick: number, spacing: number, queueSize: number): void {
    this.bank = bank;
    this.row = row;
    this.isWrite = isWrite;
    this.tag = tag;
    this.cycle = cycle;
    this.firstTick = firstTick;
    this.spacing = spacing;
    this.queueSize = queueSize;
    this.issued = 0;
  }

  setColumns(columns: Int32Array, count: number): void {
    if (this.columns.length < count) this.columns = new Int32Array(2 * count);
    this.columns.set(columns.subarray(0, count));
    this.count = count;
  }

  /** Accesses not yet issued. */
  get left(): number {
    return this.count - this.issued;
  }

  /** How many accesses are issued before `tick`, of any number. */
  countBefore(tick: number): number {
    return tick <= this.firstTick ? 0 : Math.ceil((tick - this.firstTick) / this.spacing);
  }

  tickOf(k: number): number {
    return this.firstTick + k * this.spacing;
  }

  /** Cycle in which access k is accepted. */
  arrival(k: number): number {
    const roomAt = k < this.queueSize ? 0 : this.tickOf(k - this.queueSize);
    return Math.max(this.cycle + k, roomAt);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.bank = s.number(this.bank);
    this.row = s.number(this.row);
    this.isWrite = s.flag(this.isWrite);
    this.tag = s.number(this.tag);
    this.count = s.number(this.count);
    this.issued = s.number(this.issued);
    if (this.columns.length < this.count) this.columns = new Int32Array(2 * this.count);
    for (let k = 0; k < this.count; k++) this.columns[k] = s.number(this.columns[k]!);
    this.cycle = s.cycle(this.cycle, clock);
    this.firstTick = s.cycle(this.firstTick, clock);
    this.spacing = s.number(this.spacing);
    this.queueSize = s.number(this.queueSize);
  }
}
