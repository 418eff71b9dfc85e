/** Increasing integers as ranges: as a rule one, however many operations there are. */
export class IdRanges {
  private readonly firsts: number[] = [];
  private readonly lasts: number[] = [];

  /** @param id above all that are there */
  add(id: number): void {
    const end = this.lasts.length - 1;
    if (end >= 0 && this.lasts[end] === id - 1) {
      this.lasts[end] = id;
      return;
    }
    this.firsts.push(id);
    this.lasts.push(id);
  }

  has(id: number): boolean {
    const range = this.rangeBefore(id);
    return range >= 0 && id <= this.lasts[range]!;
  }

  /** For a message: the ids next to one that is not there. */
  nearest(id: number): string {
    const range = this.rangeBefore(id);
    const [below, above] = [this.lasts[range], this.firsts[range + 1]];
    if (below === undefined && above === undefined) return 'the id of an operation before it';
    return `the id of an operation before it: ${[below, above].filter((one) => one !== undefined).join(' or ')} ${below !== undefined && above !== undefined ? 'are' : 'is'} nearest`;
  }

  /** The last range that begins at an id or below. */
  private rangeBefore(id: number): number {
    let [low, high] = [0, this.firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.firsts[middle]! <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
