const SHOWN = 10;

/** What was found wrong: all are counted, the first ones described. */
export class Violations {
  readonly shown: string[] = [];
  count = 0;

  add(text: string): void {
    this.count++;
    if (this.shown.length < SHOWN) this.shown.push(text);
  }

  /** Two numbers that must be the same. */
  same(what: string, actual: number, expected: number): void {
    if (actual !== expected) this.add(`${what}: ${actual}, expected ${expected}`);
  }
}
