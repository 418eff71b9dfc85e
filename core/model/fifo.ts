/** First-in first-out queue that grows when it must: allocates only at a new high-water mark. For `Ring` without a bound. */
export class Fifo<T> {
  private slots: (T | undefined)[] = new Array<T | undefined>(8).fill(undefined);
  private first = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.slots.length) this.grow();
    this.slots[(this.first + this.count) & (this.slots.length - 1)] = item;
    this.count++;
  }

  peek(): T | undefined {
    return this.count === 0 ? undefined : this.slots[this.first];
  }

  /** The item `index` places behind the first. */
  at(index: number): T | undefined {
    return index >= this.count ? undefined : this.slots[(this.first + index) & (this.slots.length - 1)];
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.slots[this.first];
    this.slots[this.first] = undefined;
    this.first = (this.first + 1) & (this.slots.length - 1);
    this.count--;
    return item;
  }

  /** Doubles, so that the capacity stays a power of two and the index a mask. */
  private grow(): void {
    const size = this.slots.length;
    const larger = new Array<T | undefined>(size * 2).fill(undefined);
    for (let i = 0; i < this.count; i++) larger[i] = this.slots[(this.first + i) & (size - 1)];
    this.slots = larger;
    this.first = 0;
  }
}
