import { ModelError } from '../errors.js';

/** A saved state: plain numbers and texts, in the order in which blocks told them. */
export interface SavedState {
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
}

/** Collects a state. */
export class StateWriter {
  readonly loading = false;
  private values = new Float64Array(1024);
  private count = 0;
  private readonly texts: string[] = [];

  number(value: number): number {
    if (this.count === this.values.length) this.grow();
    this.values[this.count++] = value;
    return value;
  }

  text(value: string): string {
    this.texts.push(value);
    return value;
  }

  /** Marks the beginning of a part; a reader that is not there at that moment stops with the part's name. */
  section(name: string): void {
    this.text(name);
    this.number(this.count);
  }

  finish(): SavedState {
    return { numbers: this.values.slice(0, this.count), texts: this.texts };
  }

  private grow(): void {
    const larger = new Float64Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
  }
}

/** Tells a state again. ModelError for one that does not fit what reads it. */
export class StateReader {
  readonly loading = true;
  private next = 0;
  private nextText = 0;
  private part = 'the state';

  constructor(private readonly saved: SavedState) {}

  /** The next number; what is given is not looked at. */
  number(_present: number): number {
    if (this.next >= this.saved.numbers.length) throw new ModelError(`a state ends in the middle of ${this.part}`);
    return this.saved.numbers[this.next++]!;
  }

  text(_present: string): string {
    const text = this.saved.texts[this.nextText++];
    if (text === undefined) throw new ModelError(`a state ends in the middle of ${this.part}`);
    return text;
  }

  section(name: string): void {
    const at = this.next;
    const [found, place] = [this.text(''), this.number(0)];
    if (found !== name || place !== at) throw new ModelError(`${this.part} was saved and loaded in different ways: ${found} at ${place}, not ${name} at ${at}`);
    this.part = name;
  }

  /** Call at the end: everything must have been read. */
  finish(): void {
    if (this.next !== this.saved.numbers.length || this.nextText !== this.saved.texts.length) {
      throw new ModelError(`${this.part} was saved and loaded in different ways: ${this.saved.numbers.length - this.next} values are left`);
    }
  }
}
