import { boxVolume, completeBox, isEmptyBox, wholeBox, type Box, type Sizes } from '../workload/box.js';
import type { Layer, Operand, Workload } from '../workload/layer.js';
import { bytesOf, standardFormats, type FormatRegistry } from '../workload/number-format.js';
import { tensorOf } from '../workload/operands.js';
import { mapBackward, mapForward } from '../workload/region-map.js';
import { workOf } from './layer-work.js';

/**
 * The region of the operand's tensor that a tile of the layer's iteration space touches: with halo, clipped at the
 * padding. Empty (volume 0) when the tile needs nothing of it, as an input of a concatenation may.
 *
 * @param tile loops that are left out are covered whole
 */
export function operandBox(workload: Workload, layer: Layer, operand: Operand, tile: Box): Box {
  return mapForward(operand.map, completeBox(layer.loops, tile), tensorOf(workload, operand).dims);
}

/**
 * The inverse: the smallest tile of the iteration space that touches all of a region of the operand's tensor. For an
 * output: what a producer must compute so that a consumer finds the region. Reduction loops are covered whole.
 */
export function tileForRegion(layer: Layer, operand: Operand, region: Box): Box {
  return isEmptyBox(region) ? emptyTile(layer.loops) : mapBackward(operand.map, region, layer.loops);
}

function emptyTile(loops: Sizes): Box {
  return wholeBox(Object.fromEntries(Object.keys(loops).map((name) => [name, 0])));
}

/** Bytes of a region of the operand's tensor in its memory format. */
export function regionBytes(operand: Operand, region: Box, formats: FormatRegistry = standardFormats): number {
  return bytesOf(formats.get(operand.format), boxVolume(region));
}

/** As `regionBytes`, for an output whose sum is not finished. */
export function partialBytes(operand: Operand, region: Box, formats: FormatRegistry = standardFormats): number {
  return bytesOf(formats.get(operand.partialFormat ?? operand.format), boxVolume(region));
}

/** Multiply-accumulates of a tile (0 for layers of another class); fractions are possible under `activeFraction`. */
export function tileMacs(layer: Layer, tile: Box): number {
  return pointsOf(layer, tile) * workOf(layer).macs;
}

/** Elementary operations of a tile; a multiply-accumulate counts two. */
export function tileOps(layer: Layer, tile: Box): number {
  return pointsOf(layer, tile) * workOf(layer).ops;
}

function pointsOf(layer: Layer, tile: Box): number {
  return boxVolume(completeBox(layer.loops, tile));
}
