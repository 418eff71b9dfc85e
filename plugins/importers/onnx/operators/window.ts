import type { IndexTerm } from 'tessera-sim';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';

/** Geometry of a sliding window over the spatial dimensions of one input. */
export interface SlidingWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padsBegin: readonly number[];
  readonly padsEnd: readonly number[];
  readonly outputs: readonly number[];
}

/** `X`, `Y X` or `Z Y X`. */
export function spatialDims(context: NodeContext, count: number): readonly string[] {
  if (count < 1 || count > 3) throw context.fail(`its input has ${count} spatial dimensions`, '1, 2 or 3 after batch and channels');
  return ['Z', 'Y', 'X'].slice(3 - count);
}

/** Names of the dimensions of a feature map with that many spatial dimensions. */
export function featureDims(context: NodeContext, count: number): readonly string[] {
  return ['B', 'C', ...spatialDims(context, count)];
}

/** Reads kernel, strides, dilations and padding, and how many positions the window takes. */
export function slidingWindow(context: NodeContext, input: Value, kernel: readonly number[]): SlidingWindow {
  const spatial = input.shape.slice(2);
  spatialDims(context, spatial.length);
  if (kernel.length !== spatial.length) throw context.fail(`a kernel of ${kernel.length} dimensions over ${spatial.length} spatial ones`, 'equal numbers');
  const strides = list(context, 'strides', spatial.length, 1);
  const dilations = list(context, 'dilations', spatial.length, 1);
  const reach = kernel.map((size, d) => (size - 1) * (dilations[d] ?? 1) + 1);
  const { begin, end } = padding(context, spatial, reach, strides);
  const ceil = context.attributes.int('ceil_mode', 0) === 1;
  const same = context.attributes.string('auto_pad', 'NOTSET').startsWith('SAME');
  const outputs = spatial.map((size, d) => (same ? Math.ceil(size / strides[d]!) : positions(size, begin[d]!, end[d]!, reach[d]!, strides[d]!, ceil)));
  const bad = outputs.findIndex((size) => size < 1);
  if (bad >= 0)
    throw context.fail(`a kernel that reaches over ${reach[bad]} does not fit an input of ${spatial[bad]} with padding ${begin[bad]} + ${end[bad]}`);
  return { kernel, strides, dilations, padsBegin: begin, padsEnd: end, outputs };
}

/** With `ceil_mode`, a last window may hang over the end, but must not begin beyond the input and its left padding. */
function positions(size: number, begin: number, end: number, reach: number, stride: number, ceil: boolean): number {
  const steps = (size + begin + end - reach) / stride;
  if (!ceil) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= size + begin ? count - 1 : count;
}

function padding(
  context: NodeContext,
  spatial: readonly number[],
  reach: readonly number[],
  strides: readonly number[],
): { begin: readonly number[]; end: readonly number[] } {
  const mode = context.attributes.string('auto_pad', 'NOTSET');
  if (mode === 'SAME_UPPER' || mode === 'SAME_LOWER') {
    const total = spatial.map((size, d) => Math.max(0, (Math.ceil(size / strides[d]!) - 1) * strides[d]! + reach[d]! - size));
    const less = total.map((pad) => Math.floor(pad / 2));
    const more = total.map((pad, d) => pad - less[d]!);
    return mode === 'SAME_UPPER' ? { begin: less, end: more } : { begin: more, end: less };
  }
  if (mode === 'VALID') return { begin: spatial.map(() => 0), end: spatial.map(() => 0) };
  if (mode !== 'NOTSET' && mode !== '') throw context.fail(`auto_pad '${mode}' is unknown`, 'NOTSET, SAME_UPPER, SAME_LOWER or VALID');
  const pads = context.attributes.ints('pads') ?? spatial.flatMap(() => [0, 0]);
  if (pads.length !== 2 * spatial.length || pads.some((pad) => pad < 0))
    throw context.fail(`pads [${pads.join(', ')}]`, `${2 * spatial.length} numbers from 0`);
  return { begin: pads.slice(0, spatial.length), end: pads.slice(spatial.length) };
}

function list(context: NodeContext, name: string, length: number, otherwise: number): readonly number[] {
  const given = context.attributes.ints(name);
  if (given === undefined || given.length === 0) return new Array<number>(length).fill(otherwise);
  if (given.length !== length || given.some((value) => value < 1)) throw context.fail(`${name} [${given.join(', ')}]`, `${length} numbers from 1`);
  return given;
}

/** `Y = stride * OY + dilation * FY - pad`, as terms and offset, for spatial dimension number `d`. */
export function windowTerms(window: SlidingWindow, dim: string, d: number): { terms: readonly IndexTerm[]; offset: number } {
  return {
    terms: [
      { loop: `O${dim}`, coefficient: window.strides[d]! },
      { loop: `F${dim}`, coefficient: window.dilations[d]! },
    ],
    offset: -window.padsBegin[d]!,
  };
}

/** For people and cores; maps never need them. */
export function windowAttributes(window: SlidingWindow): Record<string, readonly number[]> {
  return { strides: window.strides, dilations: window.dilations, padsBegin: window.padsBegin, padsEnd: window.padsEnd };
}
