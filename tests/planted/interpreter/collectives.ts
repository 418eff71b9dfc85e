import type { Operation, Plan } from '../schedule-text.js';
import { add } from './arithmetic.js';
import { boxOf, indicesOf, rangeOf, sizesOf } from './boxes.js';
import { Malformed } from './malformed.js';
import type { Memory } from './memory.js';
import type { Place } from './place.js';

/** What a collective leaves in its participants' buffers, as one step; see docs/schedule.md. */
export function applyCollective(operation: Operation, id: number, plan: Plan, memory: Memory): void {
  const [region] = operation.reads ?? [];
  const name = region?.tensor;
  const participants = operation.participants ?? [];
  const tensor = name === undefined ? undefined : plan.tensors[name];
  if (region === undefined || name === undefined || tensor === undefined) throw new Malformed('a collective of no region');
  if (participants.length < 2) throw new Malformed('a collective of one');
  const places = participants.map(({ buffer }) => placeNamed(memory, buffer));
  const range = rangeOf(tensor, region.box);
  if (range === undefined) throw new Malformed('a collective outside of its tensor');
  const sizes = sizesOf(tensor);
  const all = indicesOf(sizes, range);
  const parts = partsOf(Object.keys(tensor.dims), range, participants.length, text(operation, 'along')).map((part) =>
    indicesOf(sizes, rangeOf(tensor, boxOf(tensor, part))!),
  );
  const read = (place: Place, elements: readonly number[]): number[] => elements.map((element) => memory.read(place, name, element, id));
  const write = (place: Place, elements: readonly number[], values: readonly number[]): void => memory.write(place, name, elements, values, 'add', id);
  const sum = (elements: readonly number[]): number[] => places.map((place) => read(place, elements)).reduce((a, b) => a.map((x, i) => add(x, b[i]!)));
  const toAll = (elements: readonly number[], values: readonly number[]): void => places.forEach((place) => write(place, elements, values));
  // How much waits to be added at a time is the algorithm's choice: at most the region.
  if (memory.strictness === 'possible')
    for (const { scratch } of participants) if (scratch !== undefined) waitIn(placeNamed(memory, scratch), name, all, memory, id);
  if (operation.operator === 'all-reduce') toAll(all, sum(all));
  else if (operation.operator === 'broadcast') {
    const root = Number(operation.with?.['root'] ?? 0);
    const from = places[root];
    if (from === undefined) throw new Malformed('a broadcast from nobody');
    const values = read(from, all);
    places.forEach((place, p) => p !== root && write(place, all, values));
  } else if (operation.operator === 'all-gather') {
    parts.forEach((part, p) => {
      const values = read(places[p]!, part);
      places.forEach((place, q) => q !== p && write(place, part, values));
    });
  } else if (operation.operator === 'reduce-scatter') {
    const sums = parts.map(sum);
    // What a participant holds of the other parts are sums of some of them.
    places.forEach((place, p) => parts.forEach((part, q) => write(place, part, p === q ? sums[q]! : part.map(() => memory.garbage()))));
  } else throw new Malformed(`collective '${operation.operator}'`);
}

function waitIn(scratch: Place, tensor: string, elements: readonly number[], memory: Memory, id: number): void {
  memory.write(
    scratch,
    tensor,
    elements,
    elements.map(() => memory.garbage()),
    'add',
    id,
  );
  memory.release(scratch, tensor, elements, id);
}

function placeNamed(memory: Memory, buffer: string): Place {
  const place = memory.buffers.get(buffer);
  if (place === undefined) throw new Malformed(`there is no buffer '${buffer}'`);
  return place;
}

interface Bounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Part i of n elements begins at floor(i n / parts), along the first dimension that has one for each. */
function partsOf(dims: readonly string[], { low, high }: Bounds, count: number, along: string | undefined): Bounds[] {
  const large = dims.findIndex((_, d) => high[d]! - low[d]! >= count);
  const d = along === undefined ? Math.max(0, large) : dims.indexOf(along);
  const size = high[d]! - low[d]!;
  const bound = (part: number): number => low[d]! + Math.floor((part * size) / count);
  const found: Bounds[] = [];
  for (let part = 0; part < count; part++) {
    if (bound(part) === bound(part + 1)) continue;
    found.push({ low: low.with(d, bound(part)), high: high.with(d, bound(part + 1)) });
  }
  return found;
}

function text(operation: Operation, name: string): string | undefined {
  const value = operation.with?.[name];
  return typeof value === 'string' ? value : undefined;
}
