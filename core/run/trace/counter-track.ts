import { GrowingTable } from './growing-table.js';

/** The values of a counter over time, ticks rising. */
export class CounterTrack {
  private readonly table = new GrowingTable(2);

  get count(): number {
    return this.table.count;
  }

  append(tick: number, value: number): void {
    const at = this.table.add();
    this.table.values[at] = tick;
    this.table.values[at + 1] = value;
  }

  /** Of each stretch of `stepTicks` the least, the largest and the last value stay: peaks are seen, and the curve goes on where it should. */
  thin(stepTicks: number): void {
    const { table } = this;
    const { values, count } = table;
    let kept = 0;
    for (let row = 0; row < count;) {
      const until = (Math.floor(values[row * 2]! / stepTicks) + 1) * stepTicks;
      let [least, largest] = [row, row];
      for (; row < count && values[row * 2]! < until; row++) {
        if (values[row * 2 + 1]! < values[least * 2 + 1]!) least = row;
        if (values[row * 2 + 1]! > values[largest * 2 + 1]!) largest = row;
      }
      const last = row - 1;
      const [first, second] = least < largest ? [least, largest] : [largest, least];
      table.move(first, kept++);
      if (second !== first) table.move(second, kept++);
      if (last !== second) table.move(last, kept++);
    }
    table.count = kept;
  }

  /** Tick and value of each, in turn. */
  values(): Float64Array {
    return this.table.columns(0, 2);
  }
}
