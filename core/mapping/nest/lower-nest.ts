import type { RegionAccess, ScheduleOperation, WriteAccess } from '../../schedule/form/form.js';
import { boxSizes, boxVolume, isEmptyBox, wholeBox, type Box } from '../../workload/box.js';
import { checkLowering } from './check-lowering.js';
import { coresOf, type Core, type Source } from './cores.js';
import type { LoweredNest, NestBuffer, NestLowering, NestMove, NestRun } from './lowering.js';
import type { NestOperand } from './nest-operand.js';
import { OuterPlaces } from './outer-places.js';
import { boxAt, extentsAt, isInside, spaceOf, type FlatLoop, type NestSpace } from './space.js';
import { piecesOf } from './pieces.js';
import { added, storagesOf, type Group, type Member, type Place, type Residency, type Rooms, type Storage } from './storages.js';
import { notAfter, Walk } from './walk.js';

type Operations = Generator<ScheduleOperation>;

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
  checkLowering(lowering, space, computeLevel);
  const rooms: Rooms = new Map();
  const begin = (): Run => new Run(lowering, space, computeLevel, rooms);
  let first: Run | undefined = begin();
  const { buffers } = first;
  // The run that was made for the buffers is the first walk.
  const start = (): Run => {
    const run = first ?? begin();
    first = undefined;
    return run;
  };
  return { buffers, operations: { [Symbol.iterator]: () => wholeRun(start()) }, start };
}

function* wholeRun(run: NestRun): Operations {
  yield* run.body();
  yield* run.epilogue();
}

class Run implements NestRun {
  private readonly storages: readonly Storage[];
  private readonly innermostFirst: readonly Storage[];
  private readonly temporal: readonly FlatLoop[];
  private readonly extents: readonly number[];
  private readonly cores: readonly Core[];
  private readonly outer: OuterPlaces;
  /** Transfers so far to several memories at once. */
  private turn = 0;
  constructor(
    private readonly lowering: NestLowering,
    private readonly space: NestSpace,
    computeLevel: number,
    rooms: Rooms,
  ) {
    const outside = space.loops.filter((loop) => loop.level < computeLevel);
    this.temporal = outside.filter((loop) => !loop.spatial);
    this.storages = storagesOf(lowering, space, computeLevel, rooms);
    this.innermostFirst = [...this.storages].reverse();
    this.extents = extentsAt(space, computeLevel);
    this.outer = new OuterPlaces(lowering.outer ?? {});
    this.cores = coresOf(lowering, space, this.storages, outside);
    for (const { groups } of this.storages) for (const group of groups) group.users += group.children.length;
  }

  get buffers(): NestBuffer[] {
    return this.storages.flatMap((storage) => storage.buffers);
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
    const queues = this.enginesOf({ operand, direction: 'in', from: [source.memory], to: members.map(({ memory }) => memory) }, members, box);
    const pieces = piecesOf(box, queues.length);
    if (members.length > 1) this.turn += pieces.length;
    for (const [index, piece] of pieces.entries()) {
      const isLast = index === pieces.length - 1;
      yield {
        kind: 'transfer',
        queue: queues[index]!,
        layer: this.lowering.layer,
        reads: [{ tensor: operand.tensor, box: piece, ...source.access }],
        writes: members.map(({ buffers }) => {
          return { tensor: operand.tensor, box: piece, buffer: buffers[residency.slot]!, ...(index === 0 ? {} : { mode: 'add' as const }) };
        }),
        ...(isLast && releases.length > 0 ? { releases } : {}),
      };
    }
  }

  private enginesOf(move: Pick<NestMove, 'operand' | 'direction' | 'from' | 'to'>, members: readonly Member[], box: Box): readonly string[] {
    const positions = members.map(({ position }) => position);
    const bytes = Math.ceil((boxVolume(box) * move.operand.storedBits) / 8);
    const queues = this.lowering.placement.transfer({ ...move, position: positions[0]!, positions, bytes, turn: this.turn });
    return typeof queues === 'string' ? [queues] : queues;
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
      queue: this.enginesOf({ operand, direction: 'out', from: members.map(({ memory }) => memory), to: [target.memory] }, members, box)[0]!,
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
    const buffer = this.outer.bufferOf(group.storage.operand, inner.members[0]!.position);
    return buffer === undefined ? { memory: this.homeOf(group.storage), access: {} } : { memory: undefined, access: { buffer } };
  }

  private homeOf(storage: Storage): string {
    return this.lowering.nest.levels[storage.level]!.storage[storage.operand.name]!;
  }

  /** How a drained tile joins what the memory outside holds. */
  private modeAt(place: Place, inner: Residency, buffer: string | undefined): { mode?: 'replace' | 'add' } {
    if (place.member === undefined) return this.outer.modeOf(place.group.storage.operand, buffer);
    return this.noteWrite(place, place.group.residencyAt(inner.start) as Residency);
  }

  /** The first write of a tile ends what the buffer held before. */
  private noteWrite({ member }: Place, residency: Residency): { mode: 'replace' | 'add' } {
    const isFirst = !residency.written.has(member!);
    residency.written.add(member!);
    residency.hasSums = true;
    return { mode: isFirst ? 'replace' : 'add' };
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

  private bufferOf({ operand, group, member }: Source, core: Core): { buffer?: string } {
    const buffer = member === undefined ? this.outer.bufferOf(operand, core.position) : member.buffers[group.current!.slot]!;
    return buffer === undefined ? {} : { buffer };
  }

  /** The first tile of a sum replaces or joins what is there, the others add to it. */
  private writeOf(core: Core, source: Source, box: Box, at: readonly number[]): WriteAccess {
    const { operand, group, member } = source;
    const access = { tensor: operand.tensor, box, operand: operand.name, ...this.bufferOf(source, core) };
    if (member === undefined) {
      const begun = this.lowering.resumed === true || this.isBegun(group, at, this.space.low);
      return { ...access, ...(begun ? { mode: 'accumulate' } : this.outer.modeOf(operand, access.buffer)) };
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
    return core.sources.flatMap((source) => (source.operand.role === 'output' ? [] : this.lastReadOf(source)));
  }

  /** A memory that cores alone read from is free when its own core is through, whoever else has the same tiles. */
  private lastReadOf({ group, member }: Source): RegionAccess[] {
    group.users--;
    if (member === undefined || group.children.length > 0) return group.users > 0 ? [] : this.contentsOf(group);
    return --member.users > 0 ? [] : member.buffers.map((buffer) => ({ buffer }));
  }

  private contentsOf(group: Group): RegionAccess[] {
    if (group.parent === undefined) return this.outer.contentsOf(group.storage.operand);
    return group.members.flatMap(({ buffers }) => buffers.map((buffer) => ({ buffer })));
  }

  /** What nobody needs after a group's last tile has been fetched. */
  private releasesAfter(group: Group, residency: Residency): RegionAccess[] {
    const outside = group.parent?.group;
    return outside === undefined || !group.isLast(residency) || --outside.users > 0 ? [] : this.contentsOf(outside);
  }
}

function buffersOf({ members, slot }: Residency): string[] {
  return members.map(({ buffers }) => buffers[slot]!);
}
