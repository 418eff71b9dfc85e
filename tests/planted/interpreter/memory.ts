import type { Plan } from '../schedule-text.js';
import { hash } from './arithmetic.js';
import { elementsOf, sizesOf } from './boxes.js';
import { initialValue } from './layer-math.js';
import { type Contents, NOBODY, type Place, placesOf } from './place.js';

/**
 * Where an element lies in a buffer that was filled and emptied in parts is for the engine to choose. `certain` counts only what every
 * choice would destroy or let collide, `possible` all that some choice would. A legal schedule is right even so; a fault counts when it is
 * certain.
 */
export type Strictness = 'certain' | 'possible';

/** Bits that begin to be held, or cease to be. */
export type RoomEvent =
  | { readonly kind: 'take'; readonly place: Place; readonly bits: number; readonly by: number }
  /** At the start of `by`, or when all `users` have ended. */
  | { readonly kind: 'free'; readonly place: Place; readonly bits: number; readonly by?: number; readonly users?: readonly number[] };

export interface Overflow {
  readonly operation: number;
  readonly buffer: string;
  readonly bits: number;
  readonly capacityBits: number;
}

/** All places, what is in them, and which pairs of operations may not change their order. */
export class Memory {
  readonly buffers: Map<string, Place>;
  readonly homes: Map<string, Place>;
  /** Pairs `earlier * 2^16 + later` of operations that use the same elements or bits, one of which writes. */
  readonly conflicts = new Set<number>();
  readonly overflows: Overflow[] = [];
  readonly roomEvents: RoomEvent[] = [];
  /** Elements that were read where nothing (any more) was. */
  undefinedReads = 0;
  private garbageCount = 0;

  constructor(
    readonly plan: Plan,
    readonly strictness: Strictness,
  ) {
    ({ buffers: this.buffers, homes: this.homes } = placesOf(plan));
    Object.entries(plan.tensors).forEach(([name, tensor], number) => {
      const home = this.homes.get(name);
      if (home === undefined) return;
      const contents = home.of(name, plan);
      const isThere = tensor.role === 'input' || tensor.role === 'constant';
      for (let element = 0; element < elementsOf(sizesOf(tensor)); element++) {
        contents.bitAt[element] = element * contents.bits;
        if (!isThere) continue;
        contents.values[element] = initialValue(number, element);
        contents.present[element] = 1;
        contents.count++;
      }
    });
    for (const home of this.homes.values()) this.overlayInitialData(home);
  }

  /** A value that no computation gives. */
  garbage(): number {
    return hash(99, ++this.garbageCount);
  }

  conflict(earlier: number, later: number): void {
    if (earlier !== later && earlier !== NOBODY) this.conflicts.add(earlier * 65_536 + later);
  }

  read(place: Place, tensor: string, element: number, by: number): number {
    const contents = place.contents.get(tensor);
    if (contents === undefined || contents.present[element] === 0) {
      this.undefinedReads++;
      return this.garbage();
    }
    this.conflict(contents.writers[element]!, by);
    const readers = (contents.readers[element] ??= []);
    if (readers.at(-1) !== by) readers.push(by);
    return contents.values[element]!;
  }

  /** Writes elements in the order in which they come to lie; `undefined` keeps what is there. */
  write(place: Place, tensor: string, elements: readonly number[], values: readonly number[], mode: 'replace' | 'add' | 'accumulate', by: number): void {
    if (!place.isHome && mode === 'replace' && place.lastWriter !== by) this.replaceAll(place, by);
    place.lastWriter = by;
    const contents = place.of(tensor, this.plan);
    const spans: [number, number][] = [];
    let takenBits = 0;
    elements.forEach((element, i) => {
      const isThere = contents.present[element] === 1;
      if (isThere) for (const user of contents.usersOf(element)) this.conflict(user, by);
      const sum = mode === 'accumulate' && isThere ? contents.values[element]! + values[i]! : values[i]!;
      if (!isThere) {
        if (!place.isHome) contents.bitAt[element] = place.isPacked ? place.usedBits : -1;
        contents.present[element] = 1;
        contents.count++;
        place.usedBits += contents.bits;
        takenBits += contents.bits;
      }
      contents.values[element] = sum % 67_108_859;
      contents.writers[element] = by;
      contents.readers[element] = undefined;
      if (contents.bitAt[element]! >= 0) extend(spans, contents.bitAt[element]!, contents.bits);
    });
    if (place.isHome) place.usedBits = 0;
    else this.takeRoom(place, takenBits, by);
    this.meetGhosts(place, spans, by);
    const isFull = elements.length * contents.bits >= place.capacityBits;
    for (const other of place.overlays) this.destroyBelow(place, isFull ? [[0, place.capacityBits]] : spans, other, by);
  }

  /** What is dead once the operation and its other users have ended. */
  release(place: Place, tensor: string, elements: Iterable<number>, by: number): void {
    const contents = place.contents.get(tensor);
    if (contents === undefined) return;
    const gone = [...elements].filter((element) => contents.present[element] === 1);
    this.remove(place, contents, gone, by, 'released');
  }

  private takeRoom(place: Place, bits: number, by: number): void {
    if (bits === 0) return;
    this.roomEvents.push({ kind: 'take', place, bits, by });
    if (place.usedBits > place.capacityBits) this.overflows.push({ operation: by, buffer: place.name, bits: place.usedBits, capacityBits: place.capacityBits });
  }

  private replaceAll(place: Place, by: number): void {
    for (const contents of place.contents.values()) {
      const gone = present(contents);
      for (const element of gone) for (const user of contents.usersOf(element)) this.conflict(user, by);
      this.remove(place, contents, gone, by, 'replaced');
    }
    place.isPacked = true;
    place.usedBits = 0;
  }

  private remove(place: Place, contents: Contents, gone: readonly number[], by: number, why: 'released' | 'replaced'): void {
    if (gone.length === 0) return;
    const ghosts = new Map<string, { spans: [number, number][]; users: number[]; isKnown: boolean; elements: number }>();
    for (const element of gone) {
      const own = contents.usersOf(element);
      const bit = contents.bitAt[element]!;
      const key = `${own.join()}${bit < 0}`;
      let ghost = ghosts.get(key);
      if (ghost === undefined)
        ghosts.set(
          key,
          (ghost = { spans: [], users: why === 'released' && this.strictness === 'possible' ? [...own, by] : own, isKnown: bit >= 0, elements: 0 }),
        );
      ghost.elements++;
      if (bit >= 0) extend(ghost.spans, bit, contents.bits);
      contents.present[element] = 0;
      contents.writers[element] = NOBODY;
      contents.readers[element] = undefined;
    }
    for (const { spans, users: own, isKnown } of ghosts.values()) {
      if (!isKnown) place.ghosts.push({ low: 0, high: 0, isKnown, users: own });
      for (const [low, high] of spans) place.ghosts.push({ low, high, isKnown, users: own });
    }
    contents.count -= gone.length;
    if (place.isHome) return;
    place.usedBits -= gone.length * contents.bits;
    // What only others have used is free when they have ended, whoever gives it up.
    for (const { elements, users } of ghosts.values()) {
      const bits = elements * contents.bits;
      this.roomEvents.push(why === 'replaced' ? { kind: 'free', place, bits, by } : { kind: 'free', place, bits, users: users.length > 0 ? users : [by] });
    }
    // Whether freed room is used again at once or last is the engine's choice; `replace` begins anew.
    place.isPacked = false;
  }

  /** Whoever used the same bits before must have ended. */
  private meetGhosts(place: Place, spans: readonly [number, number][], by: number): void {
    for (const { low, high, isKnown, users } of place.ghosts) {
      const meets = isKnown && spans.some(([from, to]) => from < high && low < to);
      if (meets || this.strictness === 'possible') for (const user of users) this.conflict(user, by);
    }
  }

  /** A write to bits over which another place lies ends what is there. */
  private destroyBelow(place: Place, spans: readonly [number, number][], other: Place, by: number): void {
    const hit = this.spansIn(place, spans, other);
    if (hit.length === 0) return;
    for (const contents of other.contents.values()) {
      const gone: number[] = [];
      for (const element of present(contents)) {
        const bit = contents.bitAt[element]!;
        const isHit = this.isWhole(other) || (bit < 0 ? coversAll(hit, other) : hit.some(([low, high]) => low < bit + contents.bits && bit < high));
        if (!isHit) continue;
        for (const user of contents.usersOf(element)) this.conflict(user, by);
        gone.push(element);
      }
      this.remove(other, contents, gone, by, 'replaced');
    }
    for (const { low, high, isKnown, users } of other.ghosts) {
      const meets = isKnown && hit.some(([from, to]) => from < high && low < to);
      if (meets || this.strictness === 'possible') for (const user of users) this.conflict(user, by);
    }
  }

  /** A buffer counts as one when all that may happen does. */
  private isWhole(place: Place): boolean {
    return this.strictness === 'possible' && !place.isHome;
  }

  /** Bits of `other` that a write to spans of `place` touches. */
  private spansIn(place: Place, spans: readonly [number, number][], other: Place): [number, number][] {
    const shift = place.firstBit! - other.firstBit!;
    const written: readonly (readonly [number, number])[] = this.isWhole(place) ? [[0, place.capacityBits]] : spans;
    return (place.isHome ? spans : written)
      .map(([low, high]): [number, number] => [Math.max(0, low + shift), Math.min(other.capacityBits, high + shift)])
      .filter(([low, high]) => low < high);
  }

  /** Two tensors with data from the start cannot both be there. */
  private overlayInitialData(home: Place): void {
    for (const other of home.overlays) {
      if (!other.isHome) continue;
      const shift = other.firstBit! - home.firstBit!;
      const [mine] = home.contents.values();
      const [theirs] = other.contents.values();
      if (mine === undefined || theirs === undefined || mine.count === 0 || theirs.count === 0) continue;
      for (const element of present(mine)) {
        const low = element * mine.bits - shift;
        if (low + mine.bits > 0 && low < theirs.values.length * theirs.bits) mine.values[element] = this.garbage();
      }
    }
  }
}

function present(contents: Contents): number[] {
  if (contents.count === 0) return [];
  const found: number[] = [];
  for (let element = 0; element < contents.present.length; element++) if (contents.present[element] === 1) found.push(element);
  return found;
}

function extend(spans: [number, number][], bit: number, bits: number): void {
  const last = spans.at(-1);
  if (last !== undefined && last[1] === bit) last[1] = bit + bits;
  else spans.push([bit, bit + bits]);
}

function coversAll(spans: readonly (readonly [number, number])[], place: Place): boolean {
  return spans.some(([low, high]) => low <= 0 && high >= place.capacityBits);
}
