import type { InputProblem } from '../errors.js';
import type { JsonSchema } from './json-schema.js';
import type { Places } from './places.js';
import { listNames } from './nearest.js';
import { childSchema, resolveReference } from './schema-walk.js';
import { readQuantity, unitExamples } from './units.js';

/** What a walk along a schema and a value needs: where we are, and where problems go. */
export interface SchemaWalk {
  readonly places: Places;
  readonly path: string;
  readonly problems: InputProblem[];
}

/**
 * Replaces texts such as `512 KiB` by numbers of the schema's unit, in place. A text whose unit measures something else is
 * a problem and keeps its text.
 * @returns pointers (`/a/b`) of the values that have a problem already, so that ajv's own word about them can be dropped.
 */
export function convertUnits(schema: JsonSchema, value: unknown, walk: SchemaWalk): Set<string> {
  const reported = new Set<string>();
  visit(schema, schema, value, '', walk, reported);
  return reported;
}

function visit(root: JsonSchema, schema: JsonSchema, value: unknown, pointer: string, walk: SchemaWalk, reported: Set<string>): void {
  const resolved = resolveReference(root, schema);
  if (resolved === undefined) return;
  for (const word of ['allOf', 'anyOf', 'oneOf', 'then', 'else'] as const) {
    const branches = resolved[word];
    for (const branch of Array.isArray(branches) ? branches : branches === undefined ? [] : [branches]) {
      visit(root, branch as JsonSchema, value, pointer, walk, reported);
    }
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const inner = childSchema(root, resolved, value, key);
    if (inner === undefined) continue;
    const childPointer = `${pointer}/${escapePointer(key)}`;
    if (typeof child === 'string') convertOne(root, inner, value as Record<string, unknown>, key, childPointer, walk, reported);
    else visit(root, inner, child, childPointer, walk, reported);
  }
}

function convertOne(
  root: JsonSchema,
  schema: JsonSchema,
  container: Record<string, unknown>,
  key: string,
  pointer: string,
  walk: SchemaWalk,
  reported: Set<string>,
): void {
  const quantity = quantitySchema(root, schema);
  if (quantity === undefined || reported.has(pointer)) return;
  const text = container[key] as string;
  const unit = quantity.schema.unit as string;
  const reading = readQuantity(text, unit);
  if ('value' in reading) {
    container[key] = reading.value;
    return;
  }
  if (quantity.acceptsText) return;
  reported.add(pointer);
  walk.problems.push({
    ...walk.places.ofValue(container, key),
    path: pathOf(walk.path, pointer),
    message: reading.problem === 'wrong-unit' ? `'${text}' has the wrong unit '${reading.unit}'` : `'${text}' is not a number`,
    expected: `a number in ${unit}${otherUnits(unit)}`,
  });
}

function otherUnits(unit: string): string {
  const others = unitExamples(unit).filter((name) => name !== unit);
  return others.length === 0 ? '' : `, or with a unit such as ${listNames(others)}`;
}

/** The number schema with a unit that a value has to meet, looking into anyOf and oneOf. */
function quantitySchema(root: JsonSchema, schema: JsonSchema): { schema: JsonSchema; acceptsText: boolean } | undefined {
  const resolved = resolveReference(root, schema);
  if (resolved === undefined) return undefined;
  const branches = [...((resolved['anyOf'] ?? resolved['oneOf'] ?? []) as readonly JsonSchema[])];
  const all = [resolved, ...branches.map((branch) => resolveReference(root, branch) ?? branch)];
  const number = all.find((candidate) => typeof candidate.unit === 'string' && acceptsType(candidate, ['number', 'integer']));
  if (number === undefined) return undefined;
  return {
    schema: number,
    acceptsText: all.some((candidate) => acceptsType(candidate, ['string']) || candidate.enum !== undefined || candidate['const'] !== undefined),
  };
}

function acceptsType(schema: JsonSchema, types: readonly string[]): boolean {
  const own = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return own.some((type) => types.includes(type));
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `machine.blocks.noc` and `/with/width` -> `machine.blocks.noc.with.width`. */
export function pathOf(base: string, pointer: string): string {
  return [base, ...pointerKeys(pointer)].filter((part) => part !== '').join('.');
}
