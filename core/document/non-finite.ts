import type { JsonSchema } from './json-schema.js';
import { childSchema, resolveReference } from './schema-walk.js';

/**
 * JSON has no infinity and no NaN; `JSON.stringify` makes them null without a word. Here they are the texts `Infinity`, `-Infinity`
 * and `NaN`, which Python, Julia and JavaScript read as numbers.
 */
const TEXTS: readonly string[] = ['Infinity', '-Infinity', 'NaN'];

/** A copy in which every number that JSON cannot write is a text; keys that are undefined are left out, as in JSON. */
export function encodeNonFinite(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(encodeNonFinite);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, child]) => (child === undefined ? [] : [[key, encodeNonFinite(child)]])));
}

/** The reverse, in place: where the schema has a number, or says nothing of a value, the three texts become numbers again. */
export function decodeNonFinite(schema: JsonSchema, value: unknown): void {
  visit(schema, schema, value);
}

function visit(root: JsonSchema, schema: JsonSchema | undefined, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const resolved = schema === undefined ? undefined : resolveReference(root, schema);
  const container = value as Record<string, unknown>;
  for (const [key, child] of Object.entries(container)) {
    const inner = resolved === undefined ? undefined : childSchema(root, resolved, value, key);
    if (typeof child !== 'string') visit(root, inner, child);
    else if (TEXTS.includes(child) && takesNumber(root, inner)) container[key] = Number(child);
  }
}

function takesNumber(root: JsonSchema, schema: JsonSchema | undefined): boolean {
  const type = schema === undefined ? undefined : resolveReference(root, schema)?.type;
  return type === undefined || type === 'number' || (Array.isArray(type) && type.includes('number'));
}
