/** First-in first-out ring of fixed capacity: nothing is allocated after construction. */
export class Ring<T> {
  private readonly slots: (T | undefined)[];
  private first = 0;
  private count = 0;

  constructor(readonly capacity: number) {
    this.slots = new Array<T | undefined>(capacity).fill(undefined);
  }

  get length(): number {
    return this.count;
  }

  get isFull(): boolean {
    return this.count === this.capacity;
  }

  /** Appends; the caller has checked `isFull`. */
  push(item: T): void {
    if (this.count === this.capacity) throw new RangeError('ring is full');
    let slot = this.first + this.count;
    if (slot >= this.capacity) slot -= this.capacity;
    this.slots[slot] = item;
    this.count++;
  }

  peek(): T | undefined {
    return this.count === 0 ? undefined : this.slots[this.first];
  }

  /** The item `index` places behind the first. */
  at(index: number): T | undefined {
    if (index >= this.count) return undefined;
    const slot = this.first + index;
    return this.slots[slot >= this.capacity ? slot - this.capacity : slot];
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.slots[this.first];
    this.slots[this.first] = undefined;
    this.first = this.first + 1 === this.capacity ? 0 : this.first + 1;
    this.count--;
    return item;
  }
}
