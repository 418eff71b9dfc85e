import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { InputError, type InputProblem } from '../errors.js';
import type { JsonSchema } from './json-schema.js';

const compiled = new WeakMap<JsonSchema, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/** The one ajv of the process: fills in defaults, reports all errors, knows our extra words. */
export function sharedAjv(): Ajv2020 {
  ajv ??= new Ajv2020({ allErrors: true, useDefaults: true, strict: false, allowUnionTypes: true });
  return ajv;
}

/** Compiles a schema once; later calls for the same object are free. */
export function compileSchema(schema: JsonSchema): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = sharedAjv().compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}

/**
 * A copy of a configuration with defaults filled in. Throws InputError with the place inside the configuration; the
 * scenario loader adds file and line.
 */
export function completeConfig(schema: JsonSchema, config: unknown, where: string): Readonly<Record<string, unknown>> {
  const copy = structuredClone(config ?? {}) as Record<string, unknown>;
  const validate = compileSchema(schema);
  if (validate(copy)) return copy;
  throw new InputError((validate.errors ?? []).map((error) => problemOf(error, where)));
}

function problemOf(error: ErrorObject, where: string): InputProblem {
  const inside = error.instancePath.replaceAll('/', '.');
  return { path: `${where}${inside}`, message: error.message ?? error.keyword };
}
