import type { IndexExpression } from 'tessera-sim';
import type { LayerDraft, OperandDraft } from '../layer-draft.js';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, sum } from './maps.js';
import { featureDims, spatialDims } from './window.js';

/** A convolution or transposed convolution once its shapes are known. */
export interface ConvolutionLayer {
  readonly operator: string;
  readonly input: Value;
  readonly weight: Value;
  readonly bias: Value | undefined;
  readonly result: Value;
  readonly groups: number;
  /** Channels of one group: input and output. */
  readonly inner: number;
  readonly outer: number;
  /** Per spatial dimension: outputs, and kernel taps that meet one of them. */
  readonly outputs: readonly number[];
  readonly taps: readonly number[];
  /** Dimensions of the weight that are channels, in their order; those of the kernel follow. */
  readonly weightChannels: readonly ['K', 'C'] | readonly ['C', 'K'];
  /** Where the input and the kernel are read, in spatial dimension `d` (`loop` without its O or F). */
  inputPlace(dim: string, loop: string, d: number): IndexExpression;
  kernelPlace(dim: string, loop: string, d: number): IndexExpression;
  readonly extra: Pick<LayerDraft, 'attributes' | 'activeFraction'>;
}

/** Batch, groups, channels, spatial loops and kernel loops; input, weight, bias and output over them. */
export function emitConvolutionLayer(context: NodeContext, layer: ConvolutionLayer): void {
  const { input, weight, bias, result, groups, inner, outer, weightChannels } = layer;
  const spatial = spatialDims(context, layer.outputs.length);
  const [batch, channel, ...places] = context.dims(input, featureDims(context, spatial.length)) as [string, string, ...string[]];
  const [outBatch, outChannel, ...outPlaces] = context.dims(result) as [string, string, ...string[]];
  const [first, second, ...kernelDims] = context.dims(weight, [...weightChannels, ...spatial.map((dim) => `F${dim}`)]) as [string, string, ...string[]];
  const sizes = { K: outer, C: inner };
  const grouped = (dim: string, loop: 'K' | 'C'): IndexExpression =>
    groups === 1
      ? along(dim, loop)
      : sum(dim, [
          { loop: 'G', coefficient: sizes[loop] },
          { loop, coefficient: 1 },
        ]);
  const operands: OperandDraft[] = [
    { name: 'I', value: input, map: indexMap([along(batch, 'B'), grouped(channel, 'C'), ...spatial.map((loop, d) => layer.inputPlace(places[d]!, loop, d))]) },
    // The first of the weight's channel dimensions runs over all groups.
    {
      name: 'W',
      value: weight,
      map: indexMap([
        grouped(first, weightChannels[0]),
        along(second, weightChannels[1]),
        ...spatial.map((loop, d) => layer.kernelPlace(kernelDims[d]!, loop, d)),
      ]),
    },
  ];
  if (bias !== undefined) operands.push({ name: 'bias', value: bias, map: indexMap([grouped(context.dims(bias, ['K'])[0] ?? 'K', 'K')]) });
  operands.push({
    name: 'O',
    value: result,
    output: true,
    map: indexMap([along(outBatch, 'B'), grouped(outChannel, 'K'), ...spatial.map((dim, d) => along(outPlaces[d]!, `O${dim}`))]),
  });
  context.emit({
    operator: layer.operator,
    class: 'mac',
    loops: {
      B: input.shape[0]!,
      ...(groups === 1 ? {} : { G: groups }),
      K: outer,
      C: inner,
      ...Object.fromEntries(spatial.map((dim, d) => [`O${dim}`, layer.outputs[d]!])),
      ...Object.fromEntries(spatial.map((dim, d) => [`F${dim}`, layer.taps[d]!])),
    },
    operands,
    opsPerPoint: 2,
    ...layer.extra,
  });
}
