import type { StateExchange } from '../../kernel/state.js';
import type { TileView } from '../../mapping/tile-view.js';
import type { Found } from '../resolve/boxed.js';
import { covers, intersection, overlaps, sameExtent, subtract, volumeOf, type Extent } from '../resolve/extent.js';
import type { Piece } from '../resolve/pieces.js';
import type { Place, TensorState } from '../resolve/places.js';
import type { OperationRecord } from '../resolve/record.js';
import type { Value } from '../resolve/value.js';
import type { LayerView } from '../../mapping/layer-view.js';
import { Generations } from './generations.js';
import { mayAdd } from './operator-arity.js';
import { SumSpaces } from './sum-spaces.js';
import type { ViolationLog } from './violations.js';

/** Elements that an operation has read, and what they were. */
export interface Carried {
  readonly tensor: TensorState;
  readonly place: Place;
  /** Number of the read. */
  readonly read: number;
  readonly extent: Extent;
  readonly value: Value;
}

/** A part of what is written, and what it is from now on. */
export interface Part {
  readonly extent: Extent;
  readonly value: Value;
}

/** A read as the operation names it. */
interface Reading {
  readonly tensor: TensorState;
  readonly place: Place;
  readonly extent: Extent;
}

/**
 * Follows the values: what each operation reads, and so what its results are. Program order is enough, because operations that use the same
 * bytes are kept apart, or reported as a race.
 */
export class Values {
  readonly sums = new SumSpaces();
  readonly generations = new Generations();
  private readonly carried: Carried[] = [];
  private readonly readings: Reading[] = [];
  private tile: TileView | undefined;
  /** A reduction or a transfer: its results are what it reads. */
  private carries = false;
  private isOfLayer = false;

  /** What the layers that state operands make, by tensor. */
  private readonly made = new Map<string, { readonly layer: string; readonly extent: Extent }[]>();

  constructor(
    private readonly log: ViolationLog,
    layers: Iterable<LayerView>,
  ) {
    for (const { name, operands, whole } of layers)
      for (const operand of operands)
        if (operand.role === 'output')
          this.made.set(operand.tensor, [...(this.made.get(operand.tensor) ?? []), { layer: name, extent: operand.region(whole) }]);
  }

  state(s: StateExchange, tensors: readonly TensorState[]): void {
    this.generations.exchange(s, tensors);
  }

  /** Begins the next operation. */
  begin(record: OperationRecord, tile: TileView | undefined): void {
    this.carried.length = 0;
    this.readings.length = 0;
    this.tile = tile;
    const isOfLayer = this.tile !== undefined && this.tile.layer.name !== '';
    this.isOfLayer = isOfLayer;
    this.carries = record.form.kind === 'transfer' || (record.form.kind !== 'sync' && !isOfLayer);
  }

  /** Looks at what a read has found. */
  read(record: OperationRecord, tensor: TensorState, place: Place, extent: Extent, { items, count }: Found<Piece>): void {
    const isTransfer = record.form.kind === 'transfer';
    if (this.carries) {
      const read = this.readings.length;
      for (let i = 0; i < count; i++) {
        const { extent: held, value } = items[i]!;
        this.carried.push({ tensor, place, read, extent: covers(held, extent) ? extent : intersection(held, extent), value });
      }
      this.readings.push({ tensor, place, extent });
    }
    if (isTransfer) return;
    for (let i = 0; i < count; i++) {
      const piece = items[i]!;
      if (piece.value.sum !== undefined && !this.mayReadSum(record, tensor)) this.reportUnfinished(record, tensor, place, piece);
      if (this.generations.isStale(tensor, extent, piece)) this.reportStale(record, tensor, place, piece);
      if (this.isOfLayer && piece.value.generation > 0 && isGiven(tensor) && !this.isMade(tensor, extent)) this.reportChanged(record, tensor, place, piece);
      this.generations.use(tensor, piece.value, extent);
    }
  }

  /** What a write leaves, by parts; @param found what lies there before */
  written(record: OperationRecord, tensor: TensorState, place: Place, extent: Extent, mode: string, found: Found<Piece>): readonly Part[] {
    const { tile } = this;
    if (!this.carries && tile !== undefined) return this.computed(record, tensor, extent, mode, found, tile);
    if (record.form.kind === 'transfer') return this.moved(record, tensor, place, extent, mode, found);
    if (this.isReduction(record, tensor, place, extent, mode)) return this.added(record, tensor, place, extent, mode, found);
    return this.opaque(record, tensor, extent, mode, found);
  }

  /** A tile of a layer. */
  private computed(record: OperationRecord, tensor: TensorState, extent: Extent, mode: string, found: Found<Piece>, tile: TileView): readonly Part[] {
    const value = this.sums.of(tile.layer, tensor).part(tile);
    if (mode === 'accumulate') return this.onTop(record, tensor, [{ extent, value }], found);
    this.generations.raise(tensor, extent, value, found);
    return [{ extent, value }];
  }

  /** A copy: elements keep their names, so that what is read under one is written under the same. */
  private moved(record: OperationRecord, tensor: TensorState, place: Place, extent: Extent, mode: string, found: Found<Piece>): readonly Part[] {
    const parts = record.form.reduce === undefined ? this.copies(record, tensor, extent) : this.sum(record, tensor, extent);
    if (mode === 'accumulate') {
      const isDoubled = found.count > 0 && record.form.reduce === undefined && parts.some(({ value }) => value.generation === 0);
      if (isDoubled) this.reportSum(record, tensor, 'adds what was there from the start to itself');
      return this.onTop(record, tensor, parts, found);
    }
    if (place.buffer === undefined) for (const part of parts) this.store(record, tensor, place, part, found);
    return parts;
  }

  private copies(record: OperationRecord, tensor: TensorState, extent: Extent): readonly Part[] {
    const { readings, carried } = this;
    if (!this.namesAgree(tensor, extent)) {
      this.reportRelabelled(record, tensor, extent);
      return [{ extent, value: this.generations.newest(tensor) }];
    }
    if (carried.length === 1 && readings.length === 1) return carried;
    const parts: Part[] = [];
    for (const part of carried) if (overlaps(part.extent, extent)) parts.push(part);
    return withRest(parts, extent, this.generations.newest(tensor));
  }

  /** Whether all that is read is of the tensor, and makes just the box that is written. */
  private namesAgree(tensor: TensorState, extent: Extent): boolean {
    const { readings } = this;
    if (readings.length === 1) return readings[0]!.tensor === tensor && sameExtent(readings[0]!.extent, extent);
    let elements = 0;
    for (let i = 0; i < readings.length; i++) {
      const reading = readings[i]!;
      if (reading.tensor !== tensor || !covers(extent, reading.extent)) return false;
      for (let j = 0; j < i; j++) if (overlaps(readings[j]!.extent, reading.extent)) return false;
      elements += volumeOf(reading.extent);
    }
    return elements === volumeOf(extent);
  }

  /** What is read of the same elements in several places, added. */
  private sum(record: OperationRecord, tensor: TensorState, extent: Extent): readonly Part[] {
    const { readings } = this;
    if (record.form.kind === 'transfer' && readings.some((reading) => reading.tensor !== tensor || !sameExtent(reading.extent, extent))) {
      this.reportRelabelled(record, tensor, extent);
      return [{ extent, value: this.generations.newest(tensor) }];
    }
    let parts: readonly Part[] = this.carried.filter(({ read }) => read === 0);
    for (let read = 1; read < readings.length; read++) {
      const next = this.carried.filter((one) => one.read === read);
      // What only the second one has is in the sum, too.
      parts = [...this.combine(record, tensor, parts, next), ...beyond(next, parts)];
    }
    return withRest(parts, extent, this.generations.newest(tensor));
  }

  /** An operation of no layer that adds what it reads of one tensor. */
  private added(record: OperationRecord, tensor: TensorState, place: Place, extent: Extent, mode: string, found: Found<Piece>): readonly Part[] {
    const parts = this.sum(record, tensor, extent);
    // What it adds to may be one of its operands.
    const addsToOperand = this.readings.some((reading) => reading.place === place);
    return mode === 'accumulate' && !addsToOperand ? this.onTop(record, tensor, parts, found) : parts;
  }

  private isReduction({ form }: OperationRecord, tensor: TensorState, place: Place, extent: Extent, mode: string): boolean {
    const { readings } = this;
    if (!mayAdd(form.operator)) return false;
    // One that adds what is there to itself is no sum of parts.
    if (readings.length === 0 || (readings.length === 1 && (mode !== 'accumulate' || readings[0]!.place === place))) return false;
    return readings.every((reading) => reading.tensor === tensor && covers(extent, reading.extent));
  }

  /** An operation that no layer describes: nobody knows what it makes, only that it is new. */
  private opaque(record: OperationRecord, tensor: TensorState, extent: Extent, mode: string, found: Found<Piece>): readonly Part[] {
    const layer = this.makerOf(tensor, extent, found);
    if (layer !== undefined) this.reportUnnamed(record, tensor, layer);
    this.generations.follow(tensor);
    const value = this.generations.next(tensor, mode === 'accumulate' ? undefined : found, extent);
    if (mode !== 'accumulate') this.generations.raise(tensor, extent, value, found);
    return [{ extent, value }];
  }

  /** The layer whose results an operation of no layer makes otherwise; undefined where none makes these elements. */
  private makerOf(tensor: TensorState, extent: Extent, { items, count }: Found<Piece>): string | undefined {
    const stated = this.made.get(tensor.name);
    if (stated !== undefined) return stated.find((made) => overlaps(made.extent, extent))?.layer;
    const layer = this.sums.makerOf(tensor);
    if (layer === undefined) return undefined;
    const isInPlace = items.slice(0, count).some((piece) => overlaps(piece.extent, extent));
    return isInPlace || this.readings.some((reading) => reading.tensor === tensor && overlaps(reading.extent, extent)) ? layer : undefined;
  }

  private isMade(tensor: TensorState, extent: Extent): boolean {
    return this.sums.makes(tensor) || this.made.get(tensor.name)?.some((made) => overlaps(made.extent, extent)) === true;
  }

  /** A store at home, or a copy over another version: copies of what was there are stale from now on. */
  private store(record: OperationRecord, tensor: TensorState, place: Place, part: Part, found: Found<Piece>): void {
    if (place.buffer !== undefined) return;
    if (this.generations.isStale(tensor, part.extent, part)) this.reportStaleStore(record, tensor);
    this.generations.raise(tensor, part.extent, part.value, found);
    this.generations.use(tensor, part.value, part.extent);
  }

  /** Adds parts to what lies there; where nothing does, they start at zero. */
  private onTop(record: OperationRecord, tensor: TensorState, parts: readonly Part[], found: Found<Piece>): readonly Part[] {
    if (found.count === 0) return parts;
    const held: Part[] = [];
    for (let i = 0; i < found.count; i++) held.push(found.items[i]!);
    return this.combine(record, tensor, parts, held);
  }

  /** Sums of both where both are; elsewhere what is of the first. */
  private combine(record: OperationRecord, tensor: TensorState, parts: readonly Part[], others: readonly Part[]): readonly Part[] {
    const result: Part[] = [];
    for (const part of parts) {
      let rest: Extent[] = [part.extent];
      for (const other of others) {
        if (!overlaps(part.extent, other.extent)) continue;
        const both = covers(other.extent, part.extent) ? part.extent : intersection(part.extent, other.extent);
        result.push({ extent: both, value: this.sumOf(record, tensor, part.value, other.value) });
        rest = rest.length === 1 && rest[0] === both ? [] : rest.flatMap((piece) => subtract(piece, both));
        if (rest.length === 0) break;
      }
      for (const extent of rest) result.push({ extent, value: part.value });
    }
    return result;
  }

  private sumOf(record: OperationRecord, tensor: TensorState, a: Value, b: Value): Value {
    if (a.sum !== undefined && b.sum !== undefined && a.sum.space === b.sum.space) {
      const both = a.sum.with(b.sum);
      if (both !== undefined) return a.sum.space.valueOf(both);
      this.reportSum(record, tensor, 'adds points of the sum that are in it already');
      return a.sum.points >= b.sum.points ? a : b;
    }
    if (a.sum === undefined && b.sum === undefined && !this.sums.makes(tensor)) {
      this.generations.follow(tensor);
      return a.generation >= b.generation ? a : b;
    }
    const foreign = b.generation === 0 || a.generation === 0 ? 'what was there from the start' : 'a sum that is finished, or is another one';
    this.reportSum(record, tensor, `adds to ${foreign}`);
    return a.sum === undefined ? a : b;
  }

  /** The tensor that the operation goes on adding to, or one that it only adds. */
  private mayReadSum(record: OperationRecord, tensor: TensorState): boolean {
    const writes = record.form.writes ?? [];
    for (let i = 0; i < writes.length; i++) if ((writes[i]!.tensor ?? this.readings[0]?.tensor.name) === tensor.name) return true;
    return false;
  }

  private reportUnfinished(record: OperationRecord, tensor: TensorState, place: Place, piece: Piece): void {
    const { points = 0, space } = piece.value.sum ?? {};
    this.log.report({
      rule: 'unfinished-sum',
      message: `operation ${record.id} reads ${describe(tensor, place)} of which ${points} of ${space?.points ?? 0} points of the sum of layer '${space?.layer ?? ''}' are added`,
      advice: `compute the rest of the sum before operation ${record.id}`,
      operations: operationsOf(piece.writerId, record.id),
      tensor: tensor.name,
      ...bufferOf(place),
    });
  }

  private reportStale(record: OperationRecord, tensor: TensorState, place: Place, piece: Piece): void {
    this.log.report({
      rule: 'stale-copy',
      message: `operation ${record.id} reads a copy of ${describe(tensor, place)}, whose original has changed since`,
      advice: 'copy it again before it is read',
      operations: operationsOf(piece.writerId, record.id),
      tensor: tensor.name,
      ...bufferOf(place),
    });
  }

  private reportStaleStore(record: OperationRecord, tensor: TensorState): void {
    this.log.report({
      rule: 'stale-copy',
      message: `operation ${record.id} stores an older version of tensor '${tensor.name}' over a newer one`,
      advice: 'store the version that was made last',
      operations: [record.id],
      tensor: tensor.name,
    });
  }

  private reportSum(record: OperationRecord, tensor: TensorState, what: string): void {
    this.log.report({
      rule: 'wrong-accumulation',
      message: `operation ${record.id} ${what}, of tensor '${tensor.name}'`,
      advice: "add every part of a sum once; 'mode: replace' or 'add' begins a new one",
      operations: [record.id],
      tensor: tensor.name,
    });
  }

  private reportUnnamed(record: OperationRecord, tensor: TensorState, layer: string): void {
    this.log.report({
      rule: 'operand-mismatch',
      message: `operation ${record.id} is of no layer of the schedule and writes '${tensor.name}', which layer '${layer}' makes`,
      advice: 'name the layer that it computes, or let it write a tensor that no layer makes',
      operations: [record.id],
      tensor: tensor.name,
      layer,
    });
  }

  private reportChanged(record: OperationRecord, tensor: TensorState, place: Place, { writerId }: Piece): void {
    const layer = this.tile?.layer.name ?? '';
    this.log.report({
      rule: 'operand-mismatch',
      message: `operation ${record.id} of layer '${layer}' reads ${describe(tensor, place)}, which an operation of no layer has changed`,
      advice: `let the operation that changes it write another tensor, and say under 'layers' what it computes`,
      operations: operationsOf(writerId, record.id),
      tensor: tensor.name,
      layer,
      ...bufferOf(place),
    });
  }

  private reportRelabelled(record: OperationRecord, tensor: TensorState, extent: Extent): void {
    // Another number of elements is another fault, which is reported elsewhere.
    const elements = this.readings.reduce((sum, reading) => sum + volumeOf(reading.extent), 0);
    const readers = record.form.reduce === undefined ? 1 : this.readings.length;
    if (elements !== volumeOf(extent) * readers) return;
    const read = this.readings.map((reading) => boxText(reading.tensor, reading.extent)).join(', ');
    this.log.report({
      rule: 'relabelled-data',
      message: `operation ${record.id} reads ${read} and writes it as ${boxText(tensor, extent)}`,
      advice: 'write what is read, under the tensor and the coordinates that it has',
      operations: [record.id],
      tensor: tensor.name,
    });
  }
}

/** It holds data from the start. */
function isGiven({ form: { role } }: TensorState): boolean {
  return role === 'input' || role === 'constant';
}

/** `X (M 0..32, K 0..16)`. */
export function boxText(tensor: TensorState, extent: Extent): string {
  return `'${tensor.name}' (${tensor.dims.map((dim, d) => `${dim} ${extent.low[d]}..${extent.high[d]}`).join(', ')})`;
}

export function describe(tensor: TensorState, place: Place): string {
  return place.buffer === undefined ? `tensor '${tensor.name}'` : `tensor '${tensor.name}' in buffer '${place.buffer.name}'`;
}

export function bufferOf(place: Place): { buffer?: string } {
  return place.buffer === undefined ? {} : { buffer: place.buffer.name };
}

function operationsOf(writer: number, id: number): number[] {
  return writer < 0 || writer === id ? [id] : [writer, id];
}

/** The parts of the first that are in none of the others. */
function beyond(parts: readonly Part[], others: readonly Part[]): Part[] {
  return parts.flatMap(({ extent, value }) => {
    let rest: Extent[] = [extent];
    for (const other of others) rest = rest.flatMap((piece) => subtract(piece, other.extent));
    return rest.map((piece) => ({ extent: piece, value }));
  });
}

/** What was missing is reported where it is read; here it counts as what it should have been. */
function withRest(parts: readonly Part[], extent: Extent, value: Value): readonly Part[] {
  let rest: Extent[] = [extent];
  for (const part of parts) rest = rest.flatMap((piece) => subtract(piece, part.extent));
  return rest.length === 0 ? parts : [...parts, ...rest.map((piece) => ({ extent: piece, value }))];
}
