import { InputError } from 'tessera-sim';
import {
  parseEquation,
  parseRelation,
  parseServed,
  type MemoryOperand,
  type UserSpatial,
  type ZigzagCore,
  type ZigzagLayer,
  type ZigzagMemory,
} from 'tessera-sim/zigzag';

/** What is kept of overlapping windows between tiles: nothing, what lies beside (horizontal), or what lies below too. */
export const OVERLAP_MODES = ['fully-recompute', 'H-cached V-recompute', 'fully-cached'] as const;
export type OverlapMode = (typeof OVERLAP_MODES)[number];

export interface ChainLayer {
  readonly id: number;
  readonly layer: ZigzagLayer;
  readonly spatial: UserSpatial;
}

/** A chain of layers run depth first in tiles of the last layer's output. */
export interface DefinesPoint {
  readonly id: string;
  readonly core: ZigzagCore;
  /** Of each memory of the core: replicas. */
  readonly instances: ReadonlyMap<string, number>;
  readonly input: { readonly loops: Readonly<Record<string, number>>; readonly bits: number };
  readonly layers: readonly ChainLayer[];
  readonly tileX: number;
  readonly tileY: number;
  readonly mode: OverlapMode;
  readonly factorLimit: number;
}

type Loose = Readonly<Record<string, unknown>>;

/** Reads a record of kind `depth-first-estimate`: machine, chain and tile; never its results. @throws InputError with the path of what is wrong. */
export function definesPoint(record: Loose, at = ''): DefinesPoint {
  const config = object(record, 'config', at);
  const workload = object(record, 'workload', at);
  const mode = record['overlap_mode'];
  if (!OVERLAP_MODES.includes(mode as OverlapMode)) throw fault(`${at}overlap_mode`, 'is missing', OVERLAP_MODES.join(', '));
  const input = object(workload, 'input', `${at}workload.`);
  const memories = list(config, 'memories_innermost_first', `${at}config.`).map((entry, index) =>
    memoryOf(entry as Loose, `${at}config.memories_innermost_first.${index}.`),
  );
  const array = object(config, 'array', `${at}config.`);
  const search = (config['search'] ?? {}) as Loose;
  const layers = list(workload, 'layers', `${at}workload.`).map((entry, index) => chainLayer(entry as Loose, `${at}workload.layers.${index}.`));
  checkTiles(layers, positive(record, 'tile_x', at), positive(record, 'tile_y', at), at);
  checkChain(list(workload, 'layers', `${at}workload.`) as readonly Loose[], Number(input['id'] ?? -1), `${at}workload.layers.`);
  return {
    id: typeof record['id'] === 'string' ? record['id'] : 'point',
    core: {
      name: typeof config['file'] === 'string' ? config['file'] : 'core',
      array: numbers(object(array, 'dimensions', `${at}config.array.`), `${at}config.array.dimensions.`),
      macPj: number(array, 'unit_energy_pJ', `${at}config.array.`),
      memories: memories.map(({ memory }) => memory),
    },
    instances: new Map(memories.map(({ memory, instances }) => [memory.name, instances])),
    input: {
      loops: numbers(object(input, 'loop_sizes', `${at}workload.input.`), `${at}workload.input.loop_sizes.`),
      bits: number(input, 'precision_bits', `${at}workload.input.`),
    },
    layers,
    tileX: positive(record, 'tile_x', at),
    tileY: positive(record, 'tile_y', at),
    mode: mode as OverlapMode,
    factorLimit: typeof search['loma_lpf_limit'] === 'number' ? Math.min(8, search['loma_lpf_limit']) : 6,
  };
}

function memoryOf(entry: Loose, at: string): { memory: ZigzagMemory; instances: number } {
  const readBits = number(entry, 'read_bandwidth_bits_per_cycle', at);
  const writeBits = number(entry, 'write_bandwidth_bits_per_cycle', at);
  const ports = Object.entries(object(entry, 'port_functions', at)).map(([name, functions]) => {
    const writes = name.startsWith('w_');
    return {
      name,
      type: writes ? ('write' as const) : name.startsWith('rw') ? ('read_write' as const) : ('read' as const),
      minBits: number(entry, writes ? 'min_write_granularity_bits' : 'min_read_granularity_bits', at),
      bitsPerCycle: writes ? writeBits : readBits,
      serves: (Array.isArray(functions) ? functions : []).map(
        (served, index) => parseServed(String(served)) ?? never(fault(`${at}port_functions.${name}.${index}`, 'not a function of a port', "e.g. 'I1, tl'")),
      ),
    };
  });
  return {
    instances: number(entry, 'instances', at),
    memory: {
      name: text(entry, 'name', at),
      sizeBits: number(entry, 'size_bits', at),
      operands: list(entry, 'operands', at) as MemoryOperand[],
      servedDimensions: list(entry, 'served_dimensions', at) as string[],
      readPj: number(entry, 'read_cost_pJ_per_word', at),
      writePj: number(entry, 'write_cost_pJ_per_word', at),
      ports,
    },
  };
}

function chainLayer(entry: Loose, at: string): ChainLayer {
  const equation = parseEquation(text(entry, 'equation', at));
  if (equation.length !== 3) throw fault(`${at}equation`, `${equation.length} operands`, 'an output, weights and one input: other layers are not modelled');
  const links = object(entry, 'memory_operand', at);
  const relations = Array.isArray(entry['equation_relations']) ? entry['equation_relations'].map(String) : [];
  return {
    id: number(entry, 'id', at),
    layer: {
      name: String(entry['id']),
      loops: numbers(object(entry, 'loop_sizes', at), `${at}loop_sizes.`),
      relations: relations.map(
        (relation, index) => parseRelation(relation) ?? never(fault(`${at}equation_relations.${index}`, 'not a relation of dimensions', 'e.g. ix=1*ox+1*fx')),
      ),
      operands: equation.map((operand) => ({ ...operand, memoryOperand: text(links, operand.name, `${at}memory_operand.`) as MemoryOperand })),
      precision: numbers(object(entry, 'precision_bits', at), `${at}precision_bits.`),
    },
    spatial: Object.fromEntries(
      Object.entries(object(entry, 'spatial_mapping', at)).map(([dimension, loop]) => {
        const [name, size] = Array.isArray(loop) ? (loop as unknown[]) : [];
        if (typeof name !== 'string' || typeof size !== 'number')
          throw fault(`${at}spatial_mapping.${dimension}`, 'not a loop with its size', "e.g. ['K', 32]");
        return [dimension, [[name, size] as const]];
      }),
    ),
  };
}

/** Tiles of a grid are walked one by one. */
const MOST_TILES = 4_000_000;

function checkTiles(layers: readonly ChainLayer[], tileX: number, tileY: number, at: string): void {
  const { OX = 1, OY = 1 } = layers.at(-1)!.layer.loops;
  const tiles = Math.ceil(OX / tileX) * Math.ceil(OY / tileY);
  if (!(tiles <= MOST_TILES)) throw fault(`${at}tile_x`, `${tiles} tiles are too many`, `at most ${MOST_TILES}`);
}

function checkChain(layers: readonly Loose[], input: number, at: string): void {
  layers.forEach((layer, index) => {
    const from = layer['input_from'];
    const before = index === 0 ? input : layers[index - 1]!['id'];
    if (!Array.isArray(from) || from.length !== 1 || from[0] !== before)
      throw fault(`${at}${index}.input_from`, 'not the layer before', 'a chain: branches are not modelled');
  });
}

const fault = (path: string, message: string, expected: string): InputError => new InputError({ path, message, expected });
const never = (error: InputError): never => {
  throw error;
};
function object(parent: Loose, key: string, at: string): Loose {
  const value = parent[key];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Loose;
  throw fault(`${at}${key}`, 'is missing', 'an object');
}
function list(parent: Loose, key: string, at: string): readonly unknown[] {
  const value = parent[key];
  if (Array.isArray(value) && value.length > 0 && value.length <= 1000) return value;
  throw fault(`${at}${key}`, 'is missing', 'a list');
}
function text(parent: Loose, key: string, at: string): string {
  const value = parent[key];
  if (typeof value === 'string') return value;
  throw fault(`${at}${key}`, 'is missing', 'a text');
}
function number(parent: Loose, key: string, at: string): number {
  const value = parent[key];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw fault(`${at}${key}`, 'is missing', 'a number');
}
function positive(parent: Loose, key: string, at: string): number {
  const value = number(parent, key, at);
  if (Number.isInteger(value) && value >= 1) return value;
  throw fault(`${at}${key}`, `${value} is no size of a tile`, 'a whole number from 1');
}
function numbers(parent: Loose, at: string): Record<string, number> {
  return Object.fromEntries(Object.keys(parent).map((key) => [key, number(parent, key, at)]));
}
