import type { StateExchange } from '../../kernel/state.js';
import type { LayerView } from '../../mapping/layer-view.js';
import { isReductionClass } from '../../mapping/layer-view.js';
import type { TensorState } from '../resolve/places.js';
import { SumSpace } from '../resolve/value.js';

/** The sums of a schedule: one for each layer and tensor that it makes. */
export class SumSpaces {
  private readonly known: SumSpace[] = [];
  private readonly byLayer = new Map<LayerView, Map<TensorState, SumSpace>>();
  /** Layers that make a tensor, by the order in which they began. */
  private readonly makers = new Map<TensorState, number>();
  /** Layer and tensor of each sum, for states. */
  private readonly origins: { readonly layer: LayerView; readonly tensor: TensorState }[] = [];

  of(layer: LayerView, tensor: TensorState): SumSpace {
    let spaces = this.byLayer.get(layer);
    if (spaces === undefined) this.byLayer.set(layer, (spaces = new Map()));
    let space = spaces.get(tensor);
    if (space === undefined) spaces.set(tensor, (space = this.make(layer, tensor)));
    return space;
  }

  at(id: number): SumSpace {
    return this.known[id]!;
  }

  /** Whether a layer of the schedule makes the tensor. */
  makes(tensor: TensorState): boolean {
    return this.makers.has(tensor);
  }

  /** A layer that has made part of the tensor so far. */
  makerOf(tensor: TensorState): string | undefined {
    return this.makers.has(tensor) ? this.known.find((_, id) => this.origins[id]!.tensor === tensor)?.layer : undefined;
  }

  /** @param layers by number, @param tensors by number */
  exchange(s: StateExchange, layers: readonly LayerView[], tensors: readonly TensorState[]): void {
    const origins = [...this.origins];
    s.list(origins, (origin) => ({
      layer: layers[s.number(origin === undefined ? 0 : layers.indexOf(origin.layer))]!,
      tensor: tensors[s.number(origin?.tensor.index ?? 0)]!,
    }));
    if (s.loading) for (const { layer, tensor } of origins) this.of(layer, tensor);
  }

  private make(layer: LayerView, tensor: TensorState): SumSpace {
    const generation = (this.makers.get(tensor) ?? 0) + 1;
    this.makers.set(tensor, generation);
    const loops = summedLoops(layer, tensor.name);
    const whole = { low: loops.map((loop) => layer.whole.low[loop]!), high: loops.map((loop) => layer.whole.high[loop]!) };
    const space = new SumSpace(this.known.length, layer.name, loops, whole, generation);
    this.known.push(space);
    this.origins.push({ layer, tensor });
    return space;
  }
}

/** Loops whose points add up into the same elements of a tensor that the layer makes. */
function summedLoops(layer: LayerView, tensor: string): number[] {
  const output = layer.operands.find((operand) => operand.role === 'output' && operand.tensor === tensor);
  const loops = layer.loops.map((_, loop) => loop);
  if (output === undefined) return layer.operands.length > 0 ? [] : loops.filter((loop) => isReductionClass(layer, loop));
  const sizes = Object.fromEntries(layer.loops.map((name, loop) => [name, layer.whole.high[loop]!]));
  return loops.filter((loop) => !output.concerns(layer.loops[loop]!, sizes));
}
