import { isPlainObject } from '../../document/places.js';
import type { LoadTools } from '../load-tools.js';
import type { SetLayer } from './include.js';

type Document = Record<string, unknown>;

/** What stands around a block with copies: the `connect` beside it repeats connections for each copy. */
interface Surroundings {
  readonly blocks: unknown;
  readonly connect: unknown;
}

/**
 * Carries out what `set` says of numbers of copies (`core.copies: 8`) before the machine is flattened, in the document and in its
 * chiplets, and returns the other settings. Connections follow: those beside the block that repeat as often as there were copies and
 * name one by `core{i}` repeat as often as there are now.
 */
export function settleCopies(document: Document, sets: readonly SetLayer[], tools: LoadTools): SetLayer[] {
  return sets.map(({ values }) => {
    const others = tools.places.clone(values);
    for (const path of Object.keys(values)) {
      const parts = path.split('.');
      if (parts.length < 2 || parts.at(-1) !== 'copies' || parts.includes('with')) continue;
      if (setCopies(document, parts.slice(0, -1), values, path, tools)) delete others[path];
    }
    return { values: others };
  });
}

/** False when there is no such block: it is then an unknown parameter like any other. */
function setCopies(document: Document, names: readonly string[], values: Document, path: string, tools: LoadTools): boolean {
  const [first = '', ...rest] = names;
  const chiplet = own(document['chiplets'], first);
  if (chiplet !== undefined && rest.length > 0) {
    const inner = own(chiplet, 'set') ?? (chiplet['set'] = tools.places.clone({}));
    const key = [...rest, 'copies'].join('.');
    (inner as Document)[key] = values[path];
    tools.places.copyChild(values, path, inner as Document, key);
    return true;
  }
  const around: Surroundings = { blocks: document['blocks'], connect: document['connect'] };
  const block = own(around.blocks, first);
  if (block === undefined) return false;
  if (rest.length > 0) return block['blocks'] !== undefined && setCopies(block, rest, values, path, tools);
  if (block['template'] === undefined) return false;
  const [before, now] = [block['copies'], values[path]];
  block['copies'] = now;
  tools.places.copyChild(values, path, block, 'copies');
  // Of any other number the schema says what is wrong with it, once.
  if (typeof before === 'number' && Number.isInteger(now) && (now as number) > 0) followCopies(around.connect, first, before, now as number);
  return true;
}

function own(container: unknown, key: string): Document | undefined {
  if (!isPlainObject(container) || !Object.hasOwn(container, key)) return undefined;
  const value = container[key];
  return isPlainObject(value) ? value : undefined;
}

function followCopies(connect: unknown, name: string, before: number, now: number): void {
  if (!Array.isArray(connect)) return;
  for (const connection of connect as unknown[]) {
    if (!isPlainObject(connection) || connection['repeat'] !== before) continue;
    const ends = [connection['from'], connection['to']].map(String);
    if (ends.some((end) => end.startsWith(`${name}{i}`))) connection['repeat'] = now;
  }
}

/** Numbers of copies by the name of the block, for `repeat: core`. */
export function copiesByName(blocks: unknown): ReadonlyMap<string, number> {
  if (!isPlainObject(blocks)) return new Map();
  return new Map(
    Object.entries(blocks).flatMap(([name, block]) => {
      const copies = isPlainObject(block) ? block['copies'] : undefined;
      return typeof copies === 'number' ? [[name, copies] as const] : [];
    }),
  );
}
