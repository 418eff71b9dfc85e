import type { Schedule, ScheduleLayer, ScheduleOperation, WriteAccess } from '../schedule/form/form.js';
import type { Box } from '../workload/box.js';
import { combined, Grid, isInside, isSame, mapped, shared, volume, type Numbers, type Range } from './grid.js';
import type { Access } from './operand-rules.js';
import { operandsOf, regionOf, summedLoops, wholeOf } from './operands.js';
import { canBeSum } from './operators.js';
import type { Place } from './place.js';
import type { AllPlaces } from './places.js';
import { ABSENT, INITIAL, Versions, type SumSpace } from './versions.js';

interface Reading extends Access {
  readonly versions: Numbers;
}

/** What each operation reads, and so which version of each element it writes. Faults are told. */
export class ValueRules {
  private readonly versions = new Versions();
  private readonly spaces = new Map<ScheduleLayer, Map<string, SumSpace>>();
  /** Layers that have begun to make a tensor. */
  private readonly makers = new Map<string, number>();
  /** Of tensors with more than one version: the newest generation of each element. */
  private readonly newest = new Map<string, Grid>();
  /** Of tensors that operations of no layer make: 1 where a computation has read the element or it has come home. */
  private readonly used = new Map<string, Grid>();
  private readonly stated = new Map<string, readonly Range[]>();
  private form!: ScheduleOperation;
  private index = 0;
  private layer: ScheduleLayer | undefined;
  private tile: Box | undefined;
  private readings: readonly Reading[] = [];

  constructor(
    private readonly schedule: Schedule,
    private readonly places: AllPlaces,
    private readonly fault: (message: string) => void,
  ) {}

  /** The next operation, and what it reads. */
  begin(form: ScheduleOperation, index: number, layer: ScheduleLayer | undefined, tile: Box | undefined, reads: readonly Access[]): void {
    this.form = form;
    this.index = index;
    this.layer = layer;
    this.tile = tile;
    this.readings = reads.map((access) => ({ ...access, versions: access.place.versions(access.tensor, access.range) }));
    for (const reading of this.readings) this.read(reading);
  }

  write(access: WriteAccess, at: Access): void {
    const { tensor, place, range } = at;
    const mode = access.mode ?? 'replace';
    const before = place.versions(tensor, range);
    const after = this.made(at, mode, before);
    if (mode === 'replace' && !place.isHome && place.lastWriter !== this.index) {
      for (const held of place.tensors()) this.end(held, place, wholeOf(this.schedule.tensors[held]!));
      place.clear();
    } else if (mode !== 'accumulate') this.end(tensor, place, range);
    place.lastWriter = this.index;
    place.put(tensor, range, after, this.index + 1, this.places.bitsOf(this.schedule.tensors[tensor]!.format));
  }

  /** Elements that end: of what no layer makes they must have been used, or be somewhere else. */
  end(tensor: string, place: Place, range: Range): void {
    const used = this.used.get(tensor);
    if (used === undefined) return;
    const bounds = place.bounding(tensor);
    const part = bounds === undefined ? undefined : shared(range, bounds);
    if (part === undefined || [...place.writers(tensor, part).keys()].every((writer) => writer === this.index + 1)) return;
    const here = place.versions(tensor, part);
    let lost = combined(here, place.reads(tensor, part), volume(part), (version, read) => (read === 0 && this.generation(version) > 0 ? version : 0));
    lost = combined(lost, used.get(part), volume(part), (version, isUsed) => (isUsed === 0 ? version : 0));
    for (const other of this.places.holding(tensor)) {
      if (lost === 0) return;
      if (other !== place) lost = combined(lost, other.versions(tensor, part), volume(part), (a, b) => (this.generation(a) === this.generation(b) ? 0 : a));
    }
    if (lost !== 0) this.fault(`ends elements of '${tensor}' in ${place.name} that nobody has used`);
  }

  checkOutput(tensor: string, home: Place, fault: (message: string) => void): void {
    const whole = wholeOf(this.schedule.tensors[tensor]!);
    this.each(tensor, whole, home.versions(tensor, whole), (version, newest) => {
      if (version === ABSENT) fault(`output '${tensor}': elements never come home`);
      else if (this.versions.of(version).sum !== undefined) fault(`output '${tensor}': elements come home before their sum is finished`);
      else if (newest > this.generation(version)) fault(`output '${tensor}': elements come home in an older version`);
    });
  }

  private read({ tensor, place, range, versions }: Reading): void {
    const isTransfer = this.form.kind === 'transfer';
    const mayBePart = isTransfer || (this.form.writes ?? []).some((access) => (access.tensor ?? this.readings[0]?.tensor) === tensor);
    this.each(tensor, range, versions, (version, newest) => {
      if (version === ABSENT) this.fault(`reads elements of '${tensor}' in ${place.name} that are not there`);
      else if (!mayBePart && this.versions.of(version).sum !== undefined) this.fault(`reads elements of '${tensor}' whose sum is not finished`);
      else if (this.layer !== undefined && this.generation(version) > 0 && this.isGiven(tensor) && !this.isMade(tensor, range))
        this.fault(`reads elements of '${tensor}' in ${place.name} that an operation of no layer has changed`);
      else if (!isTransfer && newest > this.generation(version)) this.fault(`reads elements of '${tensor}' in ${place.name} that have changed since`);
    });
    if (!this.used.has(tensor)) return;
    place.markRead(tensor, range);
    if (!isTransfer) this.use(tensor, range, versions);
  }

  private made(at: Access, mode: string, before: Numbers): Numbers {
    const { tensor, place, range } = at;
    const { layer, tile } = this;
    if (layer !== undefined && tile !== undefined) {
      const space = this.spaceOf(layer, tensor);
      const loops = summedLoops(layer, tensor, this.schedule);
      const part = this.versions.part(space, [{ low: loops.map((loop) => tile[loop]![0]), high: loops.map((loop) => tile[loop]![1]) }]);
      if (mode !== 'accumulate') this.raise(tensor, range, part, before);
      return mode === 'accumulate' ? this.onTop(tensor, part, before, volume(range)) : part;
    }
    if (this.form.kind === 'transfer') {
      const moved = this.form.reduce === undefined ? this.copied(tensor, range) : this.summed(tensor, range);
      if (mode === 'accumulate') return this.onTop(tensor, moved, before, volume(range));
      if (place.isHome) this.store(tensor, range, moved, before);
      return moved;
    }
    const addsToItself = mode === 'accumulate' && this.readings.length === 1 && this.readings[0]!.place === place;
    const isSum =
      canBeSum(this.form.operator) &&
      !addsToItself &&
      this.readings.length > (mode === 'accumulate' ? 0 : 1) &&
      this.readings.every((one) => one.tensor === tensor && isSame(one.range, range));
    if (isSum) {
      const sum = this.summed(tensor, range);
      return mode === 'accumulate' && !this.readings.some((one) => one.place === place) ? this.onTop(tensor, sum, before, volume(range)) : sum;
    }
    return this.opaque(tensor, range, mode, before);
  }

  /** Elements keep their names: each comes from the one read that has it. */
  private copied(tensor: string, range: Range): Numbers {
    const [only] = this.readings;
    if (this.readings.length === 1 && only!.tensor === tensor && isSame(only!.range, range)) return only!.versions;
    const all = new Grid(range);
    let elements = 0;
    for (const { tensor: read, range: part, versions } of this.readings) {
      if (read !== tensor || !isInside(part, range)) return this.relabelled(tensor);
      all.set(part, versions);
      elements += volume(part);
    }
    return elements === volume(range) && all.present === elements ? all.get(range) : this.relabelled(tensor);
  }

  private summed(tensor: string, range: Range): Numbers {
    if (this.readings.some((one) => one.tensor !== tensor || !isSame(one.range, range))) return this.relabelled(tensor);
    return this.readings.map(({ versions }) => versions).reduce((a, b) => combined(a, b, volume(range), (x, y) => this.sumOf(tensor, x, y)));
  }

  private relabelled(tensor: string): Numbers {
    this.fault(`writes elements of '${tensor}' that it does not read under these names`);
    return INITIAL;
  }

  /** Adds to what is there; where nothing is, sums start at zero. */
  private onTop(tensor: string, added: Numbers, before: Numbers, count: number): Numbers {
    return combined(added, before, count, (x, y) => (y === ABSENT ? x : this.sumOf(tensor, x, y)));
  }

  private sumOf(tensor: string, a: number, b: number): number {
    if (a === ABSENT || b === ABSENT) return Math.max(a, b);
    const both = this.versions.added(a, b);
    if (both !== undefined) return both;
    const isNoSum = [a, b].every((version) => this.versions.of(version).sum === undefined);
    if (isNoSum && !this.makers.has(tensor)) {
      this.follow(tensor);
      return this.generation(a) >= this.generation(b) ? a : b;
    }
    this.fault(`adds to elements of '${tensor}' that are finished, in the sum already, or of another sum`);
    return a;
  }

  /** What an operation of no layer makes: one version more than what it overwrites. */
  private opaque(tensor: string, range: Range, mode: string, before: Numbers): Numbers {
    const isChange =
      this.readings.some((one) => one.tensor === tensor && shared(one.range, range) !== undefined) || combined(before, 0, volume(range), (a) => a) !== ABSENT;
    if (this.isStated(tensor, range) || (this.makers.has(tensor) && !this.isStatedAtAll(tensor) && isChange))
      this.fault(`is of no layer and writes '${tensor}', which a layer makes`);
    this.follow(tensor);
    let generation = 0;
    if (mode !== 'accumulate') mapped(before, (version) => (generation = Math.max(generation, this.generation(version))));
    if (generation > 0) this.used.get(tensor)!.set(range, 0);
    const version = this.versions.whole(generation + 1);
    if (mode !== 'accumulate') this.raise(tensor, range, version, before);
    return version;
  }

  /** It holds data from the start. */
  private isGiven(tensor: string): boolean {
    const { role } = this.schedule.tensors[tensor]!;
    return role === 'input' || role === 'constant';
  }

  private isMade(tensor: string, range: Range): boolean {
    return this.makers.has(tensor) || this.isStated(tensor, range);
  }

  private isStatedAtAll(tensor: string): boolean {
    return this.outputsOf(tensor).length > 0;
  }

  /** Whether a layer says that it makes some of these elements. */
  private isStated(tensor: string, range: Range): boolean {
    return this.outputsOf(tensor).some((made) => shared(made, range) !== undefined);
  }

  /** What layers that state operands make of a tensor. */
  private outputsOf(tensor: string): readonly Range[] {
    let ranges = this.stated.get(tensor);
    if (ranges === undefined) {
      ranges = Object.values(this.schedule.layers ?? {}).flatMap((layer) => {
        const whole: Box = Object.fromEntries(Object.entries(layer.loops).map(([loop, size]) => [loop, [0, size] as const]));
        const outputs = operandsOf(layer).filter((operand) => operand.role === 'output' && operand.tensor === tensor);
        return outputs.map(({ map }) => regionOf(map, whole, this.schedule.tensors[tensor]!));
      });
      this.stated.set(tensor, ranges);
    }
    return ranges;
  }

  private store(tensor: string, range: Range, moved: Numbers, before: Numbers): void {
    this.each(tensor, range, moved, (version, newest) => {
      if (newest > this.generation(version)) this.fault(`stores an older version of '${tensor}' over a newer one`);
    });
    this.raise(tensor, range, moved, before);
    this.use(tensor, range, moved);
  }

  /** Where a newer version takes the place of an older one, copies of the older one are out of date. */
  private raise(tensor: string, range: Range, versions: Numbers, before: Numbers): void {
    const count = volume(range);
    const raised = combined(versions, before, count, (now, then) =>
      then !== ABSENT && this.generation(then) < this.generation(now) ? this.generation(now) : 0,
    );
    if (raised === 0) return;
    let newest = this.newest.get(tensor);
    if (newest === undefined) this.newest.set(tensor, (newest = new Grid(wholeOf(this.schedule.tensors[tensor]!))));
    newest.set(
      range,
      combined(raised, newest.get(range), count, (a, b) => (a === 0 ? b : a)),
    );
  }

  private use(tensor: string, range: Range, versions: Numbers): void {
    const used = this.used.get(tensor);
    used?.set(
      range,
      combined(versions, used.get(range), volume(range), (version, before) => (this.generation(version) > 0 ? 1 : before)),
    );
  }

  private follow(tensor: string): void {
    if (!this.used.has(tensor)) this.used.set(tensor, new Grid(wholeOf(this.schedule.tensors[tensor]!)));
  }

  /** Asks once for every pair of a version and the newest generation that stand at one element. */
  private each(tensor: string, range: Range, versions: Numbers, look: (version: number, newest: number) => void): void {
    const newest = this.newest.get(tensor)?.get(range) ?? 0;
    const seen = new Set<number>();
    combined(versions, newest, volume(range), (version, generation) => {
      const key = version * 65_536 + generation;
      if (!seen.has(key)) look(version, generation);
      seen.add(key);
      return 0;
    });
  }

  private generation(version: number): number {
    return this.versions.of(version).generation;
  }

  private spaceOf(layer: ScheduleLayer, tensor: string): SumSpace {
    let spaces = this.spaces.get(layer);
    if (spaces === undefined) this.spaces.set(layer, (spaces = new Map()));
    let space = spaces.get(tensor);
    if (space === undefined) {
      const generation = (this.makers.get(tensor) ?? 0) + 1;
      this.makers.set(tensor, generation);
      const loops = summedLoops(layer, tensor, this.schedule);
      space = { layer: this.form.layer ?? '', whole: { low: loops.map(() => 0), high: loops.map((loop) => layer.loops[loop]!) }, generation };
      spaces.set(tensor, space);
    }
    return space;
  }
}
