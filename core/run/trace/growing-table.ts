/** Rows of a fixed number of doubles, appended and thinned in place. */
export class GrowingTable {
  /** Rows that are there. */
  count = 0;
  values: Float64Array;

  constructor(readonly stride: number) {
    this.values = new Float64Array(stride * 256);
  }

  /** Place of a new row in `values`. */
  add(): number {
    const at = this.count * this.stride;
    if (at === this.values.length) this.grow();
    this.count++;
    return at;
  }

  /** Moves a row to an earlier place. */
  move(from: number, to: number): void {
    if (from === to) return;
    const { values, stride } = this;
    // Much faster than copyWithin for a few numbers.
    for (let column = 0; column < stride; column++) values[to * stride + column] = values[from * stride + column]!;
  }

  /** A column of its own, or several next to each other. */
  columns(first: number, width: number): Float64Array {
    const taken = new Float64Array(this.count * width);
    for (let row = 0; row < this.count; row++) {
      for (let column = 0; column < width; column++) taken[row * width + column] = this.values[row * this.stride + first + column]!;
    }
    return taken;
  }

  private grow(): void {
    const larger = new Float64Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
  }
}
