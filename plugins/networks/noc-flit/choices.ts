/** Replays the choices of a routing function one by one, so that every random outcome is seen. */
export class Choices {
  private script: number[] = [];
  private bounds: number[] = [];
  private at = 0;

  readonly choose = (bound: number): number => {
    if (this.at === this.script.length) {
      this.script.push(0);
      this.bounds.push(bound);
    }
    return this.script[this.at++]!;
  };

  restart(): void {
    this.at = 0;
  }

  /** Move on to the next combination; false after the last. */
  next(): boolean {
    this.script.length = this.at;
    this.bounds.length = this.at;
    while (this.script.length > 0) {
      const last = this.script.length - 1;
      if (++this.script[last]! < this.bounds[last]!) return true;
      this.script.pop();
      this.bounds.pop();
    }
    return false;
  }
}
