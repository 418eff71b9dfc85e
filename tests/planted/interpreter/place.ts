import type { Plan } from '../schedule-text.js';
import { bitsOf } from '../formats.js';
import { elementsOf, sizesOf } from './boxes.js';

/** Nobody wrote it: data that were there from the start. */
export const NOBODY = -1;

/** Elements of one tensor in one place. */
export class Contents {
  readonly values: Float64Array;
  readonly present: Uint8Array;
  /** Operation that wrote each element last. */
  readonly writers: Int32Array;
  /** Operations that have read each element since. */
  readonly readers: (number[] | undefined)[];
  /** First bit of each element in the place; -1 when that is not known for certain. */
  readonly bitAt: Float64Array;
  count = 0;

  constructor(
    readonly tensor: string,
    readonly bits: number,
    elements: number,
  ) {
    this.values = new Float64Array(elements);
    this.present = new Uint8Array(elements);
    this.writers = new Int32Array(elements).fill(NOBODY);
    this.readers = new Array<number[] | undefined>(elements);
    this.bitAt = new Float64Array(elements).fill(-1);
  }

  usersOf(element: number): number[] {
    const readers = this.readers[element] ?? [];
    const writer = this.writers[element]!;
    return writer === NOBODY ? readers : [writer, ...readers];
  }
}

/** Bits that held something which is dead by now, and who used it. */
export interface Ghost {
  /** Unknown: somewhere in the place. */
  readonly low: number;
  readonly high: number;
  readonly isKnown: boolean;
  readonly users: readonly number[];
}

/** A buffer, or a tensor's home: bits of a memory, and what is in them. */
export class Place {
  readonly contents = new Map<string, Contents>();
  readonly overlays: Place[] = [];
  ghosts: Ghost[] = [];
  usedBits = 0;
  /** Of a buffer: where the next element goes, as long as nothing was released since it was replaced. */
  isPacked = true;
  lastWriter = NOBODY;

  constructor(
    readonly name: string,
    readonly memory: string,
    /** First bit in the memory, when the schedule says so. */
    readonly firstBit: number | undefined,
    readonly capacityBits: number,
    /** A home's elements lie where their numbers say, and nothing else is in it. */
    readonly isHome: boolean,
  ) {}

  of(tensor: string, plan: Plan): Contents {
    let found = this.contents.get(tensor);
    if (found === undefined) {
      const form = plan.tensors[tensor]!;
      this.contents.set(tensor, (found = new Contents(tensor, bitsOf(form.format), elementsOf(sizesOf(form)))));
    }
    return found;
  }
}

export function placesOf(plan: Plan): { readonly buffers: Map<string, Place>; readonly homes: Map<string, Place> } {
  const buffers = new Map<string, Place>();
  const homes = new Map<string, Place>();
  for (const [name, { memory, bytes, address }] of Object.entries(plan.buffers))
    buffers.set(name, new Place(name, memory, address === undefined ? undefined : address * 8, bytes * 8, false));
  for (const [name, tensor] of Object.entries(plan.tensors)) {
    if (tensor.home === undefined) continue;
    const bits = elementsOf(sizesOf(tensor)) * bitsOf(tensor.format);
    homes.set(name, new Place(name, tensor.home, tensor.address === undefined ? undefined : tensor.address * 8, Math.ceil(bits / 8) * 8, true));
  }
  linkOverlays([...buffers.values(), ...homes.values()]);
  return { buffers, homes };
}

function linkOverlays(places: readonly Place[]): void {
  places.forEach((a, i) => {
    for (const b of places.slice(i + 1)) {
      if (a.memory !== b.memory || a.firstBit === undefined || b.firstBit === undefined) continue;
      if (a.firstBit >= b.firstBit + b.capacityBits || b.firstBit >= a.firstBit + a.capacityBits) continue;
      a.overlays.push(b);
      b.overlays.push(a);
    }
  });
}
