import type { StateExchange } from '../../kernel/state.js';
import type { LayerView } from '../../mapping/layer-view.js';
import { OperandView } from '../../mapping/operand-view.js';
import type { TileView } from '../../mapping/tile-view.js';
import { LOOP_CLASSES, type LoopClass } from '../../workload/loop-class.js';
import type { TensorState } from '../resolve/places.js';
import type { NamedAccess } from './named-access.js';

/** An operand of a layer that states none, as its first tile shows it. */
export interface Inferred {
  readonly name: string;
  readonly tensor: TensorState;
  readonly role: OperandView['role'];
  /** Undefined when nothing says which dimension is which loop. */
  readonly view: OperandView | undefined;
  /** The tensor has the shape of the operand, only in which order is not clear. */
  readonly isOfShape: boolean;
  /** Loops that its box is made of; undefined when windows or other things come in. */
  readonly loops: readonly number[] | undefined;
}

/** By number. */
const ROLES: readonly OperandView['role'][] = ['weight', 'activation', 'output'];

/** Letters by which people call the dimensions of a matrix product. */
const LETTERS: Readonly<Record<string, LoopClass>> = { M: 'row', N: 'column', K: 'reduction' };

const CLASSES: Readonly<Record<string, readonly LoopClass[]>> = {
  I: ['group', 'row', 'reduction'],
  W: ['group', 'column', 'reduction'],
  I2: ['group', 'column', 'reduction'],
  O: ['group', 'row', 'column'],
};

/**
 * Operands of layers that state no maps: which dimension of a tensor is which loop follows from the operator's standard loops, the names
 * and the sizes of the dimensions. Where these leave it open, nothing is said.
 */
export class StandardOperands {
  private readonly layers = new Map<LayerView, Map<string, Inferred>>();

  of(layer: LayerView): ReadonlyMap<string, Inferred> {
    return this.tableOf(layer);
  }

  /** The operand that an access is; undefined when it does not say so. */
  find({ layer }: TileView, access: NamedAccess, role: OperandView['role']): Inferred | undefined {
    const name = access.operand ?? '';
    const table = this.tableOf(layer);
    const known = table.get(name);
    if (known !== undefined || name === '') return known;
    return this.infer(layer, name, access.tensor, role);
  }

  /** Which tensors the operands are: the first tile that names one says it. */
  exchange(s: StateExchange, layers: readonly LayerView[], tensors: readonly TensorState[]): void {
    const all = [...this.layers].flatMap(([layer, table]) => [...table.values()].map((inferred) => ({ layer, inferred })));
    s.list(all, (one) => {
      const layer = layers[s.number(one === undefined ? 0 : layers.indexOf(one.layer))]!;
      const name = s.text(one?.inferred.name ?? '');
      const tensor = tensors[s.number(one?.inferred.tensor.index ?? 0)]!;
      const role = ROLES[s.number(one === undefined ? 0 : ROLES.indexOf(one.inferred.role))]!;
      return one ?? { layer, inferred: this.infer(layer, name, tensor, role) };
    });
  }

  private infer(layer: LayerView, name: string, tensor: TensorState, role: OperandView['role']): Inferred {
    const table = this.tableOf(layer);
    const isBatched = name === 'I2' || table.has('I2');
    const loops = loopsOf(layer, name, role, isBatched);
    const view = loops === undefined ? undefined : viewOf(layer, name, tensor, role, loops, isBatched);
    const inferred = { name, tensor, role, view, loops, isOfShape: loops !== undefined && hasShape(layer, tensor, loops) };
    table.set(name, inferred);
    return inferred;
  }

  private tableOf(layer: LayerView): Map<string, Inferred> {
    let table = this.layers.get(layer);
    if (table === undefined) this.layers.set(layer, (table = new Map()));
    return table;
  }
}

function hasShape(layer: LayerView, tensor: TensorState, loops: readonly number[]): boolean {
  const wanted = loops.map((loop) => layer.whole.high[loop]!).sort((a, b) => a - b);
  const sizes = tensor.whole.high.filter((size) => size > 1).sort((a, b) => a - b);
  return wanted.length === sizes.length && wanted.every((size, i) => size === sizes[i]);
}

/** A window slides over the input, with steps and padding that only a map can tell. */
export function hasWindow(layer: LayerView): boolean {
  return layer.operatorName.includes('conv') || layer.loops.some((loop) => /^F[XYZ]$/.test(loop));
}

/** Loops that concern an operand; undefined where a window slides over it. */
function loopsOf(layer: LayerView, name: string, role: OperandView['role'], isBatched: boolean): number[] | undefined {
  const all = layer.loops.map((_, loop) => loop).filter((loop) => layer.whole.high[loop]! > 1);
  if (!layer.isMatrixProduct) return all;
  const wanted = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (wanted === undefined) return undefined;
  if (role === 'activation' && hasWindow(layer)) return undefined;
  const classes = layer.classes(isBatched);
  return all.filter((loop) => wanted.includes(LOOP_CLASSES[classes[loop]!]!));
}

function viewOf(
  layer: LayerView,
  name: string,
  tensor: TensorState,
  role: OperandView['role'],
  loops: readonly number[],
  isBatched: boolean,
): OperandView | undefined {
  const dims = tensor.dims.map((_, d) => d).filter((d) => tensor.whole.high[d]! > 1);
  const order = matched(layer, tensor, dims, loops, isBatched);
  if (order === undefined) return undefined;
  const expressions = tensor.dims.map((dim, d) => {
    const at = dims.indexOf(d);
    return { dim, terms: at < 0 ? [] : [{ loop: layer.loops[order[at]!]!, coefficient: 1 }] };
  });
  return new OperandView(name, tensor.name, role, { kind: 'index', expressions }, layer.loops, tensor.form.dims, false, undefined);
}

/** The loop of each dimension; undefined when it is not clear. */
function matched(layer: LayerView, tensor: TensorState, dims: readonly number[], loops: readonly number[], isBatched: boolean): number[] | undefined {
  if (dims.length !== loops.length) return undefined;
  const size = (loop: number): number => layer.whole.high[loop]!;
  const fits = (order: readonly number[]): boolean => order.every((loop, at) => size(loop) === tensor.whole.high[dims[at]!]);
  const byName = dims.map((d) => loops.find((loop) => layer.loops[loop] === tensor.dims[d]) ?? -1);
  if (!byName.includes(-1) && fits(byName)) return byName;
  const byLetter = dims.map((d) => loopOfLetter(layer, tensor.dims[d]!, loops, isBatched));
  if (!byLetter.includes(-1) && new Set(byLetter).size === dims.length && fits(byLetter)) return byLetter;
  const bySize = dims.map((d) => loops.filter((loop) => size(loop) === tensor.whole.high[d]));
  const sized = bySize.map(([loop]) => loop ?? -1);
  if (bySize.every((candidates) => candidates.length === 1) && new Set(sized).size === sized.length) return sized;
  return partlyNamed(dims, loops, byName, fits) ?? partlyNamed(dims, loops, byLetter, fits) ?? (fits(loops) && dims.length === 1 ? [...loops] : undefined);
}

function loopOfLetter(layer: LayerView, letter: string, loops: readonly number[], isBatched: boolean): number {
  const wanted = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined;
  const candidates = loops.filter((loop) => LOOP_CLASSES[layer.classes(isBatched)[loop]!] === wanted);
  return wanted !== undefined && layer.isMatrixProduct && candidates.length === 1 ? candidates[0]! : -1;
}

/** What has a loop's name is that loop, and what is left is in order. */
function partlyNamed(
  dims: readonly number[],
  loops: readonly number[],
  byName: readonly number[],
  fits: (order: readonly number[]) => boolean,
): number[] | undefined {
  const left = loops.filter((loop) => !byName.includes(loop));
  if (left.length === dims.length) return undefined;
  const order = byName.map((loop) => (loop < 0 ? left.shift()! : loop));
  return fits(order) ? order : undefined;
}
