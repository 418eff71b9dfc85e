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
  return problems.map((problem) => ({ ...problem, ...placeOf(problem) }));
}

/** The same error, its problems with their lines. */
export function placedError(error: Error): Error {
  const { problems } = error as Partial<InputError>;
  return error.name === 'InputError' && Array.isArray(problems) ? new InputError(placedProblems(problems)) : error;
}

function placeOf({ file, line, path }: InputProblem): SourcePlace | undefined {
  if (file === undefined || line !== undefined || path === undefined || !/\.(ya?ml|json)$/.test(file)) return undefined;
  const found = statOf(file);
  if (found?.isFile() !== true || found.size > LIMITS.yamlBytes) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.json')) return placeInJson(text, file, path);
    const places = new Places();
    const { value } = parseLocated(text, file, places);
    return { line: 1, column: 1, ...places.along(value, path.split('.')), file };
  } catch {
    // What cannot be read again keeps what is known of it.
    return undefined;
  }
}
