import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonSchema } from './json-schema.js';
import { runningBundle } from './running-bundle.js';
import { adoptValidator } from './validate.js';

let folder: string | undefined;

/** The folder of this Tessera installation: the nearest one above this module with a package.json. */
export function installationFolder(): string {
  if (folder !== undefined) return folder;
  let current = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(current, 'package.json')) && path.dirname(current) !== current) current = path.dirname(current);
  folder = current;
  return current;
}

const schemas = new Map<string, JsonSchema>();

/** A schema of the `schemas/` folder by its short name (`scenario`, `machine`, ...); read once. */
export function documentSchema(name: string): JsonSchema {
  let schema = schemas.get(name);
  if (schema === undefined) {
    const file = path.join(installationFolder(), 'schemas', `${name}.schema.json`);
    schema = JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;
    schemas.set(name, withValidator(name, schema));
  }
  return schema;
}

const parts = new Map<string, JsonSchema>();

/** One of the `$defs` of a document schema that refers to no other, e.g. `machine` and `supply`; the same object each time. */
export function partOfSchema(name: string, part: string): JsonSchema {
  const key = `${name}#${part}`;
  let schema = parts.get(key);
  if (schema === undefined) {
    schema = { ...(documentSchema(name)['$defs'] as Readonly<Record<string, JsonSchema>>)[part] };
    parts.set(key, withValidator(key, schema));
  }
  return schema;
}

/** Hands on a schema; the bundled build has its validator ready. */
function withValidator(name: string, schema: JsonSchema): JsonSchema {
  const validator = runningBundle()?.documentValidators[name];
  if (validator !== undefined) adoptValidator(schema, validator);
  return schema;
}

/** Short names of all document schemas, sorted. */
export function schemaNames(): string[] {
  const ending = '.schema.json';
  const files = readdirSync(path.join(installationFolder(), 'schemas'));
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}
