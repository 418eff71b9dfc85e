import { boxVolume, type Box, type ScheduleTensor, type Sizes } from 'tessera-sim';
import type { Hardware } from './hardware.js';
import { dimsOf, type MappedNetwork, type MappedOperand } from './mapped-layer.js';

/**
 * Order of a tensor's dimensions at home. Feature maps go channels last (Y, X, C): a band of rows, which is what most
 * tiles are, is then one contiguous run instead of one short run a channel. Weights go output channels first, because
 * that is how tiles cut them: a compiler packs them so when it writes the model. Other tensors keep their order.
 */
function homeDims(dims: Sizes, isConstant: boolean): Sizes {
  const names = Object.keys(dims);
  const reorder = (order: readonly string[]): Sizes => Object.fromEntries(order.map((name) => [name, dims[name] ?? 1]));
  if (isConstant) return 'K' in dims ? reorder(['K', ...names.filter((name) => name !== 'K')]) : dims;
  const isFeatureMap = 'C' in dims && ('Y' in dims || 'X' in dims) && names.at(-1) !== 'C';
  return isFeatureMap ? reorder([...names.filter((name) => name !== 'C'), 'C']) : dims;
}

/** Bytes that the home memory spends on a region: contiguous runs shorter than a burst cost a whole one. */
export function homeBytes(network: MappedNetwork, hardware: Hardware, operand: MappedOperand, region: Box): number {
  const dims = homeDims(dimsOf(network, operand.tensor), operand.role === 'weight');
  let run = 1;
  for (const name of Object.keys(dims).reverse()) {
    const [low, high] = region[name] ?? [0, dims[name] ?? 1];
    run *= high - low;
    if (high - low < (dims[name] ?? 1)) break;
  }
  if (run <= 0) return 0;
  const runBytes = (run * operand.storedBits) / 8;
  const runs = boxVolume(region) / run;
  return runs * Math.max(runBytes, hardware.homeBurstBytes);
}

/** Tensors start on this boundary at home. */
const ALIGNMENT_BYTES = 64;

/** The tensors of a schedule: at home one behind the other, in the order in which layers meet them. */
export function declareTensors(network: MappedNetwork, home: string, isLocal: (tensor: string) => boolean): Record<string, ScheduleTensor> {
  const tensors: Record<string, ScheduleTensor> = {};
  let next = 0;
  for (const layer of network.layers) {
    for (const operand of [...layer.inputs, ...layer.outputs]) {
      if (operand.tensor in tensors) continue;
      const { role } = network.workload.tensors[operand.tensor] ?? { role: 'intermediate' };
      const isGiven = role === 'input' || role === 'constant';
      const address = next;
      if (!isLocal(operand.tensor)) next += alignedBytes(operand, dimsOf(network, operand.tensor));
      tensors[operand.tensor] = {
        dims: homeDims(dimsOf(network, operand.tensor), role === 'constant'),
        format: operand.format,
        ...(isLocal(operand.tensor) ? {} : { home, address }),
        role: isGiven ? role : network.outputs.has(operand.tensor) ? 'output' : 'intermediate',
      };
    }
  }
  return tensors;
}

function alignedBytes({ storedBits }: MappedOperand, dims: Sizes): number {
  const elements = Object.values(dims).reduce((product, size) => product * size, 1);
  return Math.ceil(Math.ceil((elements * storedBits) / 8) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}
