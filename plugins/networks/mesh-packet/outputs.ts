import { makeArbiter, type Arbiter, type ArbiterName, type ClockDomain, type StateExchange } from 'tessera-sim';

/** Outputs of all routers: who asks for each, and until when it is in use. An input of a router may ask for one output at a time. */
export class Outputs {
  readonly freeCycle: Float64Array;
  /** Inputs that ask. */
  readonly waiting: Int32Array;
  /** Cycle of the wake-up that is under way; Infinity for none. */
  readonly wakeCycle: Float64Array;
  /** 1 when all who ask wait for room at the far end. */
  readonly awaitsRoom: Uint8Array;
  private readonly arbiters: Arbiter[];
  private readonly wants: Uint8Array[];
  private readonly eligible: Uint8Array[];
  private readonly keys: Float64Array[];
  /** Buffer behind the output that each input's packet would go to. */
  private readonly lanes: Uint8Array[];

  /** @param inputCounts inputs that may ask, by output. */
  constructor(
    inputCounts: readonly number[],
    private readonly arbitration: ArbiterName,
  ) {
    this.freeCycle = new Float64Array(inputCounts.length);
    this.waiting = new Int32Array(inputCounts.length);
    this.awaitsRoom = new Uint8Array(inputCounts.length);
    this.wakeCycle = new Float64Array(inputCounts.length).fill(Infinity);
    this.arbiters = inputCounts.map((inputs) => makeArbiter(arbitration, inputs));
    this.wants = inputCounts.map((inputs) => new Uint8Array(inputs));
    this.eligible = inputCounts.map((inputs) => new Uint8Array(inputs));
    this.keys = inputCounts.map((inputs) => new Float64Array(inputs));
    this.lanes = inputCounts.map((inputs) => new Uint8Array(inputs));
  }

  request(output: number, input: number, lane: number, key: number): void {
    this.wants[output]![input] = 1;
    this.lanes[output]![input] = lane;
    this.keys[output]![input] = key;
    this.waiting[output]!++;
  }

  /** Chooses among those who ask and whose lane has room; the winner asks no more. -1 when nobody can go. */
  choose(output: number, laneHasRoom: ArrayLike<number>): number {
    const wants = this.wants[output]!;
    const lanes = this.lanes[output]!;
    const eligible = this.eligible[output]!;
    for (let input = 0; input < wants.length; input++) {
      eligible[input] = wants[input] === 1 && laneHasRoom[lanes[input]!] === 1 ? 1 : 0;
    }
    const winner = this.arbiters[output]!.choose(eligible, this.keys[output]!);
    if (winner < 0) return -1;
    wants[winner] = 0;
    this.waiting[output]!--;
    return winner;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.cycles(this.freeCycle, clock);
    s.cycles(this.wakeCycle, clock);
    s.numbers(this.waiting);
    for (const arbiter of this.arbiters) arbiter.state?.(s);
    for (const wants of this.wants) s.numbers(wants);
    for (const lanes of this.lanes) s.numbers(lanes);
    for (const keys of this.keys) {
      if (this.arbitration === 'age') s.ticks(keys);
      else s.numbers(keys);
    }
    s.numbers(this.awaitsRoom);
  }
}
