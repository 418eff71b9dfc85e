import { InputError } from '../../errors.js';
import type { RegionAccess, ScheduleOperation, WriteAccess } from '../../schedule/form/form.js';
import { boxSizes, isEmptyBox, wholeBox, type Box } from '../../workload/box.js';
import type { AxisPosition, NestBuffer, NestLowering } from './lowering.js';
import type { NestOperand } from './nest-operand.js';
import { boxAt, extentsAt, isInside, spaceOf, type FlatLoop, type NestSpace } from './space.js';
import { added, axesAt, storagesOf, type Group, type Place, type Residency, type Storage } from './storages.js';
import { lastPosition, notAfter, positionsOf, Walk } from './walk.js';

type Operations = Generator<ScheduleOperation>;

/** A nest as tile operations. */
export interface LoweredNest {
  readonly buffers: readonly NestBuffer[];
  /** All operations, made as they are asked for; each walk begins anew. They carry no ids: their order is the order. */
  readonly operations: Iterable<ScheduleOperation>;
  /** Begins one walk in three parts, so that pieces of a schedule can overlap. */
  start(): NestRun;
}

/** One walk through a lowered nest. Take the parts in this order; `prologue` may be left out. */
export interface NestRun {
  /** First tiles that are wanted; the others follow in the body. */
  prologue(wanted: (operand: NestOperand, buffers: readonly string[]) => boolean): Iterable<ScheduleOperation>;
  body(): Iterable<ScheduleOperation>;
  /** Stores what is left in `pendingBuffers`. */
  epilogue(): Iterable<ScheduleOperation>;
  /** Buffers that the epilogue reads; known once the body is through. */
  pendingBuffers(): readonly string[];
}

/**
 * Lowers a nest to operations: transfers that fill and drain each level's tiles (clipped, with halo), one compute operation
 * a tile and core. Tiles are fetched as early as their buffers allow, before the compute operation of the step. Memory:
 * tiles that are alive; time: linear in the operations.
 *
 * @throws InputError when the nest does not reach over the part, a spatial loop outside the cores has no axis, or an operand has no place
 */
export function lowerNest(lowering: NestLowering): LoweredNest {
  const { nest, sizes, part = wholeBox(sizes), computeLevel = nest.levels.length - 1 } = lowering;
  const space = spaceOf(nest, sizes, part);
  checkReach(lowering, space, computeLevel);
  const start = (): Run => new Run(lowering, space, computeLevel);
  return { buffers: start().buffers, operations: { [Symbol.iterator]: () => wholeRun(start()) }, start };
}

function* wholeRun(run: NestRun): Operations {
  yield* run.body();
  yield* run.epilogue();
}

function checkReach({ layer, nest, placement }: NestLowering, space: NestSpace, computeLevel: number): void {
  const path = `layer ${layer}`;
  for (const [dim, reach] of extentsAt(space, 0).entries()) {
    const size = space.high[dim]! - space.low[dim]!;
    if (reach < size) throw new InputError({ path, message: `the nest's loops ${space.names[dim]} reach over ${reach} of ${size} points` });
  }
  if (!Number.isInteger(computeLevel) || computeLevel < 0 || computeLevel > nest.levels.length) {
    throw new InputError({ path, message: `level ${computeLevel} is none of the nest's`, expected: `0 to ${nest.levels.length}` });
  }
  for (const { spatial, level, axis, dim } of space.loops) {
    if (!spatial || level >= computeLevel || (axis !== undefined && axis in placement.axes)) continue;
    throw new InputError({
      path,
      message: `the spatial loop ${space.names[dim]} of level ${level} lies on ${axis === undefined ? 'no axis' : `axis '${axis}', which the placement does not have`}`,
      expected: Object.keys(placement.axes).join(', ') || 'a placement with axes',
    });
  }
}

/** One instance that computes tiles. */
interface Core {
  readonly queue: string;
  readonly position: AxisPosition;
  readonly offsets: readonly number[];
  /** Where its last tile begins. */
  readonly last: readonly number[];
  /** Innermost storage, group and member of each operand. */
  readonly sources: readonly Source[];
}

interface Source extends Place {
  readonly operand: NestOperand;
}

class Run implements NestRun {
  private readonly storages: readonly Storage[];
  private readonly innermostFirst: readonly Storage[];
  private readonly temporal: readonly FlatLoop[];
  private readonly extents: readonly number[];
  private readonly cores: readonly Core[];
  /** Buffers of the caller's that stand for homes, and those of them that have been written. */
  private readonly usedOutside = new Map<Group, Set<string>>();
  private readonly begunOutside = new Set<string>();

  constructor(
    private readonly lowering: NestLowering,
    private readonly space: NestSpace,
    computeLevel: number,
  ) {
    const outside = space.loops.filter((loop) => loop.level < computeLevel);
    this.temporal = outside.filter((loop) => !loop.spatial);
    this.storages = storagesOf(lowering, space, computeLevel);
    this.innermostFirst = [...this.storages].reverse();
    this.extents = extentsAt(space, computeLevel);
    this.cores = this.makeCores(outside.filter((loop) => loop.spatial));
    for (const { groups } of this.storages) for (const group of groups) group.users += group.children.length;
  }

  get buffers(): NestBuffer[] {
    return this.storages.flatMap((storage) => storage.buffers);
  }

  private makeCores(spatial: readonly FlatLoop[]): Core[] {
    const innermost = this.lowering.operands.map((operand) => this.innermostFirst.find((storage) => storage.operand === operand)!);
    return positionsOf(this.space, spatial).flatMap(({ digits, offsets }): Core[] => {
      const base = added(this.space.low, offsets);
      if (!isInside(this.space, base)) return [];
      const sources = innermost.map((storage) => ({ operand: storage.operand, ...storage.placeAt(spatial, digits) }));
      for (const { group } of sources) group.users++;
      const position = axesAt(spatial, digits);
      const queue = this.lowering.placement.core(position);
      return [{ queue, position, offsets, last: lastPosition(this.space, this.temporal, base), sources }];
    });
  }

  *prologue(wanted: (operand: NestOperand, buffers: readonly string[]) => boolean): Operations {
    for (const { operand, groups } of this.storages) {
      for (const group of groups) {
        const first = group.parent === undefined ? undefined : group.peek(0);
        if (first === undefined || !this.canLoad(group, first)) continue;
        if (wanted(operand, buffersOf(first))) yield* this.load(group, first);
      }
    }
  }

  *body(): Operations {
    const walk = new Walk(this.space, this.temporal, this.space.low);
    let moved = 0;
    do {
      yield* this.advance(walk.digits, moved);
      yield* this.fetch();
      for (const core of this.cores) {
        const at = added(walk.at, core.offsets);
        if (isInside(this.space, at)) yield this.compute(core, at);
      }
      moved = walk.next();
    } while (moved >= 0);
  }

  *epilogue(): Operations {
    for (const { groups } of this.innermostFirst) for (const group of groups) yield* this.drain(group);
  }

  pendingBuffers(): readonly string[] {
    return this.innermostFirst.flatMap(({ groups }) => groups.flatMap((group) => (this.hasSums(group) ? buffersOf(group.current as Residency) : [])));
  }

  /** Tiles that are needed no longer make room, innermost first: their sums go out. */
  private *advance(digits: readonly number[], moved: number): Operations {
    for (const { turning, groups } of this.innermostFirst) {
      if (moved >= turning.length && groups[0]?.current !== undefined) continue;
      for (const group of groups) {
        const next = group.peek(group.current === undefined ? 0 : 1);
        if (next === undefined) continue;
        if (group.current !== undefined && notAfter(next.start, digits, next.start.length)) yield* this.drain(group);
        group.advance(digits);
      }
    }
  }

  /** What is needed now, then what comes next as far as there are buffers; outermost first. */
  private *fetch(): Operations {
    for (const { groups } of this.storages) for (const group of groups) if (group.current !== undefined) yield* this.load(group, group.current);
    for (const { ring, groups } of this.storages) {
      if (ring > 1) for (const group of groups) yield* this.prefetch(group, ring);
    }
  }

  private *prefetch(group: Group, ring: number): Operations {
    let held = group.current?.isEmpty === false ? 1 : 0;
    // Sums that come back must have gone out: not before the tile that was here before has.
    const most = group.storage.operand.role === 'output' ? Math.min(ring, 2) : ring;
    for (let i = 1; held < most; i++) {
      const next = group.peek(i);
      if (next === undefined || !this.canLoad(group, next)) return;
      yield* this.load(group, next);
      if (!next.isEmpty) held++;
    }
  }

  /** Whether the tile's source is there already. */
  private canLoad(group: Group, residency: Residency): boolean {
    const outside = group.parent?.group;
    if (outside?.parent === undefined) return true;
    const source = outside.residencyAt(residency.start);
    return source !== undefined && (source.loaded || source.isEmpty);
  }

  private *load(group: Group, residency: Residency): Operations {
    if (residency.loaded) return;
    residency.loaded = true;
    const { operand } = group.storage;
    const isOutput = operand.role === 'output';
    if (group.parent === undefined || residency.isEmpty || (isOutput && !residency.resumed)) return;
    // Sums are resumed by one of the memories that share them; the others begin at zero.
    const members = isOutput ? residency.members.slice(0, 1) : residency.members;
    const source = this.placeOf(group.parent, residency);
    const { box } = residency;
    const releases = isOutput ? [] : this.releasesAfter(group, residency);
    for (const member of members) residency.written.add(member);
    yield {
      kind: 'transfer',
      queue: this.lowering.placement.transfer({
        operand,
        direction: 'in',
        from: [source.memory],
        to: members.map(({ memory }) => memory),
        position: members[0]!.position,
      }),
      layer: this.lowering.layer,
      reads: [{ tensor: operand.tensor, box, ...source.access }],
      writes: members.map(({ buffers }) => ({ tensor: operand.tensor, box, buffer: buffers[residency.slot]! })),
      ...(releases.length === 0 ? {} : { releases }),
    };
  }

  /** Hands a finished or interrupted sum to the memory outside. */
  private *drain(group: Group): Operations {
    if (!this.hasSums(group)) return;
    const residency = group.current as Residency;
    for (const child of group.children) yield* this.drain(child);
    residency.hasSums = false;
    const { operand } = group.storage;
    const { box, slot, members } = residency;
    const target = this.placeOf(group.parent as Place, residency);
    const releases = group.isLast(residency) ? group.members.flatMap(({ buffers }) => buffers.map((buffer) => ({ buffer }))) : [];
    yield {
      kind: 'transfer',
      queue: this.lowering.placement.transfer({
        operand,
        direction: 'out',
        from: members.map(({ memory }) => memory),
        to: [target.memory],
        position: members[0]!.position,
      }),
      layer: this.lowering.layer,
      reads: members.map(({ buffers }) => ({ tensor: operand.tensor, box, buffer: buffers[slot]! })),
      writes: [{ tensor: operand.tensor, box, ...target.access, ...this.modeAt(group.parent as Place, residency, target.access.buffer) }],
      ...(members.length > 1 ? { reduce: 'add' as const } : {}),
      ...(releases.length === 0 ? {} : { releases }),
    };
  }

  private hasSums(group: Group): boolean {
    return group.parent !== undefined && group.current?.hasSums === true;
  }

  /** Where a group's tile comes from or goes to. */
  private placeOf({ group, member }: Place, inner: Residency): { readonly memory: string | undefined; readonly access: { buffer?: string } } {
    if (member !== undefined) return { memory: member.memory, access: { buffer: member.buffers[group.residencyAt(inner.start)!.slot]! } };
    const buffer = this.outerBuffer(group, inner.members[0]!.position);
    return buffer === undefined ? { memory: this.homeOf(group.storage), access: {} } : { memory: undefined, access: { buffer } };
  }

  /** The caller's buffer that stands for an operand's home. */
  private outerBuffer(home: Group, position: AxisPosition): string | undefined {
    const outer = this.lowering.outer?.[home.storage.operand.name];
    if (outer === undefined) return undefined;
    const buffer = typeof outer.buffer === 'string' ? outer.buffer : outer.buffer(position);
    let used = this.usedOutside.get(home);
    if (used === undefined) this.usedOutside.set(home, (used = new Set()));
    used.add(buffer);
    return buffer;
  }

  private homeOf(storage: Storage): string {
    return this.lowering.nest.levels[storage.level]!.storage[storage.operand.name]!;
  }

  /** How a drained tile joins what the memory outside holds. */
  private modeAt(place: Place, inner: Residency, buffer: string | undefined): { mode?: 'replace' | 'add' } {
    if (place.member === undefined) return this.outerMode(place.group, buffer);
    return this.noteWrite(place, place.group.residencyAt(inner.start) as Residency);
  }

  /** The first write of a tile ends what the buffer held before. */
  private noteWrite({ member }: Place, residency: Residency): { mode: 'replace' | 'add' } {
    const isFirst = !residency.written.has(member!);
    residency.written.add(member!);
    residency.hasSums = true;
    return { mode: isFirst ? 'replace' : 'add' };
  }

  private outerMode(home: Group, buffer: string | undefined): { mode?: 'replace' | 'add' } {
    if (buffer === undefined) return {};
    const isFirst = !this.begunOutside.has(buffer);
    this.begunOutside.add(buffer);
    return { mode: isFirst ? (this.lowering.outer?.[home.storage.operand.name]?.mode ?? 'add') : 'add' };
  }

  private compute(core: Core, at: readonly number[]): ScheduleOperation {
    const { lowering } = this;
    const tile = boxAt(this.space, at, this.extents);
    const reads: RegionAccess[] = [];
    const writes: WriteAccess[] = [];
    for (const source of core.sources) {
      const box = source.operand.region(tile);
      if (isEmptyBox(box)) continue;
      if (source.operand.role === 'output') writes.push(this.writeOf(core, source, box, at));
      else reads.push({ tensor: source.operand.tensor, box, operand: source.operand.name, ...this.bufferOf(source, core) });
    }
    const releases = core.last.every((position, d) => position === at[d]) ? this.lastReads(core) : [];
    return {
      kind: 'compute',
      queue: core.queue,
      layer: lowering.layer,
      operator: lowering.operator,
      at: Object.fromEntries(this.space.names.map((name, d) => [name, at[d]!])),
      loops: boxSizes(tile),
      reads,
      writes,
      ...(releases.length === 0 ? {} : { releases }),
      ...(lowering.mapping === undefined ? {} : { mapping: lowering.mapping }),
      ...(lowering.recompute === true ? { recompute: true } : {}),
      ...(lowering.with === undefined ? {} : { with: lowering.with }),
    };
  }

  private bufferOf({ group, member }: Source, core: Core): { buffer?: string } {
    const buffer = member === undefined ? this.outerBuffer(group, core.position) : member.buffers[group.current!.slot]!;
    return buffer === undefined ? {} : { buffer };
  }

  /** The first tile of a sum replaces or joins what is there, the others add to it. */
  private writeOf(core: Core, source: Source, box: Box, at: readonly number[]): WriteAccess {
    const { operand, group, member } = source;
    const access = { tensor: operand.tensor, box, operand: operand.name, ...this.bufferOf(source, core) };
    if (member === undefined) {
      return this.isBegun(group, at, this.space.low) ? { ...access, mode: 'accumulate' } : { ...access, ...this.outerMode(group, access.buffer) };
    }
    const residency = group.current as Residency;
    residency.hasSums = true;
    if ((residency.resumed && residency.members[0] === member) || this.isBegun(group, at, added(residency.at, member.offsets))) {
      return { ...access, mode: 'accumulate' };
    }
    return { ...access, ...this.noteWrite(source, residency) };
  }

  /** Whether a loop that adds to an output has moved since its sums began. */
  private isBegun(group: Group, at: readonly number[], began: readonly number[]): boolean {
    return group.storage.summed.some((d) => at[d] !== began[d]);
  }

  /** What nobody needs after a core's last tile. */
  private lastReads(core: Core): RegionAccess[] {
    return core.sources.flatMap(({ group, operand }) => (operand.role === 'output' || --group.users > 0 ? [] : this.contentsOf(group)));
  }

  /** What nobody needs after a group's last tile has been fetched. */
  private releasesAfter(group: Group, residency: Residency): RegionAccess[] {
    const outside = group.parent?.group;
    return outside === undefined || !group.isLast(residency) || --outside.users > 0 ? [] : this.contentsOf(outside);
  }

  private contentsOf(group: Group): RegionAccess[] {
    if (group.parent !== undefined) return group.members.flatMap(({ buffers }) => buffers.map((buffer) => ({ buffer })));
    const { operand } = group.storage;
    const release = this.lowering.outer?.[operand.name]?.release;
    const dead = release === undefined || release === 'buffer' ? {} : { tensor: operand.tensor, box: release };
    return release === undefined ? [] : [...(this.usedOutside.get(group) ?? [])].map((buffer) => ({ buffer, ...dead }));
  }
}

function buffersOf({ members, slot }: Residency): string[] {
  return members.map(({ buffers }) => buffers[slot]!);
}
