import { InputError, type LoopNest, type MachineDescription, type OperandMap, type Schedule, type Workload } from 'tessera-sim';
import type { TileflowCase, TileflowLevel, TileflowLoop, TileflowNode, TileflowOperation, TileflowProblem, TileflowTensor } from './form.js';

/** A layer with its nest, in what schedules and workloads have in common. */
export interface MappedLayer {
  readonly name: string;
  readonly loops: Readonly<Record<string, number>>;
  readonly operands: readonly { readonly name: string; readonly tensor: string; readonly isOutput: boolean; readonly map: OperandMap }[];
  readonly nest: LoopNest;
}

/** Names of the memories in trees made here, the outermost first; what lies inside of the array is `L0`. */
export const LEVEL_NAMES = ['L2', 'L1', 'L0'] as const;

/** Layers one after the other, each with its nest, as a problem and a tree. Dimensions get letters, of which trees have one each. */
export function treeOfLayers(layers: readonly MappedLayer[]): { readonly problem: TileflowProblem; readonly tree: TileflowNode } {
  const letters = new Letters();
  const sizes: Record<string, number> = {};
  const tensors = new Map<string, TileflowTensor>();
  const operations = layers.map((layer): TileflowOperation => {
    for (const [loop, size] of Object.entries(layer.loops)) sizes[letters.of(loop, size)] = size;
    const named = layer.operands.map((operand) => ({ ...operand, tensorName: place(layer, operand) }));
    const outputs = named.filter(({ isOutput }) => isOutput);
    if (outputs.length !== 1) throw refused(layer.name, `${outputs.length} outputs`, 'one');
    return {
      name: wordOf(layer.name),
      dimensions: Object.entries(layer.loops).map(([loop, size]) => letters.of(loop, size)),
      ins: named.filter(({ isOutput }) => !isOutput).map(({ tensorName }) => tensorName),
      out: outputs[0]!.tensorName,
    };
  });
  const made = new Set(operations.map(({ out }) => out));
  const taken = new Set(operations.flatMap(({ ins }) => ins));
  const chains = layers.map((layer): TileflowNode => {
    const names = new Map(layer.operands.map((operand) => [operand.name, place(layer, operand)]));
    return chainOf(layer, letters, (operand) => names.get(operand)!);
  });
  return {
    problem: {
      sizes,
      tensors: [...tensors.values()],
      operations,
      ins: [...taken].filter((name) => !made.has(name)),
      outs: [...made].filter((name) => !taken.has(name)),
    },
    tree: chains.length === 1 ? chains[0]! : { type: 'scope', kind: 'sequential', children: chains },
  };

  /** A tensor keeps its name where every layer indexes it alike. */
  function place(layer: MappedLayer, { tensor, isOutput, map, name: operand }: MappedLayer['operands'][number]): string {
    const ranks = ranksOf(layer, operand, map, letters);
    const plain = wordOf(tensor);
    const there = tensors.get(plain);
    const name = there === undefined || JSON.stringify(there.ranks) === JSON.stringify(ranks) ? plain : `${plain}_${wordOf(layer.name)}`;
    tensors.set(name, { name, ranks, readWrite: isOutput || tensors.get(name)?.readWrite === true });
    return name;
  }
}

function ranksOf({ name, loops }: MappedLayer, operand: string, map: OperandMap, letters: Letters): readonly (readonly string[])[] {
  if (map.kind !== 'index') throw refused(name, `operand ${operand} has no index expressions`, 'sums of loops');
  return map.expressions.map(({ terms }) =>
    terms.map(({ loop, coefficient, divisor }) => {
      if (coefficient !== 1 || divisor !== undefined) throw refused(name, `operand ${operand} steps by ${coefficient}`, 'sums of loops, without strides');
      return letters.of(loop, loops[loop]!);
    }),
  );
}

/**
 * A nest as a chain of tiles. Spatial loops of the home memory's tiles and of those inside lie over instances of the inner memory, those of levels
 * without a memory over the array; what steps inside of the array is `L0`. A tensor goes past tiles of a memory that do not hold it.
 */
function chainOf({ name, nest, loops: bounds, operands }: MappedLayer, letters: Letters, tensorOf: (operand: string) => string): TileflowNode {
  const home = Object.values(nest.levels[0]?.storage ?? {})[0];
  const places = [...new Set(nest.levels.flatMap(({ storage }) => Object.values(storage)))];
  if (home === undefined || places.length > 2 || nest.levels.some(({ storage }) => new Set(Object.values(storage)).size > 1))
    throw refused(name, `${places.length} memories in the nest`, 'the home memory and one inside, one a level');
  const unrolled = { chips: [] as TileflowLoop[], array: [] as TileflowLoop[] };
  const inside: TileflowLoop[] = [];
  const held: { readonly level: string; readonly bypass: readonly string[]; readonly loops: TileflowLoop[] }[] = [];
  for (const { storage, loops } of nest.levels) {
    const place = Object.values(storage)[0];
    const level = place === home ? 'L2' : 'L1';
    if (place !== undefined)
      held.push({
        level,
        bypass: place === home ? [] : operands.filter((operand) => storage[operand.name] === undefined).map((operand) => tensorOf(operand.name)),
        loops: [],
      });
    const within = unrolled.array.length > 0;
    for (const { loop, size, kind, axis, last } of loops) {
      if (last !== undefined && last !== size) throw refused(name, `loop ${loop} ends with ${last} of ${size} steps`, 'factors that divide');
      if (bounds[loop] === undefined) throw refused(name, `there is no loop '${loop}'`, Object.keys(bounds).join(', '));
      const dimension = letters.of(loop, bounds[loop]);
      if (kind === 'spatial') unrolled[place === undefined ? 'array' : 'chips'].push({ dimension, size, axis: axis?.toLowerCase() === 'y' ? 'Y' : 'X' });
      else (within ? inside : held.at(-1)!.loops).push({ dimension, size });
    }
  }
  const leaf: TileflowNode = { type: 'op', name: wordOf(name) };
  const array = spatialTile('L1', unrolled.array, tiles('L0', inside, [], leaf));
  const local = held.filter(({ level }) => level === 'L1').reduceRight((child, { level, loops, bypass }) => tiles(level, loops, bypass, child), array);
  const chips = spatialTile(
    'L2',
    unrolled.chips,
    local.type === 'tile' && local.level === 'L1' && !local.spatial ? local : tile('L1', false, [], [], true, local),
  );
  return held
    .filter(({ level }) => level === 'L2')
    .reduceRight((child, { level, loops, bypass }) => tiles(level, loops, bypass, child), unrolled.chips.length === 0 ? local : chips);
}

const spatialTile = (level: string, loops: readonly TileflowLoop[], child: TileflowNode): TileflowNode =>
  loops.length === 0 ? child : tile(level, true, loops, [], true, child);

/** A tile names each dimension once: what occurs again begins another tile at the same memory. */
function tiles(level: string, loops: readonly TileflowLoop[], bypass: readonly string[], child: TileflowNode): TileflowNode {
  const parts: TileflowLoop[][] = [[]];
  for (const loop of loops) {
    if (parts.at(-1)!.some(({ dimension }) => dimension === loop.dimension)) parts.push([]);
    parts.at(-1)!.push(loop);
  }
  return parts.reduceRight((inside, part, index) => tile(level, false, part, bypass, index === 0, inside), child);
}

const tile = (
  level: string,
  spatial: boolean,
  loops: readonly TileflowLoop[],
  bypass: readonly string[],
  profile: boolean,
  child: TileflowNode,
): TileflowNode => ({
  type: 'tile',
  level,
  spatial,
  loops,
  bypass,
  profile,
  multicast: true,
  child,
});

/** The tree of a schedule's nests on a machine of one home memory and one local memory. */
export function treeOfSchedule(workload: Workload, machine: MachineDescription, schedule: Schedule): TileflowCase {
  const layers = workload.layers
    .filter((layer) => layer.class !== 'view')
    .map((layer): MappedLayer => {
      const nest = schedule.mappings?.[layer.name];
      if (nest === undefined)
        throw new InputError({
          path: `schedule.mappings.${layer.name}`,
          message: `there is no mapping of layer '${layer.name}'`,
          expected: "a loop nest, or the tool's own under 'tree'",
        });
      const operands = layer.operands.map(({ name, tensor, role, map }) => ({ name, tensor, isOutput: role === 'output', map }));
      return { name: layer.name, loops: layer.loops, operands, nest: withoutAxes(nest) };
    });
  const { problem, tree } = treeOfLayers(layers);
  const spread = (inMemory: boolean): number =>
    Math.max(
      ...layers.map(({ nest }) =>
        nest.levels
          .filter(({ storage }) => Object.keys(storage).length > 0 === inMemory)
          .flatMap(({ loops }) => loops)
          .reduce((all, { kind, size }) => (kind === 'spatial' ? all * size : all), 1),
      ),
    );
  return { id: schedule.name, machine: machineOf(machine, spread(true), spread(false)), problem, tree };
}

const withoutAxes = ({ levels }: LoopNest): LoopNest => ({
  levels: levels.map((level) => ({ ...level, loops: level.loops.map(({ axis: _, ...loop }) => loop) })),
});

const WORD_BYTES = 2;

/** Rates of our memories in words of 16 bits, the local one shared out; both ways through the home memory's port. */
function machineOf({ name, blocks }: MachineDescription, chips: number, array: number): TileflowCase['machine'] {
  const memories = blocks.flatMap(({ facts }) => (facts.kind === 'memory' ? [facts] : []));
  const home = memories.find(({ isHome }) => isHome);
  const local = memories.filter(({ isHome }) => !isHome);
  if (home === undefined || local.length !== 1)
    throw new InputError({
      path: 'machine',
      message: `the machine has ${local.length} local memories`,
      expected: "one home and one local memory, or the tool's own under 'tree'",
    });
  const alone = { instances: 1, meshX: 1, meshY: 1, wordBits: 8 * WORD_BYTES };
  const rate = (bytes: number): number => Math.min(2 ** 30, bytes / WORD_BYTES);
  const half = rate(local[0]!.peakBytesPerCycle) / 2 / chips;
  const unrolled = chips * array;
  const levels: readonly TileflowLevel[] = [
    { ...alone, name: 'L2', sharedRate: rate(home.peakBytesPerCycle) },
    { ...alone, instances: chips, meshX: chips, name: 'L1', readRate: half, writeRate: half, words: Math.floor(local[0]!.capacityBytes / WORD_BYTES / chips) },
    { name: 'L0', instances: unrolled, meshX: unrolled, meshY: 1, wordBits: 8 * WORD_BYTES },
  ];
  return { name, levels, macs: { instances: unrolled, meshX: unrolled, meshY: 1 } };
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];

/** A letter for each loop and size; loops that are letters keep theirs. */
class Letters {
  private readonly given = new Map<string, string>();

  of(loop: string, size: number): string {
    const key = `${loop} ${size}`;
    let letter = this.given.get(key);
    if (letter === undefined) {
      const used = new Set(this.given.values());
      letter = LETTERS.includes(loop) && !used.has(loop) ? loop : LETTERS.find((one) => !used.has(one));
      if (letter === undefined)
        throw new InputError({ path: 'mappings', message: 'the layers have too many loops for one tree', expected: `${LETTERS.length} at most` });
      this.given.set(key, letter);
    }
    return letter;
  }
}

const wordOf = (name: string): string => name.replaceAll(/\W+/g, '_');

function refused(layer: string, message: string, expected: string): InputError {
  return new InputError({ path: `mappings.${layer}`, message: `layer '${layer}': ${message}`, expected });
}
