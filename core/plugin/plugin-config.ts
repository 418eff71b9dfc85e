import type { JsonSchema } from '../document/json-schema.js';
import { validated } from '../document/validate.js';
import { InputError } from '../errors.js';
import type { ExtensionCatalogue } from './extension-access.js';
import { completeExtensions } from './extension-schema.js';

/**
 * A copy of a configuration with units read and defaults filled in. Throws InputError with the path inside the
 * configuration; the scenario loader adds file and line.
 * @param extensions against which names of extensions are checked; default: they are not
 */
export function completeConfig(schema: JsonSchema, config: unknown, where: string, extensions?: ExtensionCatalogue): Readonly<Record<string, unknown>> {
  const complete = validated<Record<string, unknown>>(schema, config ?? {}, { path: where, owner: `configuration of '${where}'` });
  if (extensions === undefined) return complete;
  const problems = completeExtensions(schema, complete, extensions, { path: where });
  if (problems.length > 0) throw new InputError(problems);
  return complete;
}
