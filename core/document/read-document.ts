import type { JsonSchema } from './json-schema.js';
import { Places } from './places.js';
import { validated } from './validate.js';
import { parseLocated } from './yaml.js';

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
export function readDocument<T>(bytes: Uint8Array, file: string, schema: JsonSchema, owner: string): CheckedDocument<T> {
  const places = new Places();
  const { value } = parseLocated(new TextDecoder().decode(bytes), file, places);
  return { value: validated<T>(schema, value, { places, owner }), places };
}
