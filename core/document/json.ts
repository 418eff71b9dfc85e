import { readFileSync } from 'node:fs';
import { InputError } from '../errors.js';

/** Reads a JSON file; InputError with line and column when it cannot be read or is none. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new InputError({ file, message: code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`, expected: 'a JSON file' });
  }
  try {
    // Some editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    const place = placeInText(text, (error as Error).message);
    throw new InputError({ file, ...place, message: `not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`, expected: 'valid JSON' });
  }
}

/** Line and column of the offset that V8's message names; it names none near the start of a file, and at its end. */
function placeInText(text: string, message: string): { line?: number; column?: number } {
  const match = /position (\d+)/.exec(message);
  if (match === null) return message.includes('end of JSON') ? { line: text.split('\n').length, column: 1 } : {};
  const before = text.slice(0, Number(match[1])).split('\n');
  return { line: before.length, column: (before[before.length - 1]?.length ?? 0) + 1 };
}
