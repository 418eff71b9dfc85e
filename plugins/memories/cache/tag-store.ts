import type { StateExchange } from 'tessera-sim';

const EMPTY = -1;

/** Which lines are in the cache: sets of ways, least recently used first out. Lines are numbers (address / line size). */
export class TagStore {
  private readonly line: Float64Array;
  /** Memory that the line belongs to. */
  private readonly memory: Int32Array;
  private readonly dirty: Uint8Array;
  /** A line that is being fetched cannot be replaced. */
  private readonly fetching: Uint8Array;
  private readonly lastUse: Float64Array;
  private uses = 0;

  constructor(
    readonly sets: number,
    readonly ways: number,
  ) {
    this.line = new Float64Array(sets * ways).fill(EMPTY);
    this.memory = new Int32Array(sets * ways);
    this.dirty = new Uint8Array(sets * ways);
    this.fetching = new Uint8Array(sets * ways);
    this.lastUse = new Float64Array(sets * ways);
  }

  /** Place of a line; -1 when it is not there. */
  find(memory: number, line: number): number {
    const first = (line % this.sets) * this.ways;
    for (let place = first; place < first + this.ways; place++) {
      if (this.line[place] === line && this.memory[place] === memory) return place;
    }
    return -1;
  }

  /** Place that a new line would take: an empty one, or the least recently used; -1 when all are being fetched. */
  victim(line: number): number {
    const first = (line % this.sets) * this.ways;
    let best = -1;
    for (let place = first; place < first + this.ways; place++) {
      if (this.fetching[place] === 1) continue;
      if (this.line[place] === EMPTY) return place;
      if (best < 0 || this.lastUse[place]! < this.lastUse[best]!) best = place;
    }
    return best;
  }

  fill(place: number, memory: number, line: number): void {
    this.line[place] = line;
    this.memory[place] = memory;
    this.dirty[place] = 0;
    this.touch(place);
  }

  touch(place: number): void {
    this.lastUse[place] = ++this.uses;
  }

  isDirty(place: number): boolean {
    return this.dirty[place] === 1;
  }

  markDirty(place: number): void {
    this.dirty[place] = 1;
  }

  isFetching(place: number): boolean {
    return this.fetching[place] === 1;
  }

  setFetching(place: number, fetching: boolean): void {
    this.fetching[place] = fetching ? 1 : 0;
  }

  lineAt(place: number): number {
    return this.line[place]!;
  }

  memoryAt(place: number): number {
    return this.memory[place]!;
  }

  get dirtyLines(): number {
    return this.dirty.reduce((sum, dirty) => sum + dirty, 0);
  }

  state(s: StateExchange): void {
    s.numbers(this.line);
    s.numbers(this.memory);
    s.numbers(this.dirty);
    s.numbers(this.fetching);
    s.numbers(this.lastUse);
    this.uses = s.number(this.uses);
  }
}
