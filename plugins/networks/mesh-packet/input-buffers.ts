import type { ClockDomain, StateExchange } from 'tessera-sim';

/** First-in first-out queues of packets, all of one capacity, on typed arrays. */
export class InputBuffers {
  /** Cycle until which the packet that left last is still being read out. */
  readonly freeCycle: Float64Array;
  private readonly packet: Int32Array;
  private readonly readyCycle: Float64Array;
  private readonly first: Int32Array;
  private readonly count: Int32Array;

  constructor(
    buffers: number,
    private readonly capacity: number,
  ) {
    this.freeCycle = new Float64Array(buffers);
    this.packet = new Int32Array(buffers * capacity);
    this.readyCycle = new Float64Array(buffers * capacity);
    this.first = new Int32Array(buffers);
    this.count = new Int32Array(buffers);
  }

  length(buffer: number): number {
    return this.count[buffer]!;
  }

  isFull(buffer: number): boolean {
    return this.count[buffer] === this.capacity;
  }

  /** @param readyCycle cycle in which the packet has passed the router's pipeline. */
  push(buffer: number, packet: number, readyCycle: number): void {
    const slot = buffer * this.capacity + ((this.first[buffer]! + this.count[buffer]!) % this.capacity);
    this.packet[slot] = packet;
    this.readyCycle[slot] = readyCycle;
    this.count[buffer]!++;
  }

  head(buffer: number): number {
    return this.packet[buffer * this.capacity + this.first[buffer]!]!;
  }

  /** Cycle from which the first packet may ask for its output. */
  headReadyCycle(buffer: number): number {
    return Math.max(this.readyCycle[buffer * this.capacity + this.first[buffer]!]!, this.freeCycle[buffer]!);
  }

  /** Gives the first packet's pipeline more stages. */
  delayHead(buffer: number, cycles: number): void {
    this.readyCycle[buffer * this.capacity + this.first[buffer]!]! += cycles;
  }

  shift(buffer: number): void {
    this.first[buffer] = (this.first[buffer]! + 1) % this.capacity;
    this.count[buffer]!--;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.cycles(this.freeCycle, clock);
    s.numbers(this.count);
    if (s.loading) this.first.fill(0);
    for (let buffer = 0; buffer < this.count.length; buffer++) {
      for (let place = 0; place < this.count[buffer]!; place++) {
        const slot = buffer * this.capacity + ((this.first[buffer]! + place) % this.capacity);
        this.packet[slot] = s.number(this.packet[slot]!);
        this.readyCycle[slot] = s.cycle(this.readyCycle[slot]!, clock);
      }
    }
  }
}
