import type { ResolvedRegion, RunningOperation, StateExchange } from 'tessera-sim';

/** One piece of a region, as a transaction can ask for it. */
export interface BurstPlace {
  memory: number;
  address: number;
  rowBytes: number;
  rows: number;
  pitchBytes: number;
}

function emptyPlace(): BurstPlace {
  return { memory: 0, address: 0, rowBytes: 0, rows: 0, pitchBytes: 0 };
}

export function exchangePlace(s: StateExchange, place: BurstPlace = emptyPlace()): BurstPlace {
  place.memory = s.number(place.memory);
  place.address = s.address(place.memory, place.address);
  place.rowBytes = s.number(place.rowBytes);
  place.rows = s.number(place.rows);
  place.pitchBytes = s.number(place.pitchBytes);
  return place;
}

/** Where a transfer stands in one side's regions: planes of rows of contiguous bytes, in that order, region after region. */
class RegionCursor {
  regions: readonly ResolvedRegion[] = [];
  private index = 0;
  private rowBytes = 0;
  private rows = 0;
  private pitchBytes = 0;
  private planes = 0;
  private planePitchBytes = 0;
  private plane = 0;
  private row = 0;
  private column = 0;

  begin(regions: readonly ResolvedRegion[], first: number): void {
    this.regions = regions;
    this.open(first);
  }

  get memory(): number {
    return this.regions[this.index]!.memory;
  }

  /** Bytes left in the current row. */
  get restOfRow(): number {
    return this.rowBytes - this.column;
  }

  /** Bytes of a row when whole rows may follow each other from here, else 0. */
  get wholeRowBytes(): number {
    return this.column === 0 && this.rows - this.row > 1 ? this.rowBytes : 0;
  }

  get rowsLeft(): number {
    return this.rows - this.row;
  }

  /** Whether the next `bytes` bytes are one piece: within a row, or some whole rows of a plane. */
  admits(bytes: number): boolean {
    if (bytes <= this.restOfRow) return true;
    return this.column === 0 && bytes % this.rowBytes === 0 && bytes / this.rowBytes <= this.rowsLeft;
  }

  /** Writes the next `bytes` bytes to `place` and moves past them. */
  take(bytes: number, place: BurstPlace): void {
    const region = this.regions[this.index]!;
    place.memory = region.memory;
    place.address = region.address + this.plane * this.planePitchBytes + this.row * this.pitchBytes + this.column;
    const withinRow = bytes <= this.restOfRow;
    place.rowBytes = withinRow ? bytes : this.rowBytes;
    place.rows = withinRow ? 1 : bytes / this.rowBytes;
    place.pitchBytes = withinRow ? bytes : this.pitchBytes;
    this.advance(bytes);
  }

  /** Where it stands in regions that it has begun. */
  state(s: StateExchange): void {
    const index = s.number(this.index);
    if (s.loading) this.open(index);
    this.plane = s.number(this.plane);
    this.row = s.number(this.row);
    this.column = s.number(this.column);
  }

  private advance(bytes: number): void {
    this.column += bytes;
    if (this.column < this.rowBytes) return;
    this.row += this.column / this.rowBytes;
    this.column = 0;
    if (this.row < this.rows) return;
    this.row = 0;
    if (++this.plane < this.planes) return;
    if (this.index + 1 < this.regions.length) this.open(this.index + 1);
  }

  /** Rows that touch are one row, and planes that touch one plane, so that a burst need not stop where nothing ends. */
  private open(index: number): void {
    const region = this.regions[index]!;
    this.index = index;
    this.plane = this.row = this.column = 0;
    this.rowBytes = region.rowBytes;
    this.rows = region.rows;
    this.pitchBytes = region.pitchBytes;
    this.planes = region.planes;
    this.planePitchBytes = region.planePitchBytes;
    this.joinRows();
    if (this.rows > 1 && this.planes > 1 && this.planePitchBytes === this.rows * this.pitchBytes) {
      this.rows *= this.planes;
      this.planes = 1;
    }
    if (this.rows === 1 && this.planes > 1) {
      this.rows = this.planes;
      this.pitchBytes = this.planePitchBytes;
      this.planes = 1;
      this.joinRows();
    }
  }

  private joinRows(): void {
    if (this.rows === 1 || this.pitchBytes !== this.rowBytes) return;
    this.rowBytes *= this.rows;
    this.rows = 1;
  }
}

/**
 * Cuts a transfer into bursts that are one strided piece at every source and every destination. The source regions are read one
 * after the other, those of a reduction side by side; each destination region receives the whole.
 */
export class BurstCutter {
  /** Where the last burst is read: one place, of a reduction one for each region. */
  readonly sources: BurstPlace[] = [emptyPlace()];
  sourceCount = 1;
  private readonly cursors: RegionCursor[] = [new RegionCursor()];
  private sides = 1;
  private leftBytes = 0;

  begin(reads: readonly ResolvedRegion[], writes: readonly ResolvedRegion[], isReduction = false): void {
    this.sourceCount = isReduction ? reads.length : 1;
    this.sides = this.sourceCount + writes.length;
    while (this.cursors.length < this.sides) this.cursors.push(new RegionCursor());
    while (this.sources.length < this.sourceCount) this.sources.push(emptyPlace());
    this.leftBytes = 0;
    for (let i = 0; i < (isReduction ? 1 : reads.length); i++) this.leftBytes += reads[i]!.bytes;
    if (isReduction) reads.forEach((region, i) => this.cursors[i]!.begin([region], 0));
    else this.cursors[0]!.begin(reads, 0);
    for (let i = 0; i < writes.length; i++) this.cursors[this.sourceCount + i]!.begin([writes[i]!], 0);
  }

  /** Rows of less than whole bytes take more bytes than the region counts. */
  get isDone(): boolean {
    return this.leftBytes <= 0;
  }

  /** Block id of the memory that the next burst is read from. */
  get nextSourceMemory(): number {
    return this.cursors[0]!.memory;
  }

  /** Takes the next burst of up to `limitBytes`: the places of its sources, and one place for each destination. Returns its bytes. */
  cut(limitBytes: number, destinations: BurstPlace[]): number {
    const bytes = this.nextBytes(limitBytes);
    this.leftBytes -= bytes;
    for (let i = 0; i < this.sourceCount; i++) this.cursors[i]!.take(bytes, this.sources[i]!);
    for (let i = 0; i < this.sides - this.sourceCount; i++) {
      if (destinations.length <= i) destinations.push(emptyPlace());
      this.cursors[this.sourceCount + i]!.take(bytes, destinations[i]!);
    }
    return bytes;
  }

  /** How far the transfer of an operation is cut. The places of the last burst are the caller's, who has used them. */
  state(s: StateExchange, { reads, writes }: RunningOperation, isReduction: boolean): void {
    if (s.loading) this.begin(reads, writes, isReduction);
    this.leftBytes = s.number(this.leftBytes);
    for (let i = 0; i < this.sides; i++) this.cursors[i]!.state(s);
  }

  private nextBytes(limitBytes: number): number {
    let best = limitBytes;
    for (let i = 0; i < this.sides; i++) best = Math.min(best, this.cursors[i]!.restOfRow);
    for (let i = 0; i < this.sides; i++) best = Math.max(best, this.wholeRows(this.cursors[i]!, limitBytes));
    return best;
  }

  /** Most whole rows of one side, in bytes, that are one piece on all the others. */
  private wholeRows(cursor: RegionCursor, limitBytes: number): number {
    const unit = cursor.wholeRowBytes;
    if (unit === 0 || unit > limitBytes) return 0;
    let rows = Math.min(Math.floor(limitBytes / unit), cursor.rowsLeft);
    for (let i = 0; i < this.sides && rows > 0; i++) {
      const other = this.cursors[i]!;
      if (other.admits(rows * unit)) continue;
      if (other.wholeRowBytes === unit) rows = Math.min(rows, other.rowsLeft);
      else rows = Math.floor(other.restOfRow / unit);
      i = -1;
    }
    return rows * unit;
  }
}
