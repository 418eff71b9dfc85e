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
export function* expandItems(items: readonly ScheduleItem[], where = 'operations'): Generator<ScheduleOperation> {
  const counter = { next: 0 };
  yield* expand(compileItems(items, [], where), {}, counter);
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
  return items.map((item, position): CompiledItem => {
    const here = `${where}[${position}]`;
    if (!isRepeat(item)) return { make: compileTemplate(item, [...names, 'id'], here) };
    const { index, count, from = 0, step = 1 } = item.repeat;
    if (names.includes(index) || index === 'id') throw new InputError({ path: `${here}.repeat.index`, message: `index '${index}' is in use` });
    if (!Number.isSafeInteger(count) || count < 0)
      throw new InputError({ path: `${here}.repeat.count`, message: `count ${count}`, expected: 'an integer >= 0' });
    return { loop: { index, from, step, count, body: compileItems(item.operations, [...names, index], `${here}.operations`) } };
  });
}

function* expand(items: readonly CompiledItem[], indices: Indices, counter: { next: number }): Generator<ScheduleOperation> {
  for (const item of items) {
    if ('make' in item) {
      indices['id'] = counter.next++;
      yield item.make(indices) as ScheduleOperation;
      continue;
    }
    const { index, from, step, count, body } = item.loop;
    for (let turn = 0; turn < count; turn++) {
      indices[index] = from + turn * step;
      yield* expand(body, indices, counter);
    }
  }
}

/** Makes a function that copies the value with its expressions evaluated; parts without expressions are shared. */
function compileTemplate(value: unknown, names: readonly string[], where: string): Template {
  if (typeof value === 'string') return compileText(value, names, where);
  if (value === null || typeof value !== 'object' || !hasExpression(value)) return () => value;
  const entries = Object.entries(value).map(([key, part]) => ({ key, make: compileTemplate(part, names, `${where}.${key}`) }));
  if (Array.isArray(value)) return (indices) => entries.map(({ make }) => make(indices));
  return (indices) => {
    const copy: Record<string, unknown> = {};
    for (const { key, make } of entries) copy[key] = make(indices);
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
