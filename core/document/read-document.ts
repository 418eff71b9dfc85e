import { InputError } from '../errors.js';
import type { JsonSchema } from './json-schema.js';
import { isPlainObject, Places } from './places.js';
import { validated } from './validate.js';
import { parseLocated, type ParseLimits } from './yaml.js';

/** A YAML or JSON document that fits its schema, and where each of its values stands. */
export interface CheckedDocument<T> {
  readonly value: T;
  readonly places: Places;
}

/**
 * Parses YAML (of which JSON is a part) and checks it against a schema, for importers of such files.
 * @param owner who wants it so, for messages: `workload schema`.
 * @throws InputError with file, line and path of every problem.
 */
export function readDocument<T>(bytes: Uint8Array, file: string, schema: JsonSchema, owner: string, limits: ParseLimits = {}): CheckedDocument<T> {
  const places = new Places();
  const text = new TextDecoder().decode(bytes);
  const place = { file, line: 1, column: 1 };
  if (text.includes('\u0000')) throw new InputError({ ...place, message: 'this is no text file', expected: 'YAML or JSON in UTF-8' });
  const { value } = parseLocated(text, file, places, limits);
  if (!isPlainObject(value) && !(Array.isArray(value) && schema.type === 'array'))
    throw new InputError({ ...place, message: 'the file holds no mapping', expected: `what the ${owner} describes` });
  return { value: validated<T>(schema, value, { places, owner }), places };
}
