import { visibleText } from '../core/text/visible.js';

type Write = NodeJS.WriteStream['write'];

/** Of a guarded stream: how it was written to before. */
const RAW: unique symbol = Symbol('raw write');
type Guarded = Write & { readonly [RAW]?: Write };

/**
 * From here on all that this process writes to its terminal has its control characters written out (`\u001b`): names and messages may
 * come from anybody's file, also through a plugin's `console.log`. JSON keeps its meaning.
 */
export function guardOutput(streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) {
    const raw = stream.write as Guarded;
    if (raw[RAW] !== undefined) continue;
    const guarded = ((chunk: string | Uint8Array, ...rest: never[]) =>
      raw.call(stream, visibleText(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)), ...rest)) as Guarded;
    stream.write = Object.assign(guarded, { [RAW]: raw });
  }
}

/** Writes control characters of our own, such as the carriage return of a line that is written over; `text` goes through the guard's rule. */
export function writeOver(stream: NodeJS.WriteStream, text: string): void {
  const write = (stream.write as Guarded)[RAW] ?? stream.write;
  write.call(stream, `\r${visibleText(text)}`);
}
