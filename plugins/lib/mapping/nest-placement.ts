import {
  nestOperands,
  type MachineDescription,
  type NestMachine,
  type NestMove,
  type NestOperand,
  type NestPlacement,
  type OperandGroup,
  type Sizes,
} from 'tessera-sim';
import { engineFor, type Worker } from './hardware.js';
import { dependsOn, dimsOf, type MappedLayer, type MappedNetwork, type MappedOperand } from './mapped-layer.js';

/** What nests may name on a machine: its memories, and axes that the caller lays over its cores. */
export function machineForNests(machine: MachineDescription, axes: NestMachine['axes']): NestMachine {
  const memories = machine.blocks.filter(({ facts }) => facts.kind === 'memory' || facts.kind === 'pim').map(({ path }) => path);
  return { axes, memories, hasMemory: (path) => memories.includes(path) };
}

/** Name of the axis along which workers lie; as a storage, the local memory of each. */
export const WORKER_AXIS = 'worker';
export const WORKER_MEMORY = `{${WORKER_AXIS}}`;

/**
 * A nest's spatial loops on workers, in the order given: each computes on the core that suits the layer, its transfer
 * engine fills and drains its memory. What several workers need is read once and delivered to all: their engines take turns, and
 * share a large tile.
 */
export function workerPlacement(workers: readonly Worker[], layer: MappedLayer): NestPlacement {
  const at = (position: Readonly<Record<string, number>>): Worker => workers[position[WORKER_AXIS] ?? 0] as Worker;
  return {
    axes: { [WORKER_AXIS]: workers.map((worker) => worker.memory ?? worker.name) },
    core: (position) => engineFor(at(position), layer)?.path ?? at(position).name,
    transfer: (move) => enginesOf(move).map((position) => at(position).dma ?? at(position).name),
  };
}

/** A shared tile of at least this many bytes an engine is read by several: one alone sends no faster than it receives. */
const PIECE_BYTES = 4096;
const MOST_PIECES = 4;

/** Whose engines move a tile: of one worker its own, of several so many in turn as are worth it. */
function enginesOf({ positions, bytes, turn }: NestMove): readonly NestMove['position'][] {
  if (positions.length === 1) return positions;
  const count = Math.max(1, Math.min(MOST_PIECES, positions.length, Math.floor(bytes / PIECE_BYTES)));
  return Array.from({ length: count }, (_, piece) => positions[(turn + piece) % positions.length]!);
}

/** A mapped layer's operands for `nestFacts` and `lowerNest`: views looked through, folded layers at the output. */
export function nestOperandsOf(network: MappedNetwork, layer: MappedLayer): NestOperand[] {
  const plain = new Map(nestOperands(network.workload, layer.source).map((operand) => [operand.name, operand]));
  return [...layer.inputs, ...layer.outputs].map((mapped) => {
    const { name, tensor, role, storedBits, region } = mapped;
    const source = plain.get(name);
    const same = source !== undefined && sameSizes(dimsOf(network, source.tensor), dimsOf(network, tensor));
    return { name, tensor, role, storedBits, region, groups: same ? source.groups : [wholeGroup(network, layer, mapped)] };
  });
}

/** Always right: every loop that moves the region, every dimension. */
function wholeGroup(network: MappedNetwork, layer: MappedLayer, operand: MappedOperand): OperandGroup {
  return { loops: Object.keys(layer.loops).filter((loop) => dependsOn(operand, layer.loops, loop)), dims: Object.keys(dimsOf(network, operand.tensor)) };
}

function sameSizes(a: Sizes, b: Sizes): boolean {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([name, size], i) => right[i]![0] === name && right[i]![1] === size);
}
