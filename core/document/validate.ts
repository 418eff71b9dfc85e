import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { InputError, type InputProblem } from '../errors.js';
import type { JsonSchema } from './json-schema.js';
import { listNames, nearestName } from './nearest.js';
import { isPlainObject, Places } from './places.js';
import { describeSchema, describeValue } from './schema-text.js';
import { convertUnits, pathOf, pointerKeys } from './schema-units.js';
import { isCombined, keepTelling } from './schema-branches.js';

const compiled = new WeakMap<JsonSchema, ValidateFunction>();
const compiledAtBuild = new WeakMap<JsonSchema, () => ValidateFunction>();
let ajv: Ajv2020 | undefined;

/** An ajv with the settings of all validators: draft 2020-12, fills in defaults, reports all errors, knows our extra words. */
export function newAjv(more: Options = {}): Ajv2020 {
  return new Ajv2020({
    allErrors: true,
    useDefaults: true,
    verbose: true,
    strictSchema: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    allowUnionTypes: true,
    keywords: ['unit', 'source', 'extension', 'block'],
    ...more,
  });
}

/** The one ajv of the process. */
function sharedAjv(): Ajv2020 {
  ajv ??= newAjv();
  return ajv;
}

/** Says where the validator of a schema is that the build has compiled: ajv itself is then not needed. */
export function adoptValidator(schema: JsonSchema, load: () => ValidateFunction): void {
  compiledAtBuild.set(schema, load);
}

/** What ajv compiles of a schema: closed, and without the name under which ajv would keep it. */
export function schemaToCompile(schema: JsonSchema): JsonSchema {
  const { $id: _, ...anonymous } = closed(schema);
  return anonymous;
}

/**
 * Compiles a schema at its first use; later calls for the same object are free.
 * @param owner who wrote the schema, for the message when it is not one.
 */
export function compileSchema(schema: JsonSchema, owner = 'schema'): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    try {
      validate = compiledAtBuild.get(schema)?.() ?? sharedAjv().compile(schemaToCompile(schema));
    } catch (error) {
      throw new InputError({ message: `${owner}: its JSON Schema is not valid: ${(error as Error).message}`, expected: 'JSON Schema 2020-12' });
    }
    compiled.set(schema, validate);
  }
  return validate;
}

/** More than anybody reads: a file of hundreds of thousands of unknown keys is refused as fast as it is read. */
const MOST_PROBLEMS = 200;

export interface ValidationPlace {
  readonly places?: Places;
  /** Path of the value in the whole document, for messages. */
  readonly path?: string;
  /** Who wrote the schema: `plugin 'sram'`. */
  readonly owner?: string;
}

/**
 * Checks a value against a schema and completes it in place: units become numbers, defaults are filled in.
 * @returns the problems, of very many the first, with file and line where `places` knows them.
 */
export function validateInPlace(schema: JsonSchema, value: unknown, where: ValidationPlace = {}): InputProblem[] {
  const places = where.places ?? new Places();
  const path = where.path ?? '';
  const problems: InputProblem[] = [];
  const skip = convertUnits(schema, value, { places, path, problems });
  const validate = compileSchema(schema, where.owner);
  if (validate(value) as boolean) return problems;
  const errors = keepTelling(validate.errors ?? []).filter((error) => !skip.has(error.instancePath));
  const seen = new Set<string>();
  for (const error of errors) {
    if (problems.length >= MOST_PROBLEMS) break;
    const problem = problemOf(error, value, places, path);
    const key = `${problem.path} ${problem.message}`;
    if (!seen.has(key)) problems.push(problem);
    seen.add(key);
  }
  return problems;
}

/** Like `validateInPlace`, on a copy; throws InputError with all problems. */
export function validated<T>(schema: JsonSchema, value: unknown, where: ValidationPlace = {}): T {
  const copy = (where.places ?? new Places()).clone(value);
  const problems = validateInPlace(schema, copy, where);
  if (problems.length > 0) throw new InputError(problems);
  return copy as T;
}

function problemOf(error: ErrorObject, root: unknown, places: Places, base: string): InputProblem {
  const keys = pointerKeys(error.instancePath);
  const schema = (isPlainObject(error.parentSchema) ? error.parentSchema : {}) as JsonSchema;
  const place = places.along(root, keys);
  const path = pathOf(base, error.instancePath);
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties' || error.keyword === 'propertyNames') {
    return unknownKey(error, schema, places, path);
  }
  if (error.keyword === 'required') return missingKey(error, schema, place, path);
  const shown = describeValue(error.data);
  const message: Readonly<Record<string, string>> = {
    type: `${shown} is ${kindOf(error.data)}`,
    enum: `${shown} is not known here`,
    const: `${shown} is not allowed here`,
    uniqueItems: `${shown} has an item twice`,
    multipleOf: `${shown} is not a multiple of ${schema.multipleOf}`,
  };
  const nearest = error.keyword === 'enum' && typeof error.data === 'string' ? nearestName(error.data, (schema.enum ?? []).map(String)) : undefined;
  return {
    ...place,
    path,
    message: message[error.keyword] ?? (isCombined(error) ? `${shown} does not fit` : `${shown} is out of range`),
    expected: describeSchema(schema),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function unknownKey(error: ErrorObject, schema: JsonSchema, places: Places, path: string): InputProblem {
  const params = error.params as { additionalProperty?: string; unevaluatedProperty?: string; propertyName?: string };
  const key = params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName ?? '';
  const names = Object.keys(schema.properties ?? {});
  const nearest = nearestName(key, names);
  return {
    ...places.ofKey(error.data, key),
    path: path === '' ? key : `${path}.${key}`,
    message: `unknown key '${key}'`,
    expected: names.length === 0 ? 'no keys here' : listNames(names, 16),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function missingKey(error: ErrorObject, schema: JsonSchema, place: object | undefined, path: string): InputProblem {
  const key = (error.params as { missingProperty: string }).missingProperty;
  const property = schema.properties?.[key];
  const about = property?.description === undefined ? '' : `: ${property.description}`;
  return {
    ...place,
    path: path === '' ? key : `${path}.${key}`,
    message: `the key '${key}' is missing`,
    expected: property === undefined ? `a value for '${key}'` : `${describeSchema(property)}${about}`,
  };
}

function kindOf(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'not a finite number';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a number with a fraction';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a truth value';
  if (value === null) return 'empty';
  return Array.isArray(value) ? 'a list' : 'a mapping';
}

/**
 * Unknown keys are errors wherever a schema names its keys and does not say otherwise. Schemas under `anyOf` and the like
 * are left alone: there the keys of one branch are not the keys of the whole.
 */
function closed(schema: JsonSchema): JsonSchema {
  if (!isPlainObject(schema)) return schema;
  const combined = ['allOf', 'anyOf', 'oneOf', 'if', '$ref', 'dependentSchemas'].some((word) => schema[word] !== undefined);
  const result: Record<string, unknown> = { ...schema };
  if (schema.properties !== undefined) {
    result['properties'] = Object.fromEntries(Object.entries(schema.properties).map(([key, inner]) => [key, closed(inner)]));
    const open = ['additionalProperties', 'patternProperties', 'unevaluatedProperties'].some((word) => schema[word] !== undefined);
    if (!open) result[combined ? 'unevaluatedProperties' : 'additionalProperties'] = false;
  }
  for (const word of ['$defs', 'patternProperties'] as const) {
    const group = schema[word];
    if (isPlainObject(group)) result[word] = Object.fromEntries(Object.entries(group).map(([key, inner]) => [key, closed(inner as JsonSchema)]));
  }
  if (isPlainObject(schema.items)) result['items'] = closed(schema.items);
  if (isPlainObject(schema.additionalProperties)) result['additionalProperties'] = closed(schema.additionalProperties as JsonSchema);
  for (const word of ['anyOf', 'oneOf'] as const) {
    const branches = schema[word];
    if (Array.isArray(branches) && schema.properties === undefined) result[word] = branches.map((branch) => closed(branch as JsonSchema));
  }
  return result;
}
