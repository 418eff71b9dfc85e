import { InputError } from '../../errors.js';
import { isEmptyBox, type Box } from '../../workload/box.js';
import { pathAt } from './check-nest.js';
import type { AxisPosition, NestBuffer, NestLowering } from './lowering.js';
import { concerns, type NestOperand } from './nest-operand.js';
import { boxAt, extentsAt, isInside, type FlatLoop, type NestSpace } from './space.js';
import { visitsOf } from './visits.js';
import { notAfter, positionsOf, Walk } from './walk.js';

/** One memory's share of a tile: the buffers that take turns. */
export interface Member {
  readonly memory: string;
  readonly position: AxisPosition;
  /** From the group's position to the member's, along the layer's loops that do not concern the operand. */
  readonly offsets: readonly number[];
  readonly buffers: readonly string[];
  /** Cores that still read from here. */
  users: number;
}

/** A storage at a spatial position; the home has no member. */
export interface Place {
  readonly group: Group;
  readonly member: Member | undefined;
}

/** A tile's stay: from the step that needs it first until another tile takes its place. */
export interface Residency {
  /** Digits of the temporal loops, and position along the layer's loops, at its first step. */
  readonly start: readonly number[];
  readonly at: readonly number[];
  readonly box: Box;
  readonly isEmpty: boolean;
  /** Place in the ring of buffers. */
  readonly slot: number;
  /** Of an output: sums that were begun in an earlier residency. */
  readonly resumed: boolean;
  /** Members that take part in any of its steps. */
  readonly members: Member[];
  /** Members whose buffer has been written for it. */
  readonly written: Set<Member>;
  loaded: boolean;
  /** Of an output: something has been added, and not handed on. */
  hasSums: boolean;
}

/** An operand in a level's memory; the outermost of an operand has one group without members. */
export class Storage {
  readonly groups: Group[] = [];
  private readonly places = new Map<string, Place>();
  /** Temporal loops that decide which tile it is: those outside, down to the innermost that concerns the operand. */
  readonly turning: readonly FlatLoop[];
  readonly ring: number;
  readonly largestBytes: number;
  readonly extents: readonly number[];
  /** Loops of the layer whose steps add up into the same elements of an output. */
  readonly summed: readonly number[];
  /** Whether an earlier piece has begun the sums. */
  readonly continues: boolean;

  constructor(
    readonly space: NestSpace,
    readonly operand: NestOperand,
    readonly level: number,
    readonly parent: Storage | undefined,
    temporal: readonly FlatLoop[],
    private readonly spatial: readonly FlatLoop[],
    lowering: NestLowering,
    room: Room,
  ) {
    const concerned = concerns(operand);
    const isConcerned = (loop: FlatLoop): boolean => concerned.has(space.names[loop.dim]!);
    this.summed = space.names.flatMap((name, dim) => (concerned.has(name) ? [] : [dim]));
    this.extents = extentsAt(space, level);
    const outside = temporal.filter((loop) => loop.level < level);
    this.turning = parent === undefined ? [] : outside.slice(0, outside.findLastIndex(isConcerned) + 1);
    this.largestBytes = room.bytes;
    this.ring = room.ring;
    this.continues = lowering.resumed === true;
    this.makeGroups(lowering, isConcerned);
  }

  private makeGroups(lowering: NestLowering, isConcerned: (loop: FlatLoop) => boolean): void {
    const { parent } = this;
    if (parent === undefined) {
      this.groups.push(
        new Group(
          this,
          this.space.names.map(() => 0),
          undefined,
        ),
      );
      return;
    }
    const own = this.spatial.filter((loop) => loop.level < this.level);
    const from = parent.parent === undefined ? 0 : parent.level;
    const shares = own.map((loop) => !isConcerned(loop) && loop.level >= from);
    const pattern = lowering.nest.levels[this.level]!.storage[this.operand.name]!;
    const byPosition = new Map<string, Group>();
    for (const { digits, offsets } of positionsOf(this.space, own)) {
      if (!isInside(this.space, added(this.space.low, offsets))) continue;
      // Positions that differ in shared loops only are one group; the first has zeros there.
      const key = digits.filter((_, i) => !shares[i]).join(' ');
      let group = byPosition.get(key);
      if (group === undefined) {
        byPosition.set(key, (group = new Group(this, offsets, parent.placeAt(own, digits))));
        this.groups.push(group);
      }
      const axes = axesAt(own, digits);
      const member = this.memberOf(group, pathAt(pattern, lowering.placement.axes, axes), axes, offsets, lowering);
      group.members.push(member);
      this.places.set(offsets.join(' '), { group, member });
    }
  }

  private memberOf(group: Group, memory: string, position: AxisPosition, offsets: readonly number[], lowering: NestLowering): Member {
    const base = `${lowering.prefix ?? lowering.layer}.${this.operand.name}.${memory}`;
    const twins = this.groups.flatMap(({ members }) => members).filter((member) => member.memory === memory).length;
    const deeper = this.parentsIn(memory);
    const name = `${base}${deeper === 0 ? '' : `.L${this.level}`}${twins === 0 ? '' : `.part${twins}`}`;
    const buffers = Array.from({ length: this.ring }, (_, i) => (this.ring === 1 ? name : `${name}.${i}`));
    return { memory, position, offsets: offsets.map((offset, d) => offset - group.offsets[d]!), buffers, users: 0 };
  }

  /** Levels outside that hold the operand in the same memory. */
  private parentsIn(memory: string): number {
    const own = this.parent?.groups.some(({ members }) => members.some((member) => member.memory === memory)) === true ? 1 : 0;
    return own + (this.parent?.parentsIn(memory) ?? 0);
  }

  /** The place of a position of spatial loops, of which those inside do not matter. */
  placeAt(loops: readonly FlatLoop[], digits: readonly number[]): Place {
    if (this.parent === undefined) return { group: this.groups[0] as Group, member: undefined };
    const offsets = this.space.names.map(() => 0);
    for (const [i, { dim, stride, level }] of loops.entries()) if (level < this.level) offsets[dim]! += stride * digits[i]!;
    return this.places.get(offsets.join(' ')) as Place;
  }

  get buffers(): NestBuffer[] {
    const { operand, level, largestBytes: bytes } = this;
    return this.groups.flatMap(({ members }) =>
      members.flatMap(({ memory, position, buffers }) => buffers.map((name) => ({ name, memory, bytes, operand, level, position }))),
    );
  }
}

/** What an operand takes at a level: the same in every walk through a nest. */
export interface Room {
  /** Of the largest tile. */
  readonly bytes: number;
  /** Buffers that take turns. */
  readonly ring: number;
}

function roomOf({ sizes, placement }: NestLowering, space: NestSpace, operand: NestOperand, level: number, isOutermost: boolean): Room {
  const bytes = Math.max(1, Math.ceil((visitsOf(space, sizes, operand, { level }).largest * operand.storedBits) / 8));
  if (isOutermost) return { bytes, ring: 1 };
  const one = { ...space, loops: space.loops.filter((loop) => !loop.spatial || loop.level >= level) };
  const tiles = visitsOf(one, sizes, operand, { level }).changes;
  return { bytes, ring: Math.max(1, Math.min(tiles, placement.buffers?.(operand, level) ?? 2)) };
}

/** Memories that hold the same tile at the same time, filled by one transfer; their tiles one after another. */
export class Group {
  readonly members: Member[] = [];
  readonly children: Group[] = [];
  /** The current residency and those known to come. */
  readonly queue: Residency[] = [];
  /** Cores and groups that still read from here. */
  users = 0;
  private readonly walk: Walk;
  private hasStep: boolean;
  /** Region of the step that the walk stands at, when it is known. */
  private nextBox: Box | undefined;
  private filled = 0;
  private hasBegun = false;

  constructor(
    readonly storage: Storage,
    readonly offsets: readonly number[],
    /** Where its tiles come from and its sums go to. */
    readonly parent: Place | undefined,
  ) {
    this.walk = new Walk(storage.space, storage.turning, added(storage.space.low, offsets));
    this.hasStep = true;
    parent?.group.children.push(this);
  }

  get current(): Residency | undefined {
    return this.hasBegun ? this.queue[0] : undefined;
  }

  /** Whether the residency is the last one of the group. */
  isLast(residency: Residency): boolean {
    return this.peek(this.queue.indexOf(residency) + 1) === undefined;
  }

  /** Moves on to the residency that the digits lie in, when that is the next one. */
  advance(digits: readonly number[]): boolean {
    const next = this.peek(this.hasBegun ? 1 : 0);
    if (next === undefined || !notAfter(next.start, digits, next.start.length)) return false;
    if (this.hasBegun) this.queue.shift();
    this.hasBegun = true;
    return true;
  }

  /** The residency at a place of the queue. */
  peek(index: number): Residency | undefined {
    while (this.queue.length <= index && this.hasStep) this.queue.push(this.take());
    return this.queue[index];
  }

  /** The residency, current or to come, in which a step lies that begins with these digits. */
  residencyAt(digits: readonly number[]): Residency | undefined {
    let found: Residency | undefined;
    for (let i = 0; ; i++) {
      const next = this.peek(i);
      if (next === undefined || !notAfter(next.start, digits, next.start.length)) return found;
      found = next;
    }
  }

  /** The next residency: steps are taken for as long as the tile stays the same. */
  private take(): Residency {
    const { storage } = this;
    const start = this.walk.digits.slice();
    const at = this.walk.at.slice();
    const box = this.nextBox ?? this.boxHere();
    const isEmpty = isEmptyBox(box);
    const members = new Set<Member>();
    const outside = this.outsideAt(start);
    do {
      for (const member of this.members) if (isInside(storage.space, added(this.walk.at, member.offsets))) members.add(member);
      this.hasStep = this.walk.next() >= 0;
      if (this.hasStep) this.nextBox = this.boxHere();
    } while (this.hasStep && sameRegion(this.nextBox as Box, box, isEmpty) && this.outsideAt(this.walk.digits) === outside);
    const slot = isEmpty ? 0 : this.filled++ % storage.ring;
    return { start, at, box, isEmpty, slot, resumed: this.isResumed(start, at), members: [...members], written: new Set(), loaded: false, hasSums: false };
  }

  /** The tile outside that holds an output's: when that leaves, while this position is idle, the sums leave with it. */
  private outsideAt(digits: readonly number[]): Residency | undefined {
    return this.parent?.member === undefined || this.storage.operand.role !== 'output' ? undefined : this.parent.group.residencyAt(digits);
  }

  /** Whether the sums of a tile were begun before: a loop that adds to them has moved since the memory outside got its tile. */
  private isResumed(start: readonly number[], at: readonly number[]): boolean {
    const { summed, operand, space } = this.storage;
    if (operand.role !== 'output' || this.parent === undefined) return false;
    const { group, member } = this.parent;
    if (member === undefined) return this.storage.continues || summed.some((d) => at[d] !== space.low[d]!);
    const outside = group.residencyAt(start) as Residency;
    return summed.some((d) => at[d] !== outside.at[d]! + member.offsets[d]!) || (outside.resumed && outside.members[0] === member);
  }

  private boxHere(): Box {
    const { space, operand, extents } = this.storage;
    return operand.region(boxAt(space, this.walk.at, extents));
  }
}

function sameRegion(a: Box, b: Box, isEmpty: boolean): boolean {
  if (isEmpty) return isEmptyBox(a);
  for (const name in b) if (a[name]![0] !== b[name]![0] || a[name]![1] !== b[name]![1]) return false;
  return true;
}

export function added(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + b[i]!);
}

/** Position along each axis: loops on one axis count together, the outermost most. */
export function axesAt(loops: readonly FlatLoop[], digits: readonly number[]): AxisPosition {
  const position: Record<string, number> = {};
  for (const [i, { axis, size }] of loops.entries()) if (axis !== undefined) position[axis] = (position[axis] ?? 0) * size + digits[i]!;
  return position;
}

/** Room by operand and level. */
export type Rooms = Map<string, Room>;

/**
 * The storages of a nest outside the cores, outermost level first, in the operands' order within a level.
 *
 * @param rooms what earlier walks have found out
 */
export function storagesOf(lowering: NestLowering, space: NestSpace, computeLevel: number, rooms: Rooms): Storage[] {
  const outer = space.loops.filter((loop) => loop.level < computeLevel);
  const temporal = outer.filter((loop) => !loop.spatial);
  const spatial = outer.filter((loop) => loop.spatial);
  const made: Storage[] = [];
  const innermost = new Map<NestOperand, Storage>();
  for (let level = 0; level <= computeLevel; level++) {
    for (const operand of lowering.operands) {
      if (lowering.nest.levels[level]?.storage[operand.name] === undefined) continue;
      const key = `${operand.name} ${level}`;
      const room = rooms.get(key) ?? roomOf(lowering, space, operand, level, !innermost.has(operand));
      rooms.set(key, room);
      const storage = new Storage(space, operand, level, innermost.get(operand), temporal, spatial, lowering, room);
      innermost.set(operand, storage);
      made.push(storage);
    }
  }
  for (const operand of lowering.operands) {
    if (!innermost.has(operand)) {
      throw new InputError({
        path: `layer ${lowering.layer}`,
        message: `operand ${operand.name} is stored nowhere outside its core`,
        expected: 'its home in one level',
      });
    }
  }
  return made;
}
