import {
  InputError,
  type Estimate,
  type EstimatorInput,
  type Layer,
  type LayerResult,
  type LoopNest,
  type MachineBlock,
  type MachineDescription,
} from 'tessera-sim';
import { analyseTiles, fromNest, namesOfNest, type DataSpace, type Problem, type TileAnalysis } from 'tessera-sim/timeloop';

type MemoryBlock = MachineBlock & { readonly facts: Extract<MachineBlock['facts'], { kind: 'memory' | 'pim' }> };

interface LayerEstimate {
  readonly result: LayerResult;
  readonly bytes: ReadonlyMap<string, { readonly read: number; readonly written: number; readonly cycles: number }>;
}

/**
 * The model on the scenario's own machine: its memories at their peak rates, the nests that the schedule holds. The core reads its innermost
 * memory for free, as its own model says how; layers follow one another.
 */
export function estimateOfNests({ workload, machine, schedule }: Omit<EstimatorInput, 'config'>): Estimate {
  const mappings = schedule.mappings ?? {};
  const nestOf = ({ name }: Layer): LoopNest | undefined => (Object.hasOwn(mappings, name) ? mappings[name] : undefined);
  const missing = workload.layers.filter((layer) => layer.class === 'mac' && nestOf(layer) === undefined);
  if (missing.length > 0)
    throw new InputError({
      path: 'estimate',
      message: `the schedule holds no loop nest of layer '${missing[0]!.name}'`,
      expected: 'a mapper that emits nests (given-nests, layer-by-layer), or the architecture of the tool in `with`',
    });
  const left = workload.layers.filter((layer) => layer.class !== 'view' && nestOf(layer) === undefined).length;
  const parts = workload.layers.flatMap((layer) => {
    const nest = nestOf(layer);
    return nest === undefined ? [] : [layerEstimate(layer, nest, machine, workload.tensors)];
  });
  const cycles = parts.reduce((all, { result }) => all + result.cycles, 0);
  return {
    estimator: 'timeloop',
    notes: [
      'each layer takes the longest of the arithmetic and of the bytes of each memory over its peak rate; layers follow one another',
      'no start, no end, no latency, no contention; what cores read of their innermost memory is not counted',
      'no energy: the machine states it by block',
      ...(left === 0 ? [] : [`${left} layers without a loop nest of their own (folded into others) take no time`]),
    ],
    cycles,
    seconds: cycles / machine.referenceClock.frequencyHz,
    layers: parts.map(({ result }) => result),
    resources: memoriesOf(machine).map(({ path }) => {
      const of = parts.flatMap(({ bytes }) => bytes.get(path) ?? []);
      const sum = (value: (one: (typeof of)[number]) => number): number => of.reduce((all, one) => all + value(one), 0);
      return {
        resource: path,
        kind: 'memory',
        busyCycles: sum((one) => one.cycles),
        bytesRead: sum((one) => one.read),
        bytesWritten: sum((one) => one.written),
      };
    }),
  };
}

function memoriesOf({ blocks }: MachineDescription): MemoryBlock[] {
  return blocks.filter((block): block is MemoryBlock => block.facts.kind === 'memory' || block.facts.kind === 'pim');
}

function layerEstimate(layer: Layer, nest: LoopNest, machine: MachineDescription, tensors: EstimatorInput['workload']['tensors']): LayerEstimate {
  const problem = problemOf(layer, tensors);
  const names = namesOfNest(nest, Object.keys(layer.loops));
  const plain = {
    dimensions: new Map([...names.dimensions.keys()].map((name) => [name, name])),
    spaces: new Map([...names.spaces.keys()].map((name) => [name, name])),
  };
  const mapping = fromNest(nest, plain);
  const tiles = analyseTiles(problem, mapping);
  const macs = problem.sizes.reduce((all, size) => all * size, 1);
  const computeCycles = arithmeticCycles(layer, nest, machine, macs, tiles.computeCycles);
  const bytes = memoryBytes(tiles, nest, layer, machine);
  const cycles = [...bytes.values()].reduce((most, one) => Math.max(most, one.cycles), computeCycles);
  return { result: { layer: layer.name, operator: layer.operator, macs: layer.class === 'mac' ? macs : 0, cycles, computeCycles }, bytes };
}

/** Steps of the loops in time where the array's loops are among them; else what its cores do at their peak. */
function arithmeticCycles(layer: Layer, { levels }: LoopNest, { blocks }: MachineDescription, points: number, steps: number): number {
  const innermost = innermostStored(levels);
  const spatial = (some: LoopNest['levels']): number =>
    some.reduce((all, { loops }) => loops.reduce((product, { kind, size }) => (kind === 'spatial' ? product * size : product), all), 1);
  if (spatial(levels.slice(innermost)) > 1) return steps;
  const peak = blocks.reduce(
    (most, { facts }) => (facts.kind === 'core' && (facts.dataflow === 'simd') === (layer.class !== 'mac') ? Math.max(most, facts.peakMacsPerCycle) : most),
    0,
  );
  return peak === 0 ? steps : Math.ceil(points / (peak * spatial(levels.slice(0, innermost))));
}

function innermostStored(levels: LoopNest['levels']): number {
  return levels.findLastIndex(({ storage }) => Object.keys(storage).length > 0);
}

/** Loops and maps of a layer as a problem. Only plain sums of loops can be expressed. */
function problemOf(layer: Layer, tensors: EstimatorInput['workload']['tensors']): Problem {
  const dimensions = Object.keys(layer.loops);
  const dataSpaces = layer.operands.map(({ name, tensor, role, map }): DataSpace => {
    const plain = map.kind === 'index' && map.expressions.every(({ terms, window = 1 }) => window === 1 && terms.every(({ divisor = 1 }) => divisor === 1));
    if (!plain || tensors[tensor] === undefined)
      throw new InputError({
        path: 'estimate',
        message: `operand ${name} of layer '${layer.name}' is no plain sum of loops, which Timeloop's model cannot express`,
        expected: 'convolutions and matrix products',
      });
    return {
      name,
      readWrite: role === 'output',
      axes: map.expressions.map(({ terms }) => terms.map(({ loop, coefficient }) => ({ dimension: dimensions.indexOf(loop), coefficient }))),
    };
  });
  return { name: layer.name, dimensions, sizes: Object.values(layer.loops), dataSpaces, densities: {} };
}

function memoryBytes(
  tiles: TileAnalysis,
  nest: LoopNest,
  layer: Layer,
  machine: MachineDescription,
): Map<string, { read: number; written: number; cycles: number }> {
  const innermost = innermostStored(nest.levels);
  const bytes = new Map<string, { read: number; written: number; cycles: number }>();
  nest.levels.forEach(({ storage }, index) => {
    layer.operands.forEach(({ name, format }, space) => {
      const path = storage[name];
      // A memory of each core, as `{worker}` or `core{x}.l1`: of its traffic the home memory's side counts.
      if (path === undefined || path.includes('{')) return;
      const memory = machine.block(path);
      if (memory === undefined || (memory.facts.kind !== 'memory' && memory.facts.kind !== 'pim'))
        throw new InputError({
          path: 'estimate',
          message: `the machine has no memory '${path}'`,
          expected: memoriesOf(machine)
            .map((block) => block.path)
            .join(', '),
        });
      const { reads, fills, updates } = tiles.levels[index]!.spaces[space]!;
      const width = bitsOf(format) / 8;
      const known = bytes.get(path) ?? { read: 0, written: 0, cycles: 0 };
      const read = known.read + (index === innermost ? 0 : reads * width);
      const written = known.written + (fills + (index === innermost ? 0 : updates)) * width;
      const rate = (memory.facts.peakBytesPerCycle * memory.clock.frequencyHz) / machine.referenceClock.frequencyHz;
      bytes.set(path, { read, written, cycles: Math.ceil((read + written) / rate) });
    });
  });
  return bytes;
}

/** Bits of an element: the number in the format's name, as in `int8` and `fp16`. */
function bitsOf(format: string): number {
  return Number(/(\d+)/.exec(format)?.[1] ?? 8);
}
