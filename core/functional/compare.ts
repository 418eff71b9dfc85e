import type { Schedule } from '../schedule/form/form.js';
import type { FinalValues } from './final-values.js';
import { wrap } from './formats.js';
import type { ComparedTensor, FunctionalResult, ValueDifference } from './functional-result.js';
import type { LayerFunction } from './layer-function.js';
import { unflatten } from './layout.js';
import type { MemoryContents } from './memory-contents.js';
import type { Reference } from './reference.js';
import { ABSENT, FAULT, isValue, type Scalar } from './scalar.js';
import type { Store } from './store.js';

export interface Comparison {
  readonly schedule: Schedule;
  readonly contents: MemoryContents;
  readonly reference: Reference;
  readonly finals: FinalValues;
  readonly layers: ReadonlyMap<string, LayerFunction>;
  /** From an element of the schedule's tensor to that of the reference. */
  readonly orderOf: (tensor: string) => Int32Array | undefined;
  readonly isComputed: (tensor: string) => boolean;
}

/** Sums of reals may differ by the order of their terms: by so much of the largest sum of their tensor. */
const REAL_TOLERANCE = 1e-9;

interface Held {
  readonly value: Scalar;
  readonly operation: number;
}

/** Outputs against the reference: integers must be equal, in sums that no conversion has made smaller. */
export function compareOutputs(comparison: Comparison): Omit<FunctionalResult, 'fingerprints' | 'notes'> {
  const { schedule, isComputed } = comparison;
  const outputs = Object.keys(schedule.tensors).filter((tensor) => schedule.tensors[tensor]!.role === 'output');
  const known = outputs.filter(isComputed);
  const tensors = known.map((tensor) => ({ tensor, ...compareTensor(comparison, tensor) }));
  const wrong = tensors.reduce((sum, tensor) => sum + tensor.wrong, 0);
  const first = wrong === 0 ? undefined : firstDifference(comparison, known);
  return {
    equal: wrong === 0,
    compared: tensors.reduce((sum, { elements }) => sum + elements, 0),
    wrong,
    tensors: tensors.map(({ tensor, elements, wrong }): ComparedTensor => ({ tensor, elements, wrong })),
    ...(first === undefined ? {} : { firstDifference: first }),
    notCompared: outputs.filter((tensor) => !isComputed(tensor)),
  };
}

/** What was wrong first on the way to a wrong output: a tensor between layers, if its home tells so. */
function firstDifference(comparison: Comparison, outputs: readonly string[]): ValueDifference | undefined {
  const { layers, contents, isComputed } = comparison;
  const written = [...layers.values()].flatMap((layer) => layer.outputs.map(({ tensor }) => ({ layer, tensor })));
  const seen = written.filter(({ tensor }) => isComputed(tensor) && (outputs.includes(tensor) || contents.homeOf(tensor) !== undefined));
  for (const { tensor, layer } of [...seen, ...outputs.map((tensor) => ({ tensor, layer: undefined }))]) {
    const { first } = compareTensor(comparison, tensor);
    if (first === undefined) continue;
    return { ...describe(comparison, tensor, first), ...(layer === undefined ? {} : { layer: layer.name }) };
  }
  return undefined;
}

function compareTensor(comparison: Comparison, tensor: string): { elements: number; wrong: number; first?: number } {
  const { schedule, reference, finals } = comparison;
  const elements = Object.values(schedule.tensors[tensor]!.dims).reduce((product, size) => product * size, 1);
  const held = heldBy(comparison, tensor);
  const step = finals.stepOf(tensor);
  const order = comparison.orderOf(tensor);
  const partial = step?.layer.outputs[step.output]?.partial;
  const isInteger = step?.layer.arithmetic.isInteger === true;
  const sums = reference.of(originTensor(comparison, tensor)).sums;
  const tolerance = isInteger
    ? 0
    : REAL_TOLERANCE * sums.reduce((most: number, sum) => (Number.isFinite(Number(sum)) ? Math.max(most, Math.abs(Number(sum))) : most), 0);
  let wrong = 0;
  let first: number | undefined;
  for (let flat = 0; flat < elements; flat++) {
    const origin = step === undefined ? (order?.[flat] ?? flat) : finals.originOf(tensor, flat);
    const { value } = held(flat);
    const narrowed = (sum: Scalar): Scalar => (isInteger && partial?.kind === 'int' ? wrap(sum, partial) : sum);
    if (isValue(value) && isEqual(narrowed(value), narrowed(sums[origin]!), tolerance)) continue;
    wrong++;
    first ??= flat;
  }
  return { elements, wrong, ...(first === undefined ? {} : { first }) };
}

/** The tensor that the layer itself writes, before what was folded into it. */
function originTensor({ finals }: Comparison, tensor: string): string {
  const folded = finals.stepOf(tensor)?.folded[0];
  return folded === undefined ? tensor : folded.layer.inputs[folded.activation]!.tensor;
}

function isEqual(a: Scalar, b: Scalar, tolerance: number): boolean {
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  return (Number.isNaN(x) && Number.isNaN(y)) || (tolerance > 0 && Math.abs(x - y) <= tolerance);
}

/** At home; of a tensor without one, what was written last in any buffer. */
function heldBy({ schedule, contents }: Comparison, tensor: string): (flat: number) => Held {
  const isHomed = schedule.tensors[tensor]!.home !== undefined;
  const home = contents.homeOf(tensor);
  const places: readonly Store[] = isHomed ? (home === undefined ? [] : [home]) : contents.copiesOf(tensor);
  return (flat) => {
    let last: Held = { value: ABSENT, operation: -1 };
    for (const { values, writers } of places)
      if (values[flat] !== ABSENT && writers[flat]! >= last.operation) last = { value: values[flat]!, operation: writers[flat]! };
    return last;
  };
}

function describe(comparison: Comparison, tensor: string, flat: number): ValueDifference {
  const { schedule, reference, finals } = comparison;
  const dims = Object.entries(schedule.tensors[tensor]!.dims);
  const at = dims.map(() => 0);
  unflatten(
    flat,
    dims.map(([, size]) => size),
    at,
  );
  const { value, operation } = heldBy(comparison, tensor)(flat);
  const element = comparison.orderOf(tensor)?.[flat] ?? flat;
  const expected = reference.of(tensor).values[element]!;
  const got = isValue(value) ? finals.of(tensor, flat, value) : value;
  // Where conversion hides the difference, the sums show it.
  const isHidden = isValue(got) && isEqual(got, expected, 0);
  const step = finals.stepOf(tensor);
  const sum = reference.of(originTensor(comparison, tensor)).sums[step === undefined ? element : finals.originOf(tensor, flat)]!;
  return {
    tensor,
    index: Object.fromEntries(dims.map(([dim], d) => [dim, at[d]!])),
    expected: shown(isHidden ? sum : expected),
    got: shown(isHidden ? value : got),
    ...(operation < 0 ? {} : { operation }),
  };
}

function shown(value: Scalar): number | string {
  if (value === ABSENT) return 'nothing';
  if (value === FAULT) return 'undefined';
  return typeof value === 'number' && Number.isFinite(value) ? value : String(value);
}
