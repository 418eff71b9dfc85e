import type { JsonSchema } from './json-schema.js';
import { listNames } from './nearest.js';

/** `an integer >= 1 (cycles)`, `one of fifo or lru`: what a schema accepts, in words. */
export function describeSchema(schema: JsonSchema): string {
  if (schema.enum !== undefined) return listNames(schema.enum.map(String));
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  const branches = (schema['oneOf'] ?? schema['anyOf']) as readonly JsonSchema[] | undefined;
  if (Array.isArray(branches) && schema.type === undefined) return branches.map(describeSchema).join(', or ');
  if (schema['extension'] !== undefined) return 'a name, or `{ use: NAME, with: { ... } }`';
  if (schema['block'] !== undefined) return 'a block, `{ use: NAME, with: { ... } }`';
  const words = [typeWords(schema.type), range(schema)];
  if (typeof schema['pattern'] === 'string') words.push(`matching ${schema['pattern']}`);
  if (typeof schema['minItems'] === 'number') words.push(`with at least ${schema['minItems']} items`);
  if (typeof schema['maxItems'] === 'number') words.push(`with at most ${schema['maxItems']} items`);
  if (typeof schema['minLength'] === 'number' && schema['minLength'] === 1) words.push('that is not empty');
  if (typeof schema.unit === 'string') words.push(`(unit: ${schema.unit})`);
  return words.filter((word) => word !== '').join(' ');
}

function typeWords(type: JsonSchema['type']): string {
  const one: Readonly<Record<string, string>> = {
    integer: 'an integer',
    number: 'a number',
    string: 'a text',
    boolean: 'true or false',
    object: 'a mapping of keys to values',
    array: 'a list',
    null: 'nothing',
  };
  const types = typeof type === 'string' ? [type] : (type ?? []);
  return types.length === 0 ? 'a value' : types.map((name) => one[name] ?? name).join(' or ');
}

function range(schema: JsonSchema): string {
  const parts: string[] = [];
  if (schema.minimum !== undefined) parts.push(`>= ${schema.minimum}`);
  if (schema.exclusiveMinimum !== undefined) parts.push(`> ${schema.exclusiveMinimum}`);
  if (schema.maximum !== undefined) parts.push(`<= ${schema.maximum}`);
  if (typeof schema['exclusiveMaximum'] === 'number') parts.push(`< ${schema['exclusiveMaximum']}`);
  let text = parts.join(' and ');
  if (schema.multipleOf !== undefined && schema.multipleOf !== 1) text += `${text === '' ? '' : ' and '}a multiple of ${schema.multipleOf}`;
  return text;
}

/** The value as a message shows it: short, with its type recognisable. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null) return 'nothing';
  if (typeof value === 'object') return 'a mapping';
  return String(value);
}
