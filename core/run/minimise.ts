import { InputError } from '../errors.js';
import type { ScheduleViolation } from '../schedule/check/violations.js';
import type { Schedule, ScheduleHeader, ScheduleOperation } from '../schedule/form/form.js';
import type { ScheduleChecker } from './check.js';

/** Checks of a reduction, and operations that they look at together: with these it ends within a minute or so. */
const MOST_CHECKS = 4000;
const MOST_LOOKED_AT = 20_000_000;

export interface Minimised {
  readonly schedule: Schedule;
  readonly operations: number;
  readonly violation: ScheduleViolation;
  readonly checks: number;
  /** The bound on checks was met: fewer operations may do. */
  readonly isCutOff: boolean;
}

/**
 * The fewest operations that still show a violation, word for word: none can be left out (delta debugging, Zeller and Hildebrandt 2002).
 * Tensors, buffers, layers, queues and mappings that they do not name go too.
 *
 * @param violation one that the checker reports of the schedule
 */
export function minimise(schedule: Schedule, violation: ScheduleViolation, checker: ScheduleChecker): Minimised {
  return new Reduction(schedule, violation, checker).run();
}

class Reduction {
  private checks = 0;
  private lookedAt = 0;

  constructor(
    private readonly whole: Schedule,
    private readonly wanted: ScheduleViolation,
    private readonly checker: ScheduleChecker,
  ) {}

  run(): Minimised {
    const operations = this.reduced(this.beginning(numbered(this.whole.operations)));
    const schedule = this.withoutRest(operations);
    return { schedule, operations: operations.length, violation: this.wanted, checks: this.checks, isCutOff: this.isSpent };
  }

  private get isSpent(): boolean {
    return this.checks >= MOST_CHECKS || this.lookedAt >= MOST_LOOKED_AT;
  }

  /** What comes after the later operation of a pair has no part in it. */
  private beginning(operations: readonly ScheduleOperation[]): readonly ScheduleOperation[] {
    const last = Math.max(...this.wanted.operations);
    const cut = operations.filter(({ id }) => id! <= last);
    return last >= 0 && cut.length < operations.length && this.shows(cut) ? cut : operations;
  }

  /** Leaves out parts, large ones first, until no single operation can go. */
  private reduced(all: readonly ScheduleOperation[]): readonly ScheduleOperation[] {
    let operations = all;
    let parts = 2;
    while (operations.length > 0 && !this.isSpent) {
      const size = Math.max(1, Math.floor(operations.length / parts));
      const before = operations.length;
      // From the end: what an operation needs comes before it.
      for (let end = operations.length; end > 0 && !this.isSpent; end -= size) {
        const rest = [...operations.slice(0, Math.max(0, end - size)), ...operations.slice(end)];
        if (this.shows(rest)) operations = rest;
      }
      if (size > 1) parts *= 2;
      else if (operations.length === before) break;
    }
    return operations;
  }

  private shows(operations: readonly ScheduleOperation[], header: ScheduleHeader = this.headerFor(operations)): boolean {
    this.checks++;
    this.lookedAt += operations.length;
    try {
      return this.checker.check({ ...header, operations: withAfter(operations) }).violations.some((found) => isSame(found, this.wanted));
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  }

  /** What is not computed at all is not missed, but for the layer that the violation is about. */
  private headerFor(operations: readonly ScheduleOperation[]): ScheduleHeader {
    const { operations: _, operationCount: _count, layers = {}, ...rest } = this.whole;
    const named = new Set([...operations.map(({ layer }) => layer), this.wanted.layer]);
    return { ...rest, layers: only(layers, named) };
  }

  private withoutRest(operations: readonly ScheduleOperation[]): Schedule {
    const header = this.headerFor(operations);
    const accesses = operations.flatMap(({ reads = [], writes = [], releases = [] }) => [...reads, ...writes, ...releases]);
    const operands = Object.values(header.layers ?? {}).flatMap((layer) => Object.values(layer.operands ?? {}));
    const tensors = only(header.tensors, new Set([...accesses, ...operands, this.wanted].map(({ tensor }) => tensor)));
    const buffers = only(header.buffers, new Set([...accesses, this.wanted].map(({ buffer }) => buffer)));
    const { queues = {}, mappings = {}, layers = {}, ...rest } = header;
    const small: ScheduleHeader = {
      ...rest,
      tensors,
      buffers,
      ...filled('layers', layers),
      ...filled('queues', only(queues, new Set(operations.map(({ queue }) => queue)))),
      ...filled('mappings', only(mappings, new Set(operations.map(({ mapping }) => mapping)))),
    };
    const kept = [...withAfter(operations)];
    // A home that lies over another one may be all that matters.
    return this.shows(operations, small) ? { ...small, operations: kept } : { ...header, operations: kept };
  }
}

function numbered(operations: Iterable<ScheduleOperation>): readonly ScheduleOperation[] {
  const all: ScheduleOperation[] = [];
  let id = -1;
  for (const operation of operations) {
    id = operation.id ?? id + 1;
    all.push({ ...operation, id });
  }
  return all;
}

/** Operations that are gone are waited for no more. */
function* withAfter(operations: readonly ScheduleOperation[]): Generator<ScheduleOperation> {
  const ids = new Set<number>();
  for (const operation of operations) {
    const { after, ...rest } = operation;
    const left = after?.filter((id) => ids.has(id)) ?? [];
    ids.add(operation.id!);
    yield after === undefined || left.length === after.length ? operation : { ...rest, ...(left.length === 0 ? {} : { after: left }) };
  }
}

function isSame(found: ScheduleViolation, wanted: ScheduleViolation): boolean {
  return found.rule === wanted.rule && found.message === wanted.message;
}

function only<T>(table: Readonly<Record<string, T>>, names: ReadonlySet<string | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => names.has(name)));
}

function filled(name: string, table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.keys(table).length === 0 ? {} : { [name]: table };
}
