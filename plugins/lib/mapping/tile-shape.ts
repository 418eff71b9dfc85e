import { boxSizes, matrixShape, type Box, type TileShape } from 'tessera-sim';
import type { Engine } from './hardware.js';
import type { MappedLayer } from './mapped-layer.js';

/** Shape of a tile for a core's closed form. */
export function tileShape(layer: MappedLayer, tile: Box): TileShape {
  const operands = [...layer.inputs, ...layer.outputs];
  return {
    operator: layer.operator,
    loops: boxSizes(tile),
    product: productOf(layer, tile),
    bits: Object.fromEntries(operands.map((operand) => [operand.name, operand.payloadBits])),
    formats: Object.fromEntries(operands.map((operand) => [operand.name, operand.format])),
  };
}

function productOf(layer: MappedLayer, tile: Box): { groups: number; m: number; n: number; reduction: number } {
  const { groups, m, n, k } = matrixShape(layer.source, tile);
  return { groups, m, n, reduction: k };
}

/** How much longer a stream takes whose partial sums, four bytes each way, pass through the memory beside its operands. */
const SPILLED_SUMS = 4;

/** Closed form of a tile on a core, in seconds. */
export function tileSeconds(engine: Engine, layer: MappedLayer, tile: Box): number {
  const shape = tileShape(layer, tile);
  const seconds = engine.facts.tileCycles(shape) / engine.frequencyHz;
  const { m = 1, n = 1, reduction = 1 } = shape.product ?? {};
  const [stream, across] = engine.facts.dataflow === 'input-stationary' ? [n, m] : [m, n];
  const sums = stream * Math.min(engine.facts.columns, across);
  return layer.class === 'mac' && sums > engine.sums && reduction > engine.facts.rows ? SPILLED_SUMS * seconds : seconds;
}
