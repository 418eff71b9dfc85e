import type { ResolvedRegion } from 'tessera-sim';

/** What of its fold a burst holds up: the entry of the first vector, or the end of the stream. */
export const Gate = { start: 0, end: 1 } as const;
export type Gate = (typeof Gate)[keyof typeof Gate];

/** Most bursts that one fold may ask for. */
export const MAX_BURSTS_PER_FOLD = 16;

/** The bursts of one fold, as parallel arrays that are filled again for every fold, so that folds allocate nothing. */
export class BurstList {
  length = 0;
  readonly memory = new Int32Array(MAX_BURSTS_PER_FOLD);
  readonly address = new Float64Array(MAX_BURSTS_PER_FOLD);
  readonly rowBytes = new Float64Array(MAX_BURSTS_PER_FOLD);
  readonly rows = new Float64Array(MAX_BURSTS_PER_FOLD);
  readonly pitchBytes = new Float64Array(MAX_BURSTS_PER_FOLD);
  readonly gate = new Uint8Array(MAX_BURSTS_PER_FOLD);
  /** Index of the stall class that a late arrival is charged to. */
  readonly lateClass = new Uint8Array(MAX_BURSTS_PER_FOLD);
  /** Spreads the operands over parallel memory ports. */
  readonly stream = new Uint8Array(MAX_BURSTS_PER_FOLD);

  clear(): void {
    this.length = 0;
  }

  /** Adds a burst of `rows` rows; rows without a gap between them become one row. */
  add(memory: number, address: number, rowBytes: number, rows: number, pitchBytes: number, gate: Gate, lateClass: number, stream: number): void {
    if (rowBytes <= 0 || rows <= 0) return;
    if (this.length === MAX_BURSTS_PER_FOLD) throw new RangeError(`a fold asks for more than ${MAX_BURSTS_PER_FOLD} bursts`);
    const i = this.length++;
    const isDense = rows > 1 && pitchBytes === rowBytes;
    this.memory[i] = memory;
    this.address[i] = address;
    this.rowBytes[i] = isDense ? rowBytes * rows : rowBytes;
    this.rows[i] = isDense ? 1 : rows;
    this.pitchBytes[i] = rows === 1 || isDense ? 0 : pitchBytes;
    this.gate[i] = gate;
    this.lateClass[i] = lateClass;
    this.stream[i] = stream;
  }
}

/** Bits that one element occupies in a region, group metadata (scales) included; 0 without a region. */
export function storedBitsPerElement(region: ResolvedRegion | undefined): number {
  if (region === undefined) return 0;
  return region.elements > 0 ? Math.max(region.bitsPerElement, (region.bytes * 8) / region.elements) : region.bitsPerElement;
}
