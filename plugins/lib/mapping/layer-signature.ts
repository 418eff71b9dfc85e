import { dimsOf, type MappedLayer, type MappedNetwork } from './mapped-layer.js';

/**
 * Equal for layers that a plan cannot tell apart: same operator, loops, formats, tensors' shapes and maps. Networks repeat their
 * blocks, and a plan made for one layer does for all that are like it.
 */
export function signatureOf(network: MappedNetwork, layer: MappedLayer): string {
  const { operator, class: layerClass, loops, source } = layer;
  const operands = [...layer.inputs, ...layer.outputs].map(({ name, tensor, role, format, storedBits, map }) => {
    return [name, role, format, storedBits, dimsOf(network, tensor), map];
  });
  return JSON.stringify([operator, layerClass, loops, source.opsPerPoint, source.activeFraction, source.operands.map(({ map }) => map), operands]);
}
