import { readFileSync } from 'node:fs';
import { InputError, type InputProblem, type SourcePlace } from '../errors.js';
import { LIMITS } from '../limits.js';
import { statOf } from './input-files.js';
import { placeInJson } from './json.js';
import { Places } from './places.js';
import { parseLocated } from './yaml.js';

/**
 * The problems, each that names a path in a text file but no line with the line of that path: whoever finds what is missing or does not fit
 * often knows the values only. Where the path does not lead, its last part that is there has the place.
 */
export function placedProblems(problems: readonly InputProblem[]): InputProblem[] {
  const files = new Map<string, Locator>();
  return problems.map((problem) => ({ ...problem, ...placeOf(problem, files) }));
}

/** The same error, its problems with their lines. */
export function placedError(error: Error): Error {
  const { problems } = error as Partial<InputError>;
  return error.name === 'InputError' && Array.isArray(problems) ? new InputError(placedProblems(problems)) : error;
}

type Locator = (path: string) => SourcePlace | undefined;

function placeOf({ file, line, path }: InputProblem, files: Map<string, Locator>): SourcePlace | undefined {
  if (file === undefined || line !== undefined || path === undefined || !/\.(ya?ml|json)$/.test(file)) return undefined;
  let locate = files.get(file);
  if (locate === undefined) files.set(file, (locate = locatorOf(file)));
  try {
    return locate(path);
  } catch {
    return undefined;
  }
}

/** Reads a file once for all of its problems. What cannot be read again keeps what is known of it. */
function locatorOf(file: string): Locator {
  const found = statOf(file);
  if (found?.isFile() !== true || found.size > LIMITS.yamlBytes) return () => undefined;
  try {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.json')) return (path) => placeInJson(text, file, path);
    const places = new Places();
    const { value } = parseLocated(text, file, places);
    return (path) => ({ line: 1, column: 1, ...places.along(value, path.split('.')), file });
  } catch {
    return () => undefined;
  }
}
