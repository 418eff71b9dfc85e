import type { Sizes } from './box.js';
import type { NumberFormat } from './number-format.js';
import type { RegionMap } from './region-map.js';

/**
 * The vocabulary of loops. Convolution: `B` batch, `G` group, `K` output channels (of one group), `C` input channels (of
 * one group), `OY`/`OX` output rows and columns (`OZ` depth), `FY`/`FX`/`FZ` kernel. A matrix product M x N x K has
 * the same loops: rows M are `OY` (`B` in a classifier, where the row is the batch), columns N are `K`, the reduction
 * is `C`; batched products run over `B` and `G` (attention: `G` heads). Other operators use the loops of their output
 * and, for what they reduce, `C`, `FY`, `FX`. Files may use other names: only the operands' maps give them meaning.
 */
export type LoopName = string;

/**
 * What the layer asks of the hardware: `mac` multiply-accumulates, `vector` arithmetic on elements (also reductions),
 * `move` only copies or rearranges data, `view` not even that: the same bytes under other dimensions.
 */
export type LayerClass = 'mac' | 'vector' | 'move' | 'view';

/** A tensor of the workload. As in the schedule: ordered dimensions, the last is contiguous in memory. */
export interface WorkloadTensor {
  readonly name: string;
  readonly dims: Sizes;
  /** Name of a number format. */
  readonly format: string;
  /** Inputs and constants hold data from the start; the others are written by a layer. */
  readonly role: 'input' | 'constant' | 'intermediate' | 'output';
}

export interface Operand {
  /** `W` weights and other constants (`W2`, `W3`), `I` activations (`I2`, `I3`), `O` outputs (`O2`), `bias`. */
  readonly name: string;
  readonly tensor: string;
  readonly role: 'weight' | 'activation' | 'output';
  /** From a tile of the layer's loops to a region of the tensor. */
  readonly map: RegionMap;
  /** Number format in memory. */
  readonly format: string;
  /** Outputs: number format of a sum that is not finished. */
  readonly partialFormat?: string;
  /** Rows are picked by data (Gather): the region is as large as what is fetched, but where it lies is not known. */
  readonly indirect?: boolean;
}

export interface Layer {
  /** Unique in the workload, in an order in which producers come before consumers. */
  readonly id: number;
  /** Unique in the workload. */
  readonly name: string;
  /** `conv`, `gemm`, `matmul`, `maxpool`, `add`, `softmax`, ... */
  readonly operator: string;
  readonly class: LayerClass;
  /** Ordered, outermost first. */
  readonly loops: Sizes;
  readonly operands: readonly Operand[];
  /** Ids of the layers whose outputs this one reads (or waits for), ascending. */
  readonly predecessors: readonly number[];
  /** Elementary operations at one point of the iteration space: 2 for a multiply-accumulate, 1 for a ReLU. */
  readonly opsPerPoint: number;
  /**
   * Useful operations at a point of the loops, on the average, as part of `opsPerPoint`; 1 when absent. Transposed convolutions leave taps
   * unused (below 1), or count products whose outputs are cropped away (above 1).
   */
  readonly activeFraction?: number;
  /** Strides, dilations, padding, axis and the like, for people and for cores that want to know; never needed for maps. */
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface Workload {
  readonly name: string;
  readonly tensors: Readonly<Record<string, WorkloadTensor>>;
  /** Producers before consumers. */
  readonly layers: readonly Layer[];
  /** Names of tensors. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Formats that are not standard. */
  readonly formats?: readonly NumberFormat[];
  /** Remarks of the reader (assumed dimensions, operators counted approximately). */
  readonly notes?: readonly string[];
}
