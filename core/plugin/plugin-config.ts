import type { JsonSchema } from '../document/json-schema.js';
import { validated } from '../document/validate.js';

/**
 * A copy of a configuration with units read and defaults filled in. Throws InputError with the path inside the
 * configuration; the scenario loader adds file and line.
 */
export function completeConfig(schema: JsonSchema, config: unknown, where: string): Readonly<Record<string, unknown>> {
  return validated<Record<string, unknown>>(schema, config ?? {}, { path: where, owner: `configuration of '${where}'` });
}
