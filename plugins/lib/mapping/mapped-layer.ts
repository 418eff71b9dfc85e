import {
  boxVolume,
  formatsOf,
  averageBits,
  isEmptyBox,
  operandBox,
  tensorOf,
  tileForRegion,
  wholeBox,
  WorkloadGraph,
  type Box,
  type FormatRegistry,
  type Layer,
  type LayerClass,
  type MapStep,
  type Operand,
  type OperandMap,
  type Sizes,
  type Workload,
} from 'tessera-sim';
import { compileRegion } from './compiled-region.js';
import { isFoldable } from './foldable.js';

/** An operand whose views have been looked through: its tensor is one that a layer really writes, or an input. */
export interface MappedOperand {
  readonly name: string;
  readonly tensor: string;
  readonly role: 'weight' | 'activation' | 'output';
  readonly format: string;
  /** Bits of one element in memory, group metadata included. */
  readonly storedBits: number;
  readonly payloadBits: number;
  /** From a tile to the region: what a schedule says of the operand. */
  readonly map: OperandMap;
  /** The region is as large as what is fetched, but where it lies is not known. */
  readonly indirect?: boolean;
  /** Of an output: format of a sum that is not finished. */
  readonly partialFormat?: string;
  /** Region of the tensor that a tile of the layer's loops touches; may be empty. */
  region(tile: Box): Box;
}

/** A layer that costs something, with the element-wise layers that were folded into it. */
export interface MappedLayer {
  readonly index: number;
  readonly name: string;
  readonly operator: string;
  readonly class: LayerClass;
  readonly loops: Sizes;
  readonly source: Layer;
  readonly inputs: readonly MappedOperand[];
  readonly outputs: readonly MappedOperand[];
  /** Names of the element-wise layers executed on the way out. */
  readonly folded: readonly string[];
  /** Loops that add up into the same outputs. */
  readonly reductions: readonly string[];
  /** The smallest tile that produces a region of an output tensor, reductions whole. */
  tileFor(output: MappedOperand, region: Box): Box;
}

/** The layers to be scheduled, in order, and the tensors between them. */
export interface MappedNetwork {
  readonly workload: Workload;
  readonly layers: readonly MappedLayer[];
  /** Layers that read a tensor, by its name. */
  readonly readers: ReadonlyMap<string, readonly MappedLayer[]>;
  readonly writers: ReadonlyMap<string, MappedLayer>;
  /** Tensors that the user wants to have at the end. */
  readonly outputs: ReadonlySet<string>;
}

/** Bytes of a region of an operand in memory. */
export function bytesOfRegion(operand: MappedOperand, region: Box): number {
  return Math.ceil((boxVolume(region) * operand.storedBits) / 8);
}

/**
 * Looks through views (reshape, flatten, identity: no work, no copy) and, when `fold` is set, appends element-wise layers
 * with one reader to the layer before them.
 */
export function mapNetwork(workload: Workload, fold: boolean): MappedNetwork {
  const views = new Views(workload);
  const chains = foldChains(workload, views, fold);
  const layers = chains.map((chain, index) => mapLayer(chain, index, workload, views));
  const readers = new Map<string, MappedLayer[]>();
  const writers = new Map<string, MappedLayer>();
  for (const layer of layers) {
    for (const { tensor } of layer.inputs) {
      const list = readers.get(tensor) ?? [];
      if (!list.includes(layer)) list.push(layer);
      readers.set(tensor, list);
    }
    for (const { tensor } of layer.outputs) writers.set(tensor, layer);
  }
  return { workload, layers, readers, writers, outputs: new Set(workload.outputs.map((name) => views.source(name))) };
}

/** Tensors that are other tensors under other dimensions. */
class Views {
  private readonly by = new Map<string, { layer: Layer; from: Operand; to: Operand }>();

  constructor(private readonly workload: Workload) {
    for (const layer of workload.layers) {
      if (layer.class !== 'view') continue;
      const from = layer.operands.find((operand) => operand.role !== 'output');
      for (const to of layer.operands) if (to.role === 'output' && from !== undefined) this.by.set(to.tensor, { layer, from, to });
    }
  }

  /** Name of the tensor behind all views. */
  source(tensor: string): string {
    const view = this.by.get(tensor);
    return view === undefined ? tensor : this.source(view.from.tensor);
  }

  /** Regions of the source tensor in place of those of the tensor. */
  through(tensor: string, region: (tile: Box) => Box): (tile: Box) => Box {
    return this.by.has(tensor) ? (tile) => this.region(tensor, region(tile)) : region;
  }

  /** The steps of a map on to the source tensor. */
  steps(tensor: string): MapStep[] {
    const view = this.by.get(tensor);
    return view === undefined ? [] : [...throughLayer(this.workload, view.layer, view.to, view.from), ...this.steps(view.from.tensor)];
  }

  /** The region of the source tensor that holds a region of the tensor. */
  region(tensor: string, box: Box): Box {
    const view = this.by.get(tensor);
    if (view === undefined || isEmptyBox(box)) return box;
    const tile = tileForRegion(view.layer, view.to, box);
    return this.region(view.from.tensor, operandBox(this.workload, view.layer, view.from, tile));
  }
}

/** Each chain: a layer and the layers folded into it. Views are in no chain. */
function foldChains(workload: Workload, views: Views, fold: boolean): Layer[][] {
  const graph = new WorkloadGraph(workload);
  const chains: Layer[][] = [];
  const chainEndingIn = new Map<string, Layer[]>();
  for (const layer of workload.layers) {
    if (layer.class === 'view') continue;
    const input = fold && isFoldable(workload, layer) ? layer.operands.find(({ role }) => role === 'activation') : undefined;
    const before = input === undefined ? undefined : chainEndingIn.get(input.tensor);
    const isPrivate = input !== undefined && graph.consumers(input.tensor).length === 1 && !workload.outputs.includes(input.tensor);
    const chain = before !== undefined && isPrivate ? before : [];
    if (chain.length === 0) chains.push(chain);
    chain.push(layer);
    const outputs = layer.operands.filter(({ role }) => role === 'output');
    if (input !== undefined) chainEndingIn.delete(input.tensor);
    if (outputs.length === 1 && outputs[0] !== undefined) chainEndingIn.set(outputs[0].tensor, chain);
  }
  return chains;
}

function mapLayer(chain: readonly Layer[], index: number, workload: Workload, views: Views): MappedLayer {
  const [head, ...tail] = chain as readonly [Layer, ...Layer[]];
  const formats = formatsOf(workload);
  const changing = tail.filter((layer) => !isSameRegion(workload, layer));
  const inputs = head.operands
    .filter(({ role }) => role !== 'output')
    .map((operand) =>
      mappedOperand(
        operand,
        views.source(operand.tensor),
        formats,
        mapOf(workload, operand, views.steps(operand.tensor)),
        views.through(operand.tensor, regionOf(workload, head, operand)),
      ),
    );
  const outputs = head.operands
    .filter(({ role }) => role === 'output')
    .map((operand) => {
      const last = tail.at(-1)?.operands.find(({ role }) => role === 'output') ?? operand;
      const named = { ...last, name: operand.name };
      const own = regionOf(workload, head, operand);
      const steps = changing.flatMap((layer) => throughLayer(workload, layer, ends(layer).input, ends(layer).output));
      const region = changing.length === 0 ? own : (tile: Box): Box => throughTail(workload, changing, own(tile));
      return mappedOperand(named, last.tensor, formats, mapOf(workload, operand, steps), region);
    });
  const sourceOutput = new Map(outputs.map((output, i) => [output, head.operands.filter(({ role }) => role === 'output')[i] as Operand]));
  return {
    index,
    name: head.name,
    operator: head.operator,
    class: head.class,
    loops: head.loops,
    source: head,
    inputs,
    outputs,
    folded: tail.map(({ name }) => name),
    reductions: reductionsOf(head, outputs),
    tileFor: (output, region) => tileForRegion(head, sourceOutput.get(output) as Operand, backThroughTail(workload, changing, region)),
  };
}

function mappedOperand(operand: Operand, tensor: string, formats: FormatRegistry, map: OperandMap, region: (tile: Box) => Box): MappedOperand {
  const format = formats.get(operand.format);
  const { name, role, indirect, partialFormat } = operand;
  const bits = { format: operand.format, storedBits: averageBits(format), payloadBits: format.bits };
  return { name, tensor, role, ...bits, map, region, ...(indirect === true ? { indirect } : {}), ...(partialFormat === undefined ? {} : { partialFormat }) };
}

/** The operand's own map, and the steps on to the tensor that the schedule knows. */
function mapOf(workload: Workload, { map, tensor }: Operand, steps: readonly MapStep[]): OperandMap {
  if (steps.length === 0) return map;
  return { kind: 'chain', steps: [{ map, direction: 'forward', to: tensorOf(workload, tensor).dims }, ...steps] };
}

/** From the tensor of one operand of a layer to that of another, through the layer's loops. */
function throughLayer(workload: Workload, layer: Layer, from: Operand, to: Operand): MapStep[] {
  return [
    { map: from.map, direction: 'backward', to: layer.loops },
    { map: to.map, direction: 'forward', to: tensorOf(workload, to.tensor).dims },
  ];
}

function regionOf(workload: Workload, layer: Layer, operand: Operand): (tile: Box) => Box {
  return compileRegion(operand.map, layer.loops, tensorOf(workload, operand).dims);
}

/** Element-wise over equal tensors: what goes in at a place comes out there. */
function isSameRegion(workload: Workload, layer: Layer): boolean {
  const { input, output } = ends(layer);
  const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return isEqual(input.map, output.map) && isEqual(tensorOf(workload, input).dims, tensorOf(workload, output).dims);
}

function ends(layer: Layer): { input: Operand; output: Operand } {
  const input = layer.operands.find(({ role }) => role === 'activation') as Operand;
  const output = layer.operands.find(({ role }) => role === 'output') as Operand;
  return { input, output };
}

function throughTail(workload: Workload, tail: readonly Layer[], box: Box): Box {
  return tail.reduce((region, layer) => {
    const { input, output } = ends(layer);
    return operandBox(workload, layer, output, tileForRegion(layer, input, region));
  }, box);
}

function backThroughTail(workload: Workload, tail: readonly Layer[], box: Box): Box {
  return tail.reduceRight((region, layer) => {
    const { input, output } = ends(layer);
    return operandBox(workload, layer, input, tileForRegion(layer, output, region));
  }, box);
}

/** Loops whose first and last step touch the same output regions. */
function reductionsOf(layer: Layer, outputs: readonly MappedOperand[]): string[] {
  return Object.keys(layer.loops).filter((loop) => outputs.every((output) => !dependsOn(output, layer.loops, loop)));
}

const dependence = new WeakMap<MappedOperand, Map<string, boolean>>();

/** Whether the operand's region moves when the loop does. */
export function dependsOn(operand: MappedOperand, loops: Sizes, loop: string): boolean {
  let known = dependence.get(operand);
  if (known === undefined) dependence.set(operand, (known = new Map()));
  let depends = known.get(loop);
  if (depends === undefined) known.set(loop, (depends = moves(operand, loops, loop)));
  return depends;
}

function moves(operand: MappedOperand, loops: Sizes, loop: string): boolean {
  const size = loops[loop] ?? 1;
  if (size < 2) return false;
  const whole = wholeBox(loops);
  const first = operand.region({ ...whole, [loop]: [0, 1] });
  const last = operand.region({ ...whole, [loop]: [size - 1, size] });
  return !sameBox(first, last);
}

export function sameBox(a: Box, b: Box): boolean {
  for (const name in a) if (a[name]![0] !== b[name]?.[0] || a[name]![1] !== b[name]?.[1]) return false;
  return true;
}

/** Dimensions of a tensor of the workload. */
export function dimsOf(network: MappedNetwork, tensor: string): Sizes {
  return tensorOf(network.workload, tensor).dims;
}

/** Operations of a whole layer, to weigh layers against each other. */
export function iterationCost(layer: MappedLayer): number {
  return Object.values(layer.loops).reduce((product, size) => product * size, layer.source.opsPerPoint);
}
