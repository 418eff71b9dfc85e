import type { RegionMap } from 'tessera-sim';
import type { Value } from '../value.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import { along, indexMap, sum, whole } from './maps.js';
import { featureDims, slidingWindow, spatialDims, windowAttributes, windowTerms } from './window.js';
import { INT64 } from '../data-types.js';

/** MaxPool and the like: a reduction over the window, per channel. Positions of the maxima, where somebody reads them, are written beside them. */
const pool: OperatorReader = (context) => {
  const input = context.input(0);
  const kernel = context.attributes.ints('kernel_shape');
  if (kernel === undefined || input.shape.length < 3) throw context.fail('it needs kernel_shape, and an input with spatial dimensions');
  const window = slidingWindow(context, input, kernel);
  const spatial = spatialDims(context, kernel.length);
  const names = featureDims(context, kernel.length);
  const [batch, channel, ...places] = context.dims(input, names) as [string, string, ...string[]];
  const result = context.define(0, [input.shape[0]!, input.shape[1]!, ...window.outputs], input.type, names);
  const written = (value: Value): RegionMap => {
    const [outBatch, outChannel, ...outPlaces] = context.dims(value, names) as [string, string, ...string[]];
    return indexMap([along(outBatch, 'B'), along(outChannel, 'K'), ...spatial.map((dim, d) => along(outPlaces[d]!, `O${dim}`))]);
  };
  const indices = context.asks(1) ? [context.define(1, result.shape, INT64, names)] : [];
  context.emit({
    operator: context.operator,
    class: 'vector',
    loops: {
      B: input.shape[0]!,
      K: input.shape[1]!,
      ...Object.fromEntries(spatial.map((dim, d) => [`O${dim}`, window.outputs[d]!])),
      ...Object.fromEntries(spatial.map((dim, d) => [`F${dim}`, kernel[d]!])),
    },
    operands: [
      {
        name: 'I',
        value: input,
        map: indexMap([
          along(batch, 'B'),
          along(channel, 'K'),
          ...spatial.map((dim, d) => {
            const { terms, offset } = windowTerms(window, dim, d);
            return sum(places[d]!, terms, offset);
          }),
        ]),
      },
      { name: 'O', value: result, output: true, map: written(result) },
      ...indices.map((value) => ({ name: 'O2', value, output: true, map: written(value) })),
    ],
    opsPerPoint: 1,
    attributes: windowAttributes(window),
  });
};

/** Reduces all spatial dimensions to one. */
const globalPool: OperatorReader = (context) => {
  const input = context.input(0);
  const count = input.shape.length - 2;
  const spatial = spatialDims(context, count);
  const names = featureDims(context, count);
  const [batch, channel, ...places] = context.dims(input, names) as [string, string, ...string[]];
  const result = context.define(0, [input.shape[0]!, input.shape[1]!, ...spatial.map(() => 1)], input.type, names);
  const [outBatch, outChannel, ...outPlaces] = context.dims(result) as [string, string, ...string[]];
  context.emit({
    operator: globalName(context),
    class: 'vector',
    loops: { B: input.shape[0]!, K: input.shape[1]!, ...Object.fromEntries(spatial.map((dim, d) => [`F${dim}`, input.shape[d + 2]!])) },
    operands: [
      { name: 'I', value: input, map: indexMap([along(batch, 'B'), along(channel, 'K'), ...spatial.map((dim, d) => along(places[d]!, `F${dim}`))]) },
      { name: 'O', value: result, output: true, map: indexMap([along(outBatch, 'B'), along(outChannel, 'K'), ...outPlaces.map((dim) => whole(dim, 1))]) },
    ],
    opsPerPoint: 1,
  });
};

function globalName(context: NodeContext): string {
  return context.op.includes('Max') ? 'global-maxpool' : 'global-averagepool';
}

export const POOLING: Readonly<Record<string, OperatorReader>> = {
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  QLinearAveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  QLinearGlobalAveragePool: globalPool,
};
