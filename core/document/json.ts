import { readFileSync, statSync } from 'node:fs';
import { InputError, type InputProblem, type SourcePlace } from '../errors.js';
import { LIMITS } from '../limits.js';
import { isInheritedName, NAME_EXPECTED, withoutPrototypes } from '../text/names.js';
import { isDevice } from './input-files.js';
import { firstBeyondDepth, indexOfPath, keysOf, placeOfIndex } from './json-place.js';

/** Reads a JSON file; its mappings inherit nothing. InputError with line and column when it cannot be read, is none or beyond a limit. */
export function readJson(file: string): unknown {
  return withoutPrototypes(parseJson(readTextFile(file, 'a JSON file'), file));
}

/** Runs a step that checks what a JSON file holds: each problem that it finds there gets the line of its path. */
export function placedInJson<T>(file: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const text = readFileSync(file, 'utf8');
    const isHere = (problem: InputProblem): boolean => problem.file === file && problem.line === undefined;
    throw new InputError(error.problems.map((problem) => (isHere(problem) ? { ...problem, ...placeInJson(text, file, problem.path ?? '') } : problem)));
  }
}

/** Reads a text file that a user names. InputError for what is no file, cannot be read or is too large. */
export function readTextFile(file: string, expected: string): string {
  const refuse = (message: string, instead = expected): InputError => new InputError({ file, message, expected: instead });
  try {
    if (isDevice(file)) throw refuse('this is a device', 'a file that can be read');
    const { size } = statSync(file);
    if (size > LIMITS.textBytes) throw refuse(`the file has ${size} bytes`, `at most ${LIMITS.textBytes / 2 ** 20} MiB`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw refuse(code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`);
  }
}

/** The place of the value at a dotted path in the text of a valid JSON file, as far as the path leads. */
export function placeInJson(text: string, file: string, path: string): SourcePlace {
  return { file, ...placeOfIndex(text, indexOfPath(text, path)) };
}

/**
 * Parses the text of a JSON file, or one line of it. InputError with its place for a syntax error, too deep a nesting, and a key that
 * objects inherit (`__proto__`, `constructor`).
 * @param line where the text begins in the file.
 */
export function parseJson(text: string, file: string, line = 1): unknown {
  // Some editors begin a file with a byte order mark.
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const at = (index: number): SourcePlace => {
    const place = placeOfIndex(json, index);
    return { file, line: place.line + line - 1, column: place.column };
  };
  const deep = firstBeyondDepth(json, LIMITS.depth);
  if (deep >= 0) throw new InputError({ ...at(deep), message: 'the document is nested too deeply', expected: `at most ${LIMITS.depth} levels` });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const { message } = error as Error;
    throw new InputError({ ...at(faultIn(json, message)), message: `not JSON: ${message.replace(/\s+/g, ' ')}`, expected: 'valid JSON' });
  }
  if (SUSPECT.test(json)) refuseInherited(json, at);
  return value;
}

/** Most documents have none of these anywhere, and then no key can be one; `\u` may spell any. */
const SUSPECT = /__|constructor|toString|toLocaleString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|\\u/;

function refuseInherited(json: string, at: (index: number) => SourcePlace): void {
  for (const [name, index] of keysOf(json)) {
    if (isInheritedName(name)) throw new InputError({ ...at(index), message: `'${name}' is no name for a key`, expected: NAME_EXPECTED });
  }
}

/** The offset that V8's message names; it names none near the start of a file, and at its end. */
function faultIn(json: string, message: string): number {
  const match = /position (\d+)/.exec(message);
  if (match !== null) return Number(match[1]);
  return message.includes('end of JSON') ? json.length : 0;
}
