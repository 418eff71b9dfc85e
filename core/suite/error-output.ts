const KEPT_CHARACTERS = 16_384;
const SHOWN_CHARACTERS = 300;

/** What a worker writes to its standard error: passed on when its job ends well, quoted in the reason when the worker crashes. */
export class ErrorOutput {
  private text = '';

  get isEmpty(): boolean {
    return this.text.trim() === '';
  }

  add(text: string): void {
    this.text = (this.text + text).slice(-KEPT_CHARACTERS);
  }

  release(): void {
    if (this.text !== '') process.stderr.write(this.text);
    this.text = '';
  }

  /** The line that says what happened: V8's of a fatal error, else an error's, else the last one. */
  lastWords(): string {
    const lines = this.text.split('\n').filter((line) => line.trim() !== '');
    const said = lines.find((line) => line.startsWith('FATAL ERROR')) ?? lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
    return said.trim().slice(0, SHOWN_CHARACTERS);
  }
}
