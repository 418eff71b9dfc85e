import type { FinalValues } from './final-values.js';
import { fingerprintOf } from './fingerprint.js';
import type { LayerFunction } from './layer-function.js';
import { forEachElement, volumeOfRange, type Range } from './layout.js';
import type { Meanings } from './operators.js';
import { ABSENT, FAULT, INTEGERS, isValue, type Scalar } from './scalar.js';
import { combined, type PointValues } from './semantics.js';
import { evaluateTile, joined, type ReadRegion, type TileOutput } from './tile-evaluation.js';

export interface WriteOperand {
  readonly operand: string | undefined;
  readonly tensor: string;
  readonly sizes: readonly number[];
  readonly range: Range;
}

export interface ReadOperand extends WriteOperand {
  readonly values: Scalar[];
}

/** What an operation has to say to each region that it writes. */
export interface OperationResult {
  /** Of an element at a position of the tensor, `index`-th of the region; undefined when the operation says nothing to it. */
  value(write: number, flat: number, index: number): Scalar | undefined;
  /** How it joins what is there. */
  join(write: number): (a: Scalar, b: Scalar) => Scalar;
}

const addition = (a: Scalar, b: Scalar): Scalar => INTEGERS.add(a, b);
const present = (value: Scalar | undefined): Scalar => (value === undefined || value === ABSENT ? FAULT : value);

/** A copy, or (`adds`) the sum of regions; what changes its tensor on the way is read like an operand. */
export function transferResult(reads: readonly ReadOperand[], writes: readonly WriteOperand[], adds: boolean, finals: FinalValues): OperationResult {
  const sequences = writes.map((write) => {
    const sources = reads.map((read) => (read.tensor === write.tensor ? read.values : finalValues(read, finals)));
    if (adds) return sumsOf(sources);
    return reads.length > 1 && reads.every(({ tensor }) => tensor === write.tensor) ? gathered(reads, write) : sources.flat();
  });
  return { value: (write, _, index) => present(sequences[write]![index]), join: () => addition };
}

function finalValues({ tensor, sizes, range, values }: ReadOperand, finals: FinalValues): Scalar[] {
  const read: Scalar[] = [];
  forEachElement(range, sizes, (flat, index) => read.push(finals.of(tensor, flat, values[index]!)));
  return read;
}

function sumsOf(sources: readonly Scalar[][]): Scalar[] {
  return sources[0]!.map((_, index) => sources.map((source) => present(source[index])).reduce((a, b) => (isValue(a) && isValue(b) ? addition(a, b) : FAULT)));
}

/** Several parts of one tensor: each element from the part that holds it; one behind the other where the parts do not hold them all. */
function gathered(reads: readonly ReadOperand[], { sizes, range }: WriteOperand): Scalar[] {
  const held = new Map<number, Scalar>();
  for (const read of reads) forEachElement(read.range, sizes, (flat, index) => held.set(flat, read.values[index]!));
  const values: Scalar[] = [];
  let isWhole = true;
  forEachElement(range, sizes, (flat) => {
    const value = held.get(flat);
    if (value === undefined) isWhole = false;
    values.push(value ?? FAULT);
  });
  return isWhole ? values : reads.flatMap((read) => read.values);
}

/** @param tile of the layer's loops */
export function computeResult(
  operator: string | undefined,
  layer: LayerFunction | undefined,
  tile: Range | undefined,
  reads: readonly ReadOperand[],
  writes: readonly WriteOperand[],
  parts: { readonly header: { readonly tensors: Readonly<Record<string, { readonly dims: Readonly<Record<string, number>> }>> }; readonly meanings: Meanings },
): OperationResult {
  if (layer === undefined || tile === undefined) return elementwise(operator, reads, parts.meanings);
  const named = new Map<string, ReadRegion[]>();
  for (const read of reads) {
    const operand = read.operand ?? layer.inputs.find(({ tensor }) => tensor === read.tensor)?.name ?? '';
    named.set(operand, [...(named.get(operand) ?? []), read]);
  }
  // An operation that says it does something else than its layer does that.
  const meaning = operator === undefined ? undefined : parts.meanings.of(operator);
  const does = meaning === undefined || parts.meanings.of(layer.operator) === meaning ? layer : { ...layer, semantics: meaning.semantics };
  const outputs = evaluateTile(does, tile, named, (tensor) => Object.values(parts.header.tensors[tensor]!.dims));
  const outputOf = writes.map((write) => {
    const byName = layer.outputs.findIndex(({ name }) => name === write.operand);
    return Math.max(0, byName >= 0 ? byName : layer.outputs.findIndex(({ tensor }) => tensor === write.tensor));
  });
  const placed = writes.map((write, w) => placedIn(write, outputs[outputOf[w]!], layer.outputs[outputOf[w]!]?.tensor));
  return { value: (write, flat, index) => placed[write]!(flat, index), join: (write) => (a, b) => joined(does, outputOf[write]!, a, b) };
}

/**
 * Results lie where the tile says, when the region written lies within; else from the first element of the region on, row by row. A region
 * of another tensor takes them one after the other.
 */
function placedIn(write: WriteOperand, output: TileOutput | undefined, tensor: string | undefined): (flat: number, index: number) => Scalar | undefined {
  if (output === undefined) return () => FAULT;
  const { range, values } = output;
  if (tensor !== write.tensor) {
    const sequence = [...values].sort(([a], [b]) => a - b).map(([, value]) => value);
    return (_, index) => sequence[index];
  }
  const isWithin = write.range.low.every((low, d) => low >= range.low[d]! && write.range.high[d]! <= range.high[d]!);
  if (isWithin) return (flat) => values.get(flat);
  let shift = 0;
  for (let d = 0; d < write.sizes.length; d++) shift = shift * write.sizes[d]! + write.range.low[d]! - range.low[d]!;
  return (flat) => values.get(flat - shift);
}

/** An operation of no known layer: element by element over what it reads. */
function elementwise(operator: string | undefined, reads: readonly ReadOperand[], meanings: Meanings): OperationResult {
  const elements = volumeOfRange(reads[0]?.range ?? { low: [], high: [] });
  const isEven = reads.length > 0 && reads.every(({ range }) => volumeOfRange(range) === elements);
  const { semantics } = isEven ? meanings.of(operator) : { semantics: fingerprintOf(operator ?? '') };
  const value = (_: number, __: number, index: number): Scalar | undefined => {
    const values = isEven ? reads.map((read) => present(read.values[index])) : reads.flatMap((read) => read.values.map(present));
    return values.every(isValue) ? semantics.term(new ElementPoint(reads, values, isEven ? index : index + elements), 0) : FAULT;
  };
  return { value, join: () => (a, b) => combined(semantics.combine, a, b, INTEGERS) };
}

class ElementPoint implements PointValues {
  readonly arithmetic = INTEGERS;
  readonly attributes = {};
  readonly loops = ['element'];
  readonly isFirst = true;
  readonly names: readonly string[];

  constructor(
    reads: readonly ReadOperand[],
    private readonly values: readonly Scalar[],
    private readonly index: number,
  ) {
    this.names = values.map((_, i) => reads[i]?.operand ?? '');
  }

  value(operand: number): Scalar {
    return this.values[operand] ?? 0;
  }

  isInside(): boolean {
    return true;
  }

  window(operand: number): readonly Scalar[] {
    return [this.value(operand)];
  }

  ownPlace(): number {
    return 0;
  }

  at(): number {
    return this.index;
  }
}
