import type { ClockDomain, StateExchange } from 'tessera-sim';
/**
 * The requests that wait on a channel, as columns of typed arrays: request i (0 <= i < `count`) is the i-th oldest, in the order of
 * acceptance. Requests whose row has been opened for them are not here any more: they go first, as refreshes go next. The arrays stay the
 * same for good, their contents are those of one decision. On devices with two command buses each bus asks for itself.
 */
export class QueueView {
  count = 0;
  /** Writes are served now, going by the watermarks. A scheduler may decide otherwise. */
  draining = false;
  /** Where the line is: rank (or pseudo-channel) of the channel, group of the rank, bank of the channel, row, column in lines. */
  readonly rank: Int32Array;
  readonly group: Int32Array;
  readonly bank: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly isWrite: Uint8Array;
  /** Cycle in which the controller took the request. */
  readonly arrival: Float64Array;
  /** 1 if its row is open. */
  readonly rowHit: Uint8Array;
  /** The command that it needs next, by code: activate, precharge (another row is open), read or write. */
  readonly command: Int32Array;
  /** First tick in which that command may go on the bus that asks; Infinity while something else must happen before. */
  readonly readyTick: Float64Array;
  /** 1 if that is now. */
  readonly ready: Uint8Array;
  /** Slot of each request in the controller's table; of use to the controller only. */
  readonly slot: Int32Array;

  constructor(capacity: number) {
    this.rank = new Int32Array(capacity);
    this.group = new Int32Array(capacity);
    this.bank = new Int32Array(capacity);
    this.row = new Int32Array(capacity);
    this.column = new Int32Array(capacity);
    this.isWrite = new Uint8Array(capacity);
    this.arrival = new Float64Array(capacity);
    this.rowHit = new Uint8Array(capacity);
    this.command = new Int32Array(capacity);
    this.readyTick = new Float64Array(capacity);
    this.ready = new Uint8Array(capacity);
    this.slot = new Int32Array(capacity);
  }
}

/** Chooses the request whose next command goes out. */
export interface RequestScheduler {
  /**
   * Called in every tick in which something has changed: a request has come, a command has gone, or the command of one more request has
   * become ready. Must not keep the view, must answer alike when asked again with an equal queue, and must not allocate.
   * @returns the place of a request in the view, -1 for none. The command of a ready request goes out in tick t; for one that is not
   * ready the bus stays idle until the next call.
   */
  choose(queue: QueueView, t: number): number;
  /** What it keeps from one call to the next; absent when that is nothing. @param clock of its ticks; perhaps called several times in a row */
  state?(s: StateExchange, clock: ClockDomain): void;
}
