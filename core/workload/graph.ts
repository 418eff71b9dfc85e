import type { Layer, Operand, Workload } from './layer.js';

/** A layer and the operand through which it meets a tensor. */
export interface TensorUse {
  readonly layer: Layer;
  readonly operand: Operand;
}

/** Who writes and who reads each tensor; made once and asked often. */
export class WorkloadGraph {
  private readonly byId = new Map<number, Layer>();
  private readonly writers = new Map<string, TensorUse>();
  private readonly readers = new Map<string, TensorUse[]>();

  constructor(readonly workload: Workload) {
    for (const layer of workload.layers) {
      this.byId.set(layer.id, layer);
      for (const operand of layer.operands) this.note({ layer, operand });
    }
  }

  private note(use: TensorUse): void {
    if (use.operand.role === 'output') {
      this.writers.set(use.operand.tensor, use);
      return;
    }
    const readers = this.readers.get(use.operand.tensor);
    if (readers === undefined) this.readers.set(use.operand.tensor, [use]);
    else readers.push(use);
  }

  layer(id: number): Layer | undefined {
    return this.byId.get(id);
  }

  /** The layer that writes the tensor; undefined for inputs and constants. */
  producer(tensor: string): TensorUse | undefined {
    return this.writers.get(tensor);
  }

  /** In the order of the layers. */
  consumers(tensor: string): readonly TensorUse[] {
    return this.readers.get(tensor) ?? [];
  }
}
