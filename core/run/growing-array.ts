/** Doubles that grow as they are appended, up to a limit; what does not fit is counted. */
export class GrowingArray {
  length = 0;
  dropped = 0;
  private values = new Float64Array(1024);

  constructor(private readonly limit: number) {}

  /** Appends a group of values whole, or drops it whole. */
  append(a: number, b: number, c = NaN, d = NaN): void {
    const size = Number.isNaN(c) ? 2 : 4;
    if (this.length + size > this.limit) {
      this.dropped++;
      return;
    }
    if (this.length + size > this.values.length) this.grow();
    this.values[this.length++] = a;
    this.values[this.length++] = b;
    if (size === 2) return;
    this.values[this.length++] = c;
    this.values[this.length++] = d;
  }

  toArray(): Float64Array {
    return this.values.slice(0, this.length);
  }

  private grow(): void {
    const larger = new Float64Array(Math.min(this.limit, this.values.length * 2));
    larger.set(this.values);
    this.values = larger;
  }
}
