import {
  evaluateZigzag,
  memoriesOf,
  product,
  searchMapping,
  ZIGZAG_2,
  type MemoryOperand,
  type ZigzagCore,
  type ZigzagLayer,
  type ZigzagMemory,
} from 'tessera-sim/zigzag';
import { copyCost, type Copy } from './copies.js';
import type { ChainLayer, DefinesPoint } from './point.js';
import type { StackShape } from './plan.js';
import { inputOperand, inputSize, tileChain, type TileLayer } from './tile-chain.js';

/** How one tile is run: what it reuses, what it keeps for its neighbours, and where. */
export interface TileRun {
  readonly tileX: number;
  readonly tileY: number;
  /** The first tile takes weights from the outermost memory. */
  readonly weightsFromTop: boolean;
  readonly weights: ZigzagMemory;
  readonly makeHorizontal: ZigzagMemory | undefined;
  readonly useHorizontal: ZigzagMemory | undefined;
  readonly makeVertical: ZigzagMemory | undefined;
  readonly useVertical: ZigzagMemory | undefined;
  readonly writeColumns: ReadonlyMap<number, number>;
  readonly readColumns: ReadonlyMap<number, number>;
  readonly writeRows: ReadonlyMap<number, number>;
  readonly readRows: ReadonlyMap<number, number>;
  /** Rows are fetched where inputs do not lie in this memory already. */
  readonly rowsMemory: ZigzagMemory | undefined;
}

export interface LayerCost {
  readonly id: number;
  readonly idealCycles: number;
  readonly stallCycles: number;
  readonly onloadCycles: number;
  readonly copyCycles: number;
  readonly energyPj: number;
}

interface Placed {
  readonly memory: ZigzagMemory;
  readonly bits: number;
}

/** Costs of single layers that were searched already, by what they depend on. */
export type LayerCosts = Map<string, { idealCycles: number; stallCycles: number; onloadCycles: number; energyPj: number } | undefined>;

export function runTile(point: DefinesPoint, shape: StackShape, run: TileRun, known: LayerCosts): LayerCost[] {
  const chain = tileChain(point, shape.stack, shape.input, run.tileX, run.tileY, {
    horizontal: run.useHorizontal !== undefined,
    vertical: run.useVertical !== undefined,
  });
  const costs: LayerCost[] = [];
  let pending: Copy[] = [];
  let before: Placed | undefined;
  for (const [index, tile] of chain.entries()) {
    const isLast = index === chain.length - 1;
    const placed = place(point, run, tile, isLast, pending, before, index === 1, known);
    costs.push({ id: tile.id, ...placed.cost, copyCycles: placed.copies.cycles, energyPj: placed.cost.energyPj + placed.copies.energyPj });
    pending = tile.source === undefined ? [] : cachedOutputs(run, tile, placed.output);
    before = { memory: placed.output, bits: tile.outputBits };
  }
  return costs;
}

const NOTHING = { idealCycles: 0, stallCycles: 0, onloadCycles: 0, energyPj: 0 };

interface PlacedLayer {
  readonly output: ZigzagMemory;
  readonly cost: typeof NOTHING;
  readonly copies: { readonly cycles: number; readonly energyPj: number };
}

/** Input and output in the lowest memories that hold them; where no order of loops fits, the output, then the input goes one level up. */
function place(
  point: DefinesPoint,
  run: TileRun,
  tile: TileLayer,
  isLast: boolean,
  pending: readonly Copy[],
  before: Placed | undefined,
  fromStackInput: boolean,
  known: LayerCosts,
): PlacedLayer {
  const inputs = memoriesOf(point.core, 'I1');
  const outputs = memoriesOf(point.core, 'O');
  let [moreOut, moreIn] = [0, 0];
  for (;;) {
    const inLevel = tile.source === undefined ? -1 : Math.min(inputs.length - 1, lowestLevel(point, inputs, () => tile.inputBits) + moreIn);
    const input = inputs[inLevel];
    const fits = lowestLevel(point, outputs, (memory) => tile.outputBits + (memory === baseInput(point, inputs, tile) ? tile.inputBits : 0));
    const outLevel = isLast ? outputs.length - 1 : Math.min(outputs.length - 1, fits + moreOut);
    const output = outputs[outLevel]!;
    if (tile.source === undefined) {
      const fetch: Copy = { bits: tile.outputBits, from: outputs.at(-1)!, fromOperand: 'O', to: output, toOperand: 'O' };
      return { output, cost: NOTHING, copies: copyCost(point.core, [fetch]) };
    }
    const copies = [...pending, ...inputCopies(run, tile, inputs.slice(0, inLevel + 1), input!, before!, fromStackInput)];
    const core = trimmed(
      point.core,
      new Map<MemoryOperand, ZigzagMemory>([['I1', input!], ['O', output], ...(run.weightsFromTop ? [] : ([['I2', run.weights]] as const))]),
    );
    const cost = layerCost(point, core, tile.source, tile.layer!, known);
    if (cost !== undefined) return { output, cost, copies: copyCost(point.core, copies) };
    if (inLevel === inputs.length - 1 && outLevel === outputs.length - 1) throw new RangeError(`layer ${tile.id}: no order of loops fits into the memories`);
    if (moreOut === moreIn) moreOut++;
    else if (moreOut > moreIn) [moreIn, moreOut] = [moreIn + 1, moreOut - 1];
    else moreOut++;
  }
}

/** The input's own level without what was tried in vain: the output's room is counted beside it there. */
const baseInput = (point: DefinesPoint, inputs: readonly ZigzagMemory[], tile: TileLayer): ZigzagMemory | undefined =>
  tile.source === undefined ? undefined : inputs[lowestLevel(point, inputs, () => tile.inputBits)];

function lowestLevel({ instances }: DefinesPoint, memories: readonly ZigzagMemory[], needed: (memory: ZigzagMemory) => number): number {
  const level = memories.findIndex((memory) => memory.sizeBits >= needed(memory) && instances.get(memory.name) === 1);
  return level < 0 ? memories.length - 1 : level;
}

/** What has to be brought to the layer's input memory: the output of the layer before, and what was kept of neighbours. */
function inputCopies(run: TileRun, tile: TileLayer, reachable: readonly ZigzagMemory[], input: ZigzagMemory, before: Placed, fromStackInput: boolean): Copy[] {
  const copies: Copy[] = [];
  const elsewhere = fromStackInput ? !reachable.includes(before.memory) : before.memory !== input;
  if (elsewhere) copies.push({ bits: before.bits, from: before.memory, fromOperand: 'O', to: input, toOperand: 'I1' });
  const layer = tile.layer!;
  const x = inputSize(layer, 'X');
  const y = inputSize(layer, 'Y');
  const rest = tile.inputBits / layer.precision[inputOperand(layer).name]! / (x.size * y.size);
  const bits = layer.precision['O_final']!;
  const cached = (from: ZigzagMemory | undefined, amount: number): void => {
    if (from !== undefined && amount > 0) copies.push({ bits: amount, from, fromOperand: 'I1', to: input, toOperand: 'I1' });
  };
  if (run.useHorizontal !== input) cached(run.useHorizontal, rest * (run.readColumns.get(tile.id) ?? 0) * y.size * bits);
  const columns = x.size - (run.useHorizontal === undefined ? 0 : (run.readColumns.get(tile.id) ?? 0));
  if (run.rowsMemory !== input) cached(run.useVertical, rest * columns * (run.readRows.get(tile.id) ?? 0) * bits);
  return copies;
}

/** What the neighbours need of the output: rows first, for they hold the corner too. */
function cachedOutputs(run: TileRun, tile: TileLayer, output: ZigzagMemory): Copy[] {
  const layer = tile.layer!;
  const { OX = 1, OY = 1 } = layer.loops;
  const rest = tile.outputBits / (OX * OY);
  const copies: Copy[] = [];
  const keep = (to: ZigzagMemory, bits: number): void => {
    if (bits > 0) copies.push({ bits, from: output, fromOperand: 'O', to, toOperand: 'O' });
  };
  let rows = 0;
  if (run.makeVertical !== undefined && run.makeVertical !== output && run.writeRows.has(tile.id)) {
    rows = run.writeRows.get(tile.id)!;
    keep(run.makeVertical, rest * OX * rows);
  }
  if (run.makeHorizontal !== undefined && run.makeHorizontal !== output && run.writeColumns.has(tile.id))
    keep(run.makeHorizontal, rest * run.writeColumns.get(tile.id)! * (OY - rows));
  return copies;
}

/** The core without what lies above the given memory of each operand. */
function trimmed(core: ZigzagCore, tops: ReadonlyMap<MemoryOperand, ZigzagMemory>): ZigzagCore {
  const removed = new Map(
    [...tops].map(([operand, top]) => {
      const memories = memoriesOf(core, operand);
      return [operand, new Set(memories.slice(memories.indexOf(top) + 1))] as const;
    }),
  );
  const isGone = (memory: ZigzagMemory, operand: MemoryOperand): boolean => removed.get(operand)?.has(memory) ?? false;
  const memories = core.memories.flatMap((memory): ZigzagMemory[] => {
    const operands = memory.operands.filter((operand) => !isGone(memory, operand));
    if (operands.length === 0) return [];
    if (operands.length === memory.operands.length) return [memory];
    return [{ ...memory, operands, ports: memory.ports.map((port) => ({ ...port, serves: port.serves.filter(({ operand }) => !isGone(memory, operand)) })) }];
  });
  return { ...core, memories };
}

function layerCost(point: DefinesPoint, core: ZigzagCore, { spatial, id }: ChainLayer, layer: ZigzagLayer, known: LayerCosts): typeof NOTHING | undefined {
  const key = `${id} ${JSON.stringify(layer.loops)} ${core.memories.map(({ name, operands }) => `${name}:${operands.join('')}`).join(' ')}`;
  if (known.has(key)) return known.get(key);
  const mapping = searchMapping(core, layer, spatial, { factorLimit: point.factorLimit, objective: 'energy', rules: ZIGZAG_2 });
  const evaluation = mapping === undefined ? undefined : evaluateZigzag(core, layer, mapping, ZIGZAG_2);
  const cost =
    evaluation === undefined
      ? undefined
      : {
          idealCycles: evaluation.latency.idealGivenSpatialMapping,
          stallCycles: evaluation.latency.stall,
          onloadCycles: evaluation.latency.onloading,
          energyPj: evaluation.energy.totalPj,
        };
  known.set(key, cost);
  return cost;
}

export const macsOf = ({ loops }: ZigzagLayer): number => product(Object.values(loops));
