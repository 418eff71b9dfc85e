import type { ScheduleHeader } from '../schedule/form/form.js';
import { volume } from './grid.js';
import { wholeOf } from './operands.js';
import { Place } from './place.js';
import { ABSENT, INITIAL } from './versions.js';

/** Of the machine: sizes of memories in bytes, and of elements as they are stored, in bits. */
export interface Sizes {
  readonly memoryBytes: Readonly<Record<string, number>>;
  readonly formatBits: Readonly<Record<string, number>>;
}

type Fault = (message: string) => void;

/** The homes of all tensors and the buffers of a schedule, those that have addresses held against each other and their memories. */
export class AllPlaces {
  readonly homes = new Map<string, Place>();
  readonly buffers = new Map<string, Place>();

  constructor(
    header: ScheduleHeader,
    private readonly sizes: Sizes,
    fault: Fault,
  ) {
    const placed: { place: Place; memory: string; from: number; to: number; holdsData: boolean; isHome: boolean }[] = [];
    for (const [name, tensor] of Object.entries(header.tensors)) {
      if (tensor.home === undefined) continue;
      const bytes = Math.ceil((volume(wholeOf(tensor)) * this.bitsOf(tensor.format)) / 8);
      const place = new Place(`home of ${name}`, true, bytes, tensor.address);
      const holdsData = tensor.role === 'input' || tensor.role === 'constant';
      place.hold(name, wholeOf(tensor), holdsData ? INITIAL : ABSENT);
      this.homes.set(name, place);
      if (tensor.address !== undefined) placed.push({ place, memory: tensor.home, from: tensor.address, to: tensor.address + bytes, holdsData, isHome: true });
    }
    for (const [name, { memory, bytes, address }] of Object.entries(header.buffers)) {
      const place = new Place(`buffer ${name}`, false, bytes, address);
      this.buffers.set(name, place);
      if (address !== undefined) placed.push({ place, memory, from: address, to: address + bytes, holdsData: false, isHome: false });
    }
    for (const { place, memory, to } of placed) if (to > (sizes.memoryBytes[memory] ?? 0)) fault(`${place.name} does not lie inside of memory '${memory}'`);
    placed.forEach((a, i) =>
      placed.slice(0, i).forEach((b) => {
        if (a.memory !== b.memory || a.from >= b.to || b.from >= a.to) return;
        if (a.holdsData && b.holdsData) fault(`${a.place.name} and ${b.place.name} hold data in the same bytes from the start`);
        a.place.aliases.push(b.place);
        b.place.aliases.push(a.place);
      }),
    );
  }

  /** Bits of an element as it is stored. RangeError for a format that is not known. */
  bitsOf(format: string): number {
    const bits = this.sizes.formatBits[format];
    if (bits === undefined) throw new RangeError(`the size of number format '${format}' is not known`);
    return bits;
  }

  *holding(tensor: string): Generator<Place> {
    const home = this.homes.get(tensor);
    if (home !== undefined) yield home;
    yield* this.buffers.values();
  }
}
