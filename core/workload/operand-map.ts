import type { Box, Sizes } from './box.js';
import { isEmptyBox } from './box.js';
import { mapBackward, mapForward, type RegionMap } from './region-map.js';

/** One step on the way from a tile to a region: along a map, or against it. */
export interface MapStep {
  readonly map: RegionMap;
  readonly direction: 'forward' | 'backward';
  /** The space that the step leads into. */
  readonly to: Sizes;
}

/**
 * From a tile of a layer's loops to a region of a tensor. A chain goes through tensors that no layer writes: views that were looked
 * through, element-wise layers that were folded into the layer before them.
 */
export type OperandMap = RegionMap | { readonly kind: 'chain'; readonly steps: readonly MapStep[] };

/** The region of a tensor of these dimensions that a tile touches, clipped to it. */
export function mapTile(map: OperandMap, tile: Box, dims: Sizes): Box {
  if (map.kind !== 'chain') return mapForward(map, tile, dims);
  return map.steps.reduce((box, step) => (step.direction === 'forward' ? mapForward(step.map, box, step.to) : backward(step, box)), tile);
}

function backward({ map, to }: MapStep, region: Box): Box {
  return isEmptyBox(region) ? Object.fromEntries(Object.keys(to).map((name) => [name, [0, 0] as const])) : mapBackward(map, region, to);
}
