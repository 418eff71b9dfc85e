import type { RegionAccess, Schedule, ScheduleLayer, ScheduleOperation, ScheduleTensor, WriteAccess } from '../schedule/form/form.js';
import type { Box } from '../workload/box.js';
import { coverageOf, type CoveredTile, type LayerCoverage } from './coverage.js';
import { volume, type Range } from './grid.js';
import { OperandRules, type Access } from './operand-rules.js';
import { wholeOf } from './operands.js';
import type { Place } from './place.js';
import { AllPlaces, type Sizes } from './places.js';
import { uncheckedOf, type Unchecked } from './unchecked.js';
import { ValueRules } from './value-rules.js';

/** Elements by who wrote them: pairs of an operation's id (-1: there from the start) and a number of elements, by id. */
export type Feeders = readonly (readonly [number, number])[];

/** What a schedule comes to, element by element. */
export interface Replayed {
  readonly operations: number;
  readonly coverage: Readonly<Record<string, LayerCoverage>>;
  /** Of each operation that reads: its id, and what feeds each of its reads. */
  readonly feeds: readonly (readonly [number, ...Feeders[]])[];
  /** Of each output: what feeds its elements at home in the end. */
  readonly outputs: Readonly<Record<string, Feeders>>;
  /** What could not be held against anything; undefined when nothing is. */
  readonly unchecked: Unchecked | undefined;
  /** In sentences; empty for a schedule that holds. */
  readonly faults: readonly string[];
}

export interface ReplayLimits {
  readonly operations: number;
  /** Of the tensors whose homes are written: each element takes some bytes of memory. */
  readonly homeElements: number;
  /** Read and written by all operations together. */
  readonly movedElements: number;
}

/** Beyond these a replay would take more than some minutes, or about a gigabyte. */
export const REPLAY_LIMITS: ReplayLimits = { operations: 2_000_000, homeElements: 100_000_000, movedElements: 20_000_000_000 };

const MOST_FAULTS = 20;

/**
 * Follows every element of a schedule, in program order: where it lies, which version it is, and who wrote it. Knows nothing of how the
 * sanitizer works, and of the machine only sizes. RangeError for what is too large, or that cannot be followed.
 */
export function replay(schedule: Schedule, sizes: Sizes, limits = REPLAY_LIMITS): Replayed {
  const run = new Replay(schedule, sizes, limits);
  for (const operation of schedule.operations) run.step(operation);
  return run.end();
}

class Replay {
  private readonly faults: string[] = [];
  private readonly places: AllPlaces;
  private readonly operands: OperandRules;
  private readonly values: ValueRules;
  private readonly tiles = new Map<string, CoveredTile[]>();
  private readonly ids: number[] = [];
  private readonly known = new Set<number>();
  private readonly feeds: (readonly [number, ...Feeders[]])[] = [];
  private readonly used = new Set<string>();
  private readonly written = new Set<string>();
  private homeElements = 0;
  private movedElements = 0;
  /** Computations of no layer. */
  private layerless = 0;
  private id = -1;

  constructor(
    private readonly schedule: Schedule,
    sizes: Sizes,
    private readonly limits: ReplayLimits,
  ) {
    this.places = new AllPlaces(schedule, sizes, (message) => this.fault(message));
    const told = (message: string): void => this.fault(`operation ${this.id} ${message}`);
    this.operands = new OperandRules(schedule, told);
    this.values = new ValueRules(schedule, this.places, told);
    for (const name of Object.keys(schedule.layers ?? {})) this.tiles.set(name, []);
  }

  step(form: ScheduleOperation): void {
    this.id = this.number(form);
    const index = this.ids.push(this.id) - 1;
    if (this.ids.length > this.limits.operations) throw new RangeError(`more than ${this.limits.operations} operations`);
    const layer = form.layer === undefined || form.kind === 'transfer' || form.kind === 'sync' ? undefined : this.schedule.layers?.[form.layer];
    const tile = layer === undefined ? undefined : tileOf(layer, form);
    const reads = (form.reads ?? []).map((access) => this.read(access));
    const feeders = reads.map(({ place, tensor, range }) => this.feedersOf(place, tensor, range));
    if (feeders.length > 0) this.feeds.push([this.id, ...feeders]);
    this.values.begin(form, index, layer, tile, reads);
    const writes = (form.writes ?? []).map((access) => this.write(form, access, reads));
    for (const access of form.releases ?? []) this.release(access);
    if (form.kind === 'transfer') this.checkShape(form, reads, writes);
    if (layer === undefined && (form.kind === 'compute' || form.kind === 'pim')) this.layerless++;
    if (layer === undefined || tile === undefined) return;
    this.checkTile(layer, form);
    this.operands.check(form, layer, tile, reads, writes);
    this.tiles.get(form.layer!)!.push({ operation: this.id, range: rangeOf(layer, tile), recompute: form.recompute === true });
  }

  end(): Replayed {
    const coverage = [...this.tiles].map(([name, tiles]) => {
      const layer = this.schedule.layers![name]!;
      const whole = { low: Object.keys(layer.loops).map(() => 0), high: Object.values(layer.loops) };
      return [name, coverageOf(whole, tiles, (message, operations) => this.fault(`layer '${name}': operation ${operations.at(-1) ?? ''} ${message}`))] as const;
    });
    const made = new Set(
      Object.values(this.schedule.layers ?? {}).flatMap(({ operands = {} }) =>
        Object.values(operands).flatMap(({ role, tensor }) => (role === 'output' ? [tensor] : [])),
      ),
    );
    const outputs: [string, Feeders][] = [];
    for (const [name, tensor] of Object.entries(this.schedule.tensors)) {
      const home = this.places.homes.get(name);
      if (tensor.role !== 'output' || home === undefined || !(this.used.has(name) || made.has(name))) continue;
      this.values.checkOutput(name, home, (message) => this.fault(message));
      outputs.push([name, this.feedersOf(home, name, wholeOf(tensor))]);
    }
    return {
      operations: this.ids.length,
      coverage: Object.fromEntries(coverage),
      feeds: this.feeds,
      outputs: Object.fromEntries(outputs),
      unchecked: this.unchecked(),
      faults: this.faults,
    };
  }

  private unchecked(): Unchecked | undefined {
    const silent = Object.entries(this.schedule.layers ?? {}).filter(([, layer]) => this.operands.open.has(layer));
    return uncheckedOf(
      silent.map(([name]) => name),
      new Map(silent.map(([name, layer]) => [name, this.operands.open.get(layer)!])),
      this.layerless,
    );
  }

  private number(form: ScheduleOperation): number {
    const id = form.id ?? this.id + 1;
    if (id <= this.id) this.fault(`operation ${id} comes after operation ${this.id}`);
    for (const other of form.after ?? []) if (!this.known.has(other)) this.fault(`operation ${id} waits for operation ${other}, which is not there before it`);
    this.known.add(id);
    return id;
  }

  private read(access: RegionAccess): Access {
    const place = this.placeOf(access);
    const tensor = access.tensor ?? this.onlyTensor(place);
    const at = place ?? this.homeOf(tensor);
    const form = this.tensor(tensor);
    const range = access.box === undefined && !at.isHome ? (at.bounding(tensor) ?? wholeOf(form)) : this.rangeOf(form, tensor, access);
    this.count(range);
    return { operand: access.operand, tensor, place: at, range };
  }

  private write(form: ScheduleOperation, access: WriteAccess, reads: readonly Access[]): Access {
    const source = form.reads?.[0];
    const tensor = access.tensor ?? source?.tensor ?? reads[0]?.tensor;
    if (tensor === undefined) throw new RangeError(`operation ${this.id} writes no tensor`);
    const place = this.placeOf(access) ?? this.homeOf(tensor);
    const box = access.box ?? (access.tensor === undefined || access.tensor === source?.tensor ? source?.box : undefined);
    const range = this.rangeOf(this.tensor(tensor), tensor, box === undefined ? {} : { box });
    this.count(range);
    if (place.isHome && !this.written.has(tensor)) {
      this.written.add(tensor);
      this.homeElements += volume(wholeOf(this.tensor(tensor)));
      if (this.homeElements > this.limits.homeElements)
        throw new RangeError(`tensors of more than ${this.limits.homeElements} elements are written at their homes`);
    }
    this.values.write(access, { operand: access.operand, tensor, place, range });
    this.checkRoom(place);
    return { operand: access.operand, tensor, place, range, adds: access.mode === 'accumulate' };
  }

  private release(access: RegionAccess): void {
    const place = this.placeOf(access);
    if (place === undefined) throw new RangeError(`operation ${this.id} releases no buffer`);
    for (const tensor of access.tensor === undefined ? place.tensors() : [access.tensor]) {
      const range = access.tensor === undefined ? wholeOf(this.tensor(tensor)) : this.rangeOf(this.tensor(tensor), tensor, access);
      this.values.end(tensor, place, range);
      place.drop(tensor, range);
    }
  }

  private checkRoom(place: Place): void {
    if (place.isHome) return;
    let bits = 0;
    for (const [tensor, elements] of place.present()) bits += elements * this.places.bitsOf(this.tensor(tensor).format);
    if (bits > place.bytes * 8) this.fault(`operation ${this.id} puts ${Math.ceil(bits / 8)} bytes into ${place.name} of ${place.bytes} bytes`);
  }

  private checkShape(form: ScheduleOperation, reads: readonly Access[], writes: readonly Access[]): void {
    const sizes = reads.map(({ range }) => volume(range));
    const wanted = form.reduce === undefined ? sizes.reduce((sum, size) => sum + size, 0) : (sizes[0] ?? 0);
    if (writes.some(({ range }) => volume(range) !== wanted) || (form.reduce !== undefined && sizes.some((size) => size !== wanted)))
      this.fault(`operation ${this.id} writes another number of elements than it reads`);
  }

  private checkTile(layer: ScheduleLayer, { at = {}, loops = {} }: ScheduleOperation): void {
    const odd = Object.keys({ ...at, ...loops }).find((loop) => !Object.hasOwn(layer.loops, loop) && ((loops[loop] ?? 1) !== 1 || (at[loop] ?? 0) !== 0));
    const outside = Object.entries(layer.loops).find(([loop, size]) => (at[loop] ?? 0) < 0 || (at[loop] ?? 0) + (loops[loop] ?? 1) > size);
    if (odd !== undefined || outside !== undefined) this.fault(`operation ${this.id}: its tile leaves its layer in loop ${odd ?? outside?.[0] ?? ''}`);
  }

  private feedersOf(place: Place, tensor: string, range: Range): Feeders {
    const pairs = [...place.writers(tensor, range)].map(([writer, count]) => [writer === 0 ? -1 : this.ids[writer - 1]!, count] as const);
    return pairs.sort(([a], [b]) => a - b);
  }

  private placeOf({ buffer }: RegionAccess): Place | undefined {
    if (buffer === undefined) return undefined;
    const place = this.places.buffers.get(buffer);
    if (place === undefined) throw new RangeError(`operation ${this.id} names buffer '${buffer}', which is not there`);
    return place;
  }

  private homeOf(tensor: string): Place {
    const home = this.places.homes.get(tensor);
    if (home === undefined) throw new RangeError(`operation ${this.id}: tensor '${tensor}' has no home`);
    return home;
  }

  private onlyTensor(place: Place | undefined): string {
    const [only, second] = place?.tensors() ?? [];
    if (only === undefined || second !== undefined) throw new RangeError(`operation ${this.id} names no tensor`);
    return only;
  }

  private tensor(name: string): ScheduleTensor {
    const tensor = Object.hasOwn(this.schedule.tensors, name) ? this.schedule.tensors[name] : undefined;
    if (tensor === undefined) throw new RangeError(`operation ${this.id} names tensor '${name}', which is not there`);
    this.used.add(name);
    return tensor;
  }

  private rangeOf(tensor: ScheduleTensor, name: string, { box = {} }: RegionAccess): Range {
    const sizes = Object.entries(tensor.dims);
    const low = sizes.map(([dim]) => box[dim]?.[0] ?? 0);
    const high = sizes.map(([dim, size]) => box[dim]?.[1] ?? size);
    if (low.some((value, d) => value < 0 || value >= high[d]! || high[d]! > sizes[d]![1]))
      throw new RangeError(`operation ${this.id}: a box is empty or leaves tensor '${name}'`);
    return { low, high };
  }

  private count(range: Range): void {
    this.movedElements += volume(range);
    if (this.movedElements > this.limits.movedElements) throw new RangeError(`more than ${this.limits.movedElements} elements are moved`);
  }

  private fault(message: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(message);
  }
}

function tileOf(layer: ScheduleLayer, { at = {}, loops = {} }: ScheduleOperation): Box {
  return Object.fromEntries(Object.keys(layer.loops).map((loop) => [loop, [at[loop] ?? 0, (at[loop] ?? 0) + (loops[loop] ?? 1)] as const]));
}

function rangeOf(layer: ScheduleLayer, tile: Box): Range {
  const loops = Object.keys(layer.loops);
  return { low: loops.map((loop) => tile[loop]![0]), high: loops.map((loop) => tile[loop]![1]) };
}
