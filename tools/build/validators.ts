import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import standaloneCode from 'ajv/dist/standalone/index.js';
import type { JsonSchema } from '../../core/document/json-schema.js';
import { newAjv, schemaToCompile } from '../../core/document/validate.js';

/** Writes a CommonJS module whose export validates values of a schema, exactly as ajv would at run time. */
export function writeValidator(folder: string, name: string, schema: JsonSchema): string {
  const ajv = newAjv({ code: { source: true } });
  const file = path.join(folder, `${name.replaceAll(/[^\w-]/g, '-')}.cjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, standalone(ajv, ajv.compile(schemaToCompile(schema))));
  return file;
}

/** ajv's own typing says that the module is the function; Node says that it is the default export of one. */
const standalone = (typeof standaloneCode === 'function' ? standaloneCode : (standaloneCode as { default: unknown }).default) as (
  ajv: ReturnType<typeof newAjv>,
  validate: ReturnType<ReturnType<typeof newAjv>['compile']>,
) => string;
