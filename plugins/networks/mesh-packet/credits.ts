import type { ClockDomain, StateExchange } from 'tessera-sim';

/** Free places in the buffers at the far ends of links. A place that is given back counts from its return cycle on. */
export class Credits {
  private readonly free: Int32Array;
  private readonly returning: Float64Array;
  private readonly first: Int32Array;
  private readonly count: Int32Array;

  constructor(
    pools: number,
    private readonly capacity: number,
  ) {
    this.free = new Int32Array(pools).fill(capacity);
    this.returning = new Float64Array(pools * capacity);
    this.first = new Int32Array(pools);
    this.count = new Int32Array(pools);
  }

  has(pool: number, cycle: number): boolean {
    while (this.count[pool]! > 0 && this.nextReturn(pool) <= cycle) {
      this.first[pool] = (this.first[pool]! + 1) % this.capacity;
      this.count[pool]!--;
      this.free[pool]!++;
    }
    return this.free[pool]! > 0;
  }

  take(pool: number): void {
    this.free[pool]!--;
  }

  give(pool: number, cycle: number): void {
    this.returning[pool * this.capacity + ((this.first[pool]! + this.count[pool]!) % this.capacity)] = cycle;
    this.count[pool]!++;
  }

  /** Cycle in which the next place comes back; Infinity when none is on its way. */
  nextReturn(pool: number): number {
    return this.count[pool] === 0 ? Infinity : this.returning[pool * this.capacity + this.first[pool]!]!;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.numbers(this.free);
    s.numbers(this.count);
    if (s.loading) this.first.fill(0);
    for (let pool = 0; pool < this.count.length; pool++) {
      for (let place = 0; place < this.count[pool]!; place++) {
        const slot = pool * this.capacity + ((this.first[pool]! + place) % this.capacity);
        this.returning[slot] = s.cycle(this.returning[slot]!, clock);
      }
    }
  }
}
