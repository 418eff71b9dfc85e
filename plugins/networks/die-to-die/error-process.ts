import type { RandomStream, StateExchange } from 'tessera-sim';

/**
 * Which flits arrive wrong, and how many are sent again for it: one draw for each error, not for each flit. The sender goes back
 * to the wrong flit (go-back-N), so that those behind it that it has sent before it hears of the error are sent again too.
 */
export class ErrorProcess {
  /** Of the last message: flits that arrived wrong. */
  replays = 0;
  /** Of the last message: these, and all that were sent behind them for nothing. */
  resentFlits = 0;
  private flitsToError: number;

  /**
   * @param flitErrorRate chance of a flit to arrive wrong
   * @param roundTripFlits flits that leave between a wrong one and its replay
   */
  constructor(
    private readonly random: RandomStream,
    private readonly flitErrorRate: number,
    private readonly roundTripFlits: number,
  ) {
    this.flitsToError = this.draw();
  }

  /**
   * Sends a message of `flits` flits until all have come through. A flit that is sent again may fail again; one that was sent
   * behind a wrong one is thrown away unread, so that an error in it does not count.
   * @param followed other messages wait to be sent behind it
   */
  pass(flits: number, followed: boolean): void {
    this.replays = 0;
    this.resentFlits = 0;
    let left = flits;
    while (this.flitsToError <= left) {
      left -= this.flitsToError - 1;
      this.replays++;
      this.resentFlits += 1 + (followed ? this.roundTripFlits : Math.min(this.roundTripFlits, left - 1));
      this.flitsToError = this.draw();
    }
    this.flitsToError -= left;
  }

  state(s: StateExchange): void {
    s.random(this.random);
    this.flitsToError = s.number(this.flitsToError);
  }

  /** Number of the transmission that fails next, from 1: geometrically distributed. */
  private draw(): number {
    if (this.flitErrorRate <= 0) return Infinity;
    return 1 + Math.floor(Math.log(1 - this.random.uniform()) / Math.log1p(-this.flitErrorRate));
  }
}
