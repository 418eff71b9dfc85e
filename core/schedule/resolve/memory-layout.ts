import { InputError } from '../../errors.js';
import { Scratchpad, type PlacementPolicy, type ScratchpadFigures } from './scratchpad.js';

/** Home regions and buffers start on this boundary when the schedule gives no address: a DRAM burst, a cache line. */
const ALIGNMENT_BYTES = 64;

interface FixedRange {
  readonly memory: number;
  readonly address: number;
  readonly bytes: number;
}

/**
 * Addresses of everything that a schedule puts into the memories. What has an address keeps it (and may lie over
 * something else that has one); what has none is placed into the holes between.
 */
export class MemoryLayout {
  private readonly pads = new Map<number, Scratchpad>();
  /** Bytes that regions without an address will take, by memory. */
  private readonly expected = new Map<number, number>();

  /** @param fixed all ranges whose addresses the schedule gives */
  constructor(
    fixed: readonly FixedRange[],
    private readonly capacityBytes: (memory: number) => number,
    private readonly policy: PlacementPolicy = 'first-fit',
  ) {
    for (const memory of new Set(fixed.map((range) => range.memory))) {
      for (const [low, high] of joined(fixed.filter((range) => range.memory === memory))) this.block(memory, low, high);
    }
  }

  /** An address for a region without one. InputError when no hole is large enough, saying whether fragmentation is why. */
  place(memory: number, bytes: number, where: string): number {
    const pad = this.pad(memory);
    const address = pad.allocate(bytes);
    if (address !== undefined) return address;
    throw noRoom(bytes, pad.capacityBytes, pad.figures(), where);
  }

  /**
   * Call for every region without an address, in any order, before the first is placed. InputError for one that fits into no hole, or when
   * all together have more bytes than are free: what no order of placing can help.
   */
  expect(memory: number, bytes: number, where: string): void {
    const pad = this.pad(memory);
    const figures = pad.figures();
    const freeBytes = figures.freeBytes - (this.expected.get(memory) ?? 0);
    const size = Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    if (size > Math.min(freeBytes, figures.largestHoleBytes)) throw noRoom(bytes, pad.capacityBytes, { ...figures, freeBytes }, where);
    this.expected.set(memory, (this.expected.get(memory) ?? 0) + size);
  }

  /** Use and fragmentation of each memory that holds anything. */
  figures(): ReadonlyMap<number, ScratchpadFigures> {
    return new Map([...this.pads].map(([memory, pad]) => [memory, pad.figures()] as const).filter(([, { highWaterBytes }]) => highWaterBytes > 0));
  }

  private pad(memory: number): Scratchpad {
    let pad = this.pads.get(memory);
    if (pad === undefined) {
      pad = new Scratchpad(this.capacityBytes(memory), this.policy, ALIGNMENT_BYTES);
      this.pads.set(memory, pad);
    }
    return pad;
  }

  private block(memory: number, low: number, high: number): void {
    const end = Math.floor(this.capacityBytes(memory) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    if (low < Math.min(high, end)) this.pad(memory).allocateAt(low, Math.min(high, end) - low);
  }
}

function noRoom(bytes: number, capacityBytes: number, { freeBytes, largestHoleBytes, holes }: ScratchpadFigures, where: string): InputError {
  const pieces = holes > 1 ? ` in ${holes} pieces, the largest of ${largestHoleBytes}` : '';
  return new InputError({
    path: where,
    message: `needs ${bytes} bytes, but ${freeBytes} of the memory's ${capacityBytes} bytes are free${pieces}`,
    expected: 'a larger memory or smaller tiles',
  });
}

/** Ranges rounded outwards to the alignment, overlapping and touching ones joined, ascending. */
function joined(ranges: readonly FixedRange[]): [low: number, high: number][] {
  const sorted = ranges
    .map(({ address, bytes }): [number, number] => [
      Math.floor(address / ALIGNMENT_BYTES) * ALIGNMENT_BYTES,
      Math.ceil((address + bytes) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES,
    ])
    .sort((a, b) => a[0] - b[0]);
  const result: [number, number][] = [];
  for (const [low, high] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1]) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}
