import { ModelError } from '../errors.js';
import type { ExecutionObserver } from '../schedule/execute/executor.js';
import type { RegionAccess, ScheduleHeader, WriteAccess } from '../schedule/form/form.js';
import type { OperationRecord } from '../schedule/resolve/record.js';
import type { ResolvedRegion } from '../schedule/resolve/operation.js';
import type { FinalValues } from './final-values.js';
import type { LayerFunction } from './layer-function.js';
import { forEachElement, type Range } from './layout.js';
import type { MemoryContents } from './memory-contents.js';
import { computeResult, transferResult, type OperationResult, type ReadOperand, type WriteOperand } from './operation-result.js';
import { ABSENT, FAULT, isValue, type Scalar } from './scalar.js';
import type { Store, Use, Versions } from './store.js';
import type { Meanings } from './operators.js';
import { Pending } from './pending.js';

interface Read {
  readonly access: RegionAccess;
  readonly store: Store;
  readonly use: Use;
}

interface Write {
  readonly access: WriteAccess;
  readonly store: Store;
  readonly use: Use;
  /** Of a write that accumulates: what was there. */
  readonly base: Use | undefined;
}

/** The versions of regions that an operation means, as they are in program order. */
interface Meant {
  readonly reads: readonly Versions[];
  readonly writes: readonly Versions[];
}

interface Running {
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
}

export interface FlightParts {
  readonly header: ScheduleHeader;
  readonly contents: MemoryContents;
  readonly layers: ReadonlyMap<string, LayerFunction>;
  readonly finals: FinalValues;
  readonly meanings: Meanings;
}

/**
 * Carries values while the executor runs a schedule: an operation reads when it begins, writes when it ends, and whatever changes in
 * between under a reader, or under another writer, means nothing from then on.
 */
export class ValuesInFlight implements ExecutionObserver {
  private readonly running = new Map<number, Running>();
  private readonly meant = new Map<number, Meant>();
  private readonly pending: Pending;

  constructor(private readonly parts: FlightParts) {
    this.pending = new Pending((operation, access) => this.release(operation, access));
  }

  operationAdmitted(record: OperationRecord): void {
    this.pending.admit(record);
    const { reads = [], writes = [], releases = [] } = record.form;
    const { contents } = this.parts;
    const versions = (access: RegionAccess, region: ResolvedRegion): Versions => contents.store(access.buffer, region.tensor).versionsOf(rangeOf(region));
    const read = reads.map((access, i) => versions(access, record.reads[i]!));
    // The executor lets a new version into a buffer when there is room beside one that was released and is still in use.
    const keepsVersions = this.parts.header.hazards !== 'checked';
    writes.forEach(({ buffer, mode = 'replace' }, i) => {
      const region = record.writes[i]!;
      if (buffer !== undefined) contents.store(buffer, region.tensor).renew(rangeOf(region), keepsVersions && mode !== 'replace');
    });
    this.meant.set(record.id, { reads: read, writes: writes.map((access, i) => versions(access, record.writes[i]!)) });
    for (const access of releases) this.forReleased(access, (store, range) => store.markDead(range));
  }

  operationStarted(record: OperationRecord): void {
    if (record.form.kind === 'sync') return;
    const { id, form } = record;
    const { contents } = this.parts;
    const meant = this.meant.get(id)!;
    this.meant.delete(id);
    const reads = (form.reads ?? []).map((access, i): Read => {
      const region = record.reads[i]!;
      const store = contents.store(access.buffer, region.tensor);
      return { access, store, use: store.read(id, rangeOf(region), meant.reads[i]) };
    });
    const emptied = new Set<string>();
    const writes = (form.writes ?? []).map((access, i): Write => {
      const region = record.writes[i]!;
      const range = rangeOf(region);
      const store = contents.store(access.buffer, region.tensor);
      const base = access.mode === 'accumulate' ? store.read(id, range, meant.writes[i]) : undefined;
      // A second write of one operation joins the first.
      const empties = access.buffer !== undefined && (access.mode ?? 'replace') === 'replace' && !emptied.has(access.buffer);
      if (access.buffer !== undefined) emptied.add(access.buffer);
      return { access, store, base, use: contents.beginWrite(id, access.buffer, region.tensor, range, meant.writes[i], empties, region) };
    });
    this.running.set(id, { reads, writes });
  }

  operationFinished(record: OperationRecord): void {
    const operation = this.running.get(record.id);
    if (operation !== undefined) {
      this.running.delete(record.id);
      this.carryOut(record, operation);
    }
    this.pending.finish(record);
  }

  occupancyChanged(): void {}

  private carryOut(record: OperationRecord, { reads, writes }: Running): void {
    const result = this.resultOf(record, reads, writes);
    writes.forEach(({ store, use, base }, w) => {
      store.finish(use, (flat, index) => {
        const value = result.value(w, flat, index);
        return base === undefined ? (value ?? FAULT) : this.added(base.values![index]!, value, () => result.join(w));
      });
    });
    for (const { store, use } of reads) store.end(use);
    for (const { store, base } of writes) if (base !== undefined) store.end(base);
  }

  private added(before: Scalar, value: Scalar | undefined, join: () => (a: Scalar, b: Scalar) => Scalar): Scalar {
    if (value === undefined) return before;
    if (before === ABSENT) return value;
    return isValue(before) && isValue(value) ? join()(before, value) : FAULT;
  }

  private resultOf(record: OperationRecord, reads: readonly Read[], writes: readonly Write[]): OperationResult {
    const { form } = record;
    const targets = writes.map(({ access, store, use }): WriteOperand => ({
      operand: access.operand,
      tensor: store.tensor,
      sizes: store.sizes,
      range: use.range,
    }));
    if (form.kind === 'transfer') return transferResult(this.operands(reads, false), targets, form.reduce === 'add', this.parts.finals);
    const layer = form.layer === undefined ? undefined : this.parts.layers.get(form.layer);
    const isOwnAddition =
      layer === undefined && writes.some(({ base, store }) => base !== undefined && reads.some((read) => read.store.tensor === store.tensor));
    // A sum that is added to itself in place, as collectives do, counts what is there once.
    const others = isOwnAddition ? reads.filter((read) => !writes.some(({ store, base }) => base !== undefined && read.store === store)) : reads;
    return computeResult(form.operator, layer, record.tile, this.operands(others, !isOwnAddition), targets, this.parts);
  }

  /** @param asRead sums have become the values that readers see */
  private operands(reads: readonly Read[], asRead: boolean): ReadOperand[] {
    return reads.map(({ access, store, use }) => {
      const values = use.values!;
      if (asRead) forEachElement(use.range, store.sizes, (flat, index) => (values[index] = this.parts.finals.of(store.tensor, flat, values[index]!)));
      return { operand: access.operand, tensor: store.tensor, sizes: store.sizes, range: use.range, values };
    });
  }

  private release(operation: number, access: RegionAccess): void {
    this.forReleased(access, (store, range) => store.release(operation, range));
  }

  /** The tensors of a buffer that a release speaks of, and which part of them. */
  private forReleased({ buffer, tensor, box }: RegionAccess, visit: (store: Store, range: Range | undefined) => void): void {
    if (buffer === undefined) return;
    for (const store of this.parts.contents.held(buffer)) {
      if (tensor !== undefined && tensor !== store.tensor) continue;
      visit(store, tensor === undefined || box === undefined ? undefined : this.rangeOfBox(tensor, box));
    }
  }

  private rangeOfBox(tensor: string, box: NonNullable<RegionAccess['box']>): Range {
    const dims = Object.entries(this.parts.header.tensors[tensor]!.dims);
    return { low: dims.map(([dim]) => box[dim]?.[0] ?? 0), high: dims.map(([dim, size]) => box[dim]?.[1] ?? size) };
  }
}

function rangeOf({ extent, tensor }: ResolvedRegion): Range {
  if (extent === undefined) throw new ModelError(`a region of '${tensor}' without its box: values cannot be carried on from a saved state`);
  return extent;
}
