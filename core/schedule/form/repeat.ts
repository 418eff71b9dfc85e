import { InputError } from '../../errors.js';
import { compileExpression } from './expression.js';
import type { ScheduleOperation } from './form.js';

/** A loop over operations. Strings that begin with `=` are index expressions; `{...}` inside other strings are too. */
export interface RepeatBlock {
  readonly repeat: { readonly index: string; readonly count: number; readonly from?: number; readonly step?: number };
  readonly operations: readonly ScheduleItem[];
}

export type ScheduleItem = ScheduleOperation | RepeatBlock;

export function isRepeat(item: ScheduleItem): item is RepeatBlock {
  return 'repeat' in item;
}

type Indices = Record<string, number>;
type Template = (indices: Indices) => unknown;

/** Operations in the whole expansion. */
export function countOperations(items: readonly ScheduleItem[]): number {
  return items.reduce((sum, item) => sum + (isRepeat(item) ? item.repeat.count * countOperations(item.operations) : 1), 0);
}

/**
 * Expands loops lazily: 10^8 operations need no more memory than the text. In expressions `id` is the position of the
 * operation in the expanded schedule.
 */
export function expandItems(items: readonly ScheduleItem[], where = 'operations'): IterableIterator<ScheduleOperation> {
  return new Expansion(compileItems(items, [], where));
}

interface CompiledLoop {
  readonly index: string;
  readonly from: number;
  readonly step: number;
  readonly count: number;
  readonly body: readonly CompiledItem[];
}

type CompiledItem = { readonly loop: CompiledLoop } | { readonly make: Template };

function compileItems(items: readonly ScheduleItem[], names: readonly string[], where: string): CompiledItem[] {
  return items.flatMap((item, position): CompiledItem[] => {
    const here = `${where}[${position}]`;
    if (!isRepeat(item)) return [{ make: compileTemplate(item, [...names, 'id'], here) }];
    const { index, count, from = 0, step = 1 } = item.repeat;
    if (names.includes(index) || index === 'id') throw new InputError({ path: `${here}.repeat.index`, message: `index '${index}' is in use` });
    if (!Number.isSafeInteger(count) || count < 0)
      throw new InputError({ path: `${here}.repeat.count`, message: `count ${count}`, expected: 'an integer >= 0' });
    const body = compileItems(item.operations, [...names, index], `${here}.operations`);
    // A loop without operations is left out: its turns would be walked for nothing, and there may be very many.
    return body.length === 0 || count === 0 ? [] : [{ loop: { index, from, step, count, body } }];
  });
}

/** A loop that is being walked, or (the outermost level) the items of the schedule. */
interface Level {
  readonly items: readonly CompiledItem[];
  readonly loop: CompiledLoop | undefined;
  /** Item to come next, and turn of the loop. */
  next: number;
  turn: number;
}

/** Walks the loops with a stack of its own; the result object is the same one every time. */
class Expansion implements IterableIterator<ScheduleOperation> {
  private readonly indices: Indices = {};
  private readonly levels: Level[];
  private readonly result: { done: boolean; value: ScheduleOperation } = { done: false, value: undefined as never };
  private position = 0;

  constructor(items: readonly CompiledItem[]) {
    this.levels = [{ items, loop: undefined, next: 0, turn: 0 }];
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<ScheduleOperation> {
    const { levels, result } = this;
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const item = level.items[level.next];
      if (item === undefined) {
        this.turnOf(level);
      } else {
        level.next++;
        if ('make' in item) {
          this.indices['id'] = this.position++;
          result.value = item.make(this.indices) as ScheduleOperation;
          return result as IteratorResult<ScheduleOperation>;
        }
        this.enter(item.loop);
      }
    }
    return { done: true, value: undefined };
  }

  private enter(loop: CompiledLoop): void {
    this.indices[loop.index] = loop.from;
    this.levels.push({ items: loop.body, loop, next: 0, turn: 0 });
  }

  /** The next turn of a loop whose body is through, or the end of it. */
  private turnOf(level: Level): void {
    const { loop } = level;
    if (loop === undefined || ++level.turn >= loop.count) {
      this.levels.pop();
      return;
    }
    level.next = 0;
    this.indices[loop.index] = loop.from + level.turn * loop.step;
  }
}

/** Makes a function that copies the value with its expressions evaluated; parts without expressions are shared. */
function compileTemplate(value: unknown, names: readonly string[], where: string): Template {
  if (typeof value === 'string') return compileText(value, names, where);
  if (value === null || typeof value !== 'object' || !hasExpression(value)) return () => value;
  const changing = Object.entries(value).flatMap(([key, part]) =>
    hasExpression(part) ? [{ key, make: compileTemplate(part, names, `${where}.${key}`) }] : [],
  );
  if (Array.isArray(value)) return arrayTemplate(value, changing);
  // A copy of an object that has all keys is made in one piece; then only what changes is written.
  return (indices) => {
    const copy: Record<string, unknown> = { ...value };
    for (let i = 0; i < changing.length; i++) copy[changing[i]!.key] = changing[i]!.make(indices);
    return copy;
  };
}

function arrayTemplate(value: readonly unknown[], changing: readonly { readonly key: string; readonly make: Template }[]): Template {
  const places = changing.map(({ key, make }) => ({ place: Number(key), make }));
  return (indices) => {
    const copy = value.slice();
    for (let i = 0; i < places.length; i++) copy[places[i]!.place] = places[i]!.make(indices);
    return copy;
  };
}

function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith('=') || value.includes('{');
  return value !== null && typeof value === 'object' && Object.values(value).some(hasExpression);
}

function compileText(text: string, names: readonly string[], where: string): Template {
  if (text.startsWith('=')) return compileExpression(text.slice(1), names, where);
  if (!text.includes('{')) return () => text;
  const parts = text.split(/\{([^}]*)\}/).map((part, position) => (position % 2 === 0 ? () => part : compileExpression(part, names, where)));
  const whole: Template = (indices) => parts.map((part) => String(part(indices))).join('');
  // One expression between two texts, `X{t%2}`: the few names that it makes are made once each.
  return parts.length === 3 ? remembered(parts[1]!, whole) : whole;
}

const MOST_REMEMBERED = 4096;

function remembered(key: Template, make: Template): Template {
  const made = new Map<unknown, unknown>();
  return (indices) => {
    const value = key(indices);
    let text = made.get(value);
    if (text === undefined) {
      text = make(indices);
      if (made.size < MOST_REMEMBERED) made.set(value, text);
    }
    return text;
  };
}
