import type { JsonSchema } from './json-schema.js';
import { isPlainObject } from './places.js';

/** The schema of a value inside an object or a list that follows `schema`; undefined where nothing is said of it. */
export function childSchema(root: JsonSchema, schema: JsonSchema, value: object, key: string): JsonSchema | undefined {
  if (Array.isArray(value)) {
    const prefix = schema['prefixItems'] as readonly JsonSchema[] | undefined;
    return prefix?.[Number(key)] ?? schema.items;
  }
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  const patterns = schema['patternProperties'] as Readonly<Record<string, JsonSchema>> | undefined;
  const pattern = Object.keys(patterns ?? {}).find((text) => new RegExp(text, 'u').test(key));
  if (pattern !== undefined) return patterns?.[pattern];
  return isPlainObject(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : undefined;
}

/** Follows a `$ref` into the root schema. */
export function resolveReference(root: JsonSchema, schema: JsonSchema): JsonSchema | undefined {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return typeof schema === 'object' ? schema : undefined;
  let node: unknown = root;
  for (const part of reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((text) => text !== '')) {
    node = (node as Record<string, unknown> | undefined)?.[part];
  }
  return node as JsonSchema | undefined;
}
