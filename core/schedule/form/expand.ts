import { InputError } from '../../errors.js';
import { nameOfExtension, type ExtensionReference } from '../../model/extension-point.js';
import type { CollectiveAlgorithm } from './collective.js';
import { expandCollective } from './expand-collective.js';
import type { Schedule, ScheduleOperation } from './form.js';
import { withSourceOf } from './source.js';

/** Where the algorithms of collectives come from. */
export type AlgorithmSource = ReadonlyMap<string, CollectiveAlgorithm> | ((reference: ExtensionReference, at: string) => CollectiveAlgorithm);

/**
 * The same schedule with each collective replaced by the transfers and computations that its algorithm makes of it, one
 * collective at a time. What comes behind gets a higher `id`, and its `after` follows; a collective is its closing `sync`.
 *
 * @param algorithms by name, or a function that makes the one that a reference names, at a path for its messages
 * @param parameters laid over the `with` of every collective
 */
export function expandCollectives(schedule: Schedule, algorithms: AlgorithmSource, parameters: Readonly<Record<string, unknown>> = {}): Schedule {
  return { ...schedule, operations: { [Symbol.iterator]: () => expand(schedule, algorithms, parameters) } };
}

function* expand(schedule: Schedule, algorithms: AlgorithmSource, parameters: Readonly<Record<string, unknown>>): Generator<ScheduleOperation> {
  const numbers = new Renumbering();
  let id = -1;
  for (const operation of schedule.operations) {
    id = operation.id ?? id + 1;
    if (operation.kind !== 'collective') {
      yield numbers.isIdentity ? operation : numbers.renumber(operation, id);
      continue;
    }
    const later = operation.after?.find((other) => other >= id);
    if (later !== undefined) {
      throw new InputError({ path: `operation ${id}.after`, message: `waits for operation ${later}, which does not come before it` });
    }
    const form = numbers.renumber({ ...operation, with: { ...operation.with, ...parameters } }, id);
    let last = numbers.numberOf(id) - 1;
    for (const part of expandCollective(form, schedule, algorithmOf(form, id, algorithms), last + 1)) {
      last++;
      yield withSourceOf(part, operation);
    }
    numbers.widen(id, last);
  }
}

function algorithmOf(operation: ScheduleOperation, id: number, algorithms: AlgorithmSource): CollectiveAlgorithm {
  const reference = operation.with?.['algorithm'] as ExtensionReference | undefined;
  const at = `operation ${id}.with.algorithm`;
  if (reference !== undefined && typeof algorithms === 'function') return algorithms(reference, at);
  const known = typeof algorithms === 'function' ? undefined : algorithms;
  const name = reference === undefined ? undefined : nameOfExtension(reference);
  const found = name === undefined ? undefined : known?.get(name);
  if (found !== undefined) return found;
  throw new InputError({
    path: at,
    message: name === undefined ? 'a collective names its algorithm' : `no collective algorithm '${name}'`,
    ...(known === undefined ? {} : { expected: [...known.keys()].join(', ') }),
  });
}

/** Maps ids of the written schedule to those of the expanded one; remembers one place for each collective. */
class Renumbering {
  /** Ids of collectives, ascending, and how much further apart the ids are from each of them on. */
  private readonly ids: number[] = [];
  private readonly shifts: number[] = [];

  get isIdentity(): boolean {
    return this.ids.length === 0;
  }

  numberOf(id: number): number {
    let [low, high] = [0, this.ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ids[middle] ?? 0) <= id) low = middle + 1;
      else high = middle;
    }
    return id + (this.shifts[low - 1] ?? 0);
  }

  renumber(operation: ScheduleOperation, id: number): ScheduleOperation {
    const { after, ...rest } = operation;
    return { ...rest, id: this.numberOf(id), ...(after === undefined ? {} : { after: after.map((other) => this.numberOf(other)) }) };
  }

  /** The collective has become operations up to `last`, its sync. */
  widen(id: number, last: number): void {
    this.shifts.push(last - id);
    this.ids.push(id);
  }
}
