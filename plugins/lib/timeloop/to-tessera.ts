import type { Estimate, IndexExpression, Loop, LoopNest, NestLevel, Operand, Workload, WorkloadTensor } from 'tessera-sim';
import type { StorageLevel, TimeloopMachine } from './machine.js';
import type { TimeloopMapping } from './mapping.js';
import type { TimeloopFigures } from './model.js';
import { tensorSize, type DataSpace, type Problem } from './problem.js';

/** Names of a convolution's loops here, for problems that have all of a convolution's dimensions. */
const CONVOLUTION: Readonly<Record<string, string>> = { N: 'B', G: 'G', M: 'K', K: 'K', C: 'C', P: 'OX', Q: 'OY', R: 'FX', S: 'FY' };
const DRAM = 'dram';
const LOCAL = 'core0.l1';
/** Where the tool states no bandwidth: a stack of HBM2. */
const UNSTATED_BYTES = 64;
/** A burst of our DRAM; its data bus takes whole cycles for it. */
const BURST_BYTES = 32;

/** Our loop for each dimension of the problem. */
export function loopNames({ dimensions }: Pick<Problem, 'dimensions'>): ReadonlyMap<string, string> {
  const isConvolution =
    ['P', 'Q', 'R', 'S', 'C'].every((name) => dimensions.includes(name)) &&
    dimensions.every((name) => name in CONVOLUTION) &&
    !(dimensions.includes('K') && dimensions.includes('M'));
  return new Map(dimensions.map((name) => [name, isConvolution ? CONVOLUTION[name]! : name]));
}

/** Operand of a data space: `O` is written, `W` holds weights, `I` is read; further ones are numbered. */
export function operandNames(dataSpaces: readonly Pick<DataSpace, 'name' | 'readWrite'>[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    dataSpaces.map(({ name, readWrite }) => {
      const letter = readWrite || /^outputs?$/i.test(name) ? 'O' : /weight|filter|kernel|^B$/i.test(name) ? 'W' : 'I';
      const count = (counts.get(letter) ?? 0) + 1;
      counts.set(letter, count);
      return [name, count === 1 ? letter : `${letter}${count}`];
    }),
  );
}

/** A workload of one layer. Words are as wide as those of the machine's outermost level (8 bits without one). */
export function toWorkload(problem: Problem, machine?: TimeloopMachine): Workload {
  const loops = loopNames(problem);
  const names = operandNames(problem.dataSpaces);
  const name = layerName(problem);
  const bits = machine?.levels[0]?.wordBits ?? 8;
  const format = [4, 8, 16, 32].includes(bits) ? `int${bits}` : 'int8';
  const tensors: Record<string, WorkloadTensor> = {};
  const operands = problem.dataSpaces.map((space): Operand => {
    const operand = names.get(space.name)!;
    const expressions = expressionsOf(space, problem, loops);
    const role = operand.startsWith('O') ? 'output' : operand.startsWith('W') ? 'weight' : 'activation';
    tensors[space.name] = {
      name: space.name,
      dims: Object.fromEntries(
        space.axes.map((axis, index) => [
          expressions[index]!.dim,
          axis.reduce((width, { dimension, coefficient }) => width + Math.abs(coefficient) * (problem.sizes[dimension]! - 1), 1),
        ]),
      ),
      format,
      role: role === 'weight' ? 'constant' : role === 'output' ? 'output' : 'input',
    };
    return { name: operand, tensor: space.name, role, map: { kind: 'index', expressions }, format };
  });
  const ofRole = (role: WorkloadTensor['role']): string[] => Object.values(tensors).flatMap((tensor) => (tensor.role === role ? [tensor.name] : []));
  return {
    name,
    tensors,
    layers: [
      {
        id: 0,
        name,
        operator: problem.dimensions.includes('R') || problem.dimensions.includes('S') ? 'conv' : 'matmul',
        class: 'mac',
        loops: Object.fromEntries(problem.dimensions.map((dimension, d) => [loops.get(dimension)!, problem.sizes[d]!])),
        operands,
        predecessors: [],
        opsPerPoint: 2,
      },
    ],
    inputs: ofRole('input'),
    outputs: ofRole('output'),
  };
}

export function layerName({ name }: Pick<Problem, 'name'>): string {
  return name.replaceAll(/[^\w.-]+/g, '_');
}

/** An axis is named after its loop, or after the tensor's axis where several loops meet. */
function expressionsOf({ axes }: DataSpace, { dimensions, sizes }: Problem, loops: ReadonlyMap<string, string>): IndexExpression[] {
  const used = new Set<string>();
  return axes.map((terms, index) => {
    const wanted = terms.length === 1 ? loops.get(dimensions[terms[0]!.dimension]!)! : `axis${index}`;
    const dim = used.has(wanted) ? `axis${index}` : wanted;
    used.add(dim);
    const below = terms.reduce((all, { dimension, coefficient }) => (coefficient < 0 ? all - coefficient * (sizes[dimension]! - 1) : all), 0);
    return {
      dim,
      terms: terms.map(({ dimension, coefficient }) => ({ loop: loops.get(dimensions[dimension]!)!, coefficient })),
      ...(below === 0 ? {} : { offset: below }),
    };
  });
}

/**
 * The mapping as a loop nest: tensors in `dram` down to the first level on the chip that holds something or fans out; there all of them lie in
 * `core0.l1`, and everything inside is one tile.
 */
export function toNest(mapping: TimeloopMapping, problem: Pick<Problem, 'dimensions' | 'dataSpaces'>): LoopNest {
  const loops = loopNames(problem);
  const operands = [...operandNames(problem.dataSpaces).values()];
  const at = (memory: string): Readonly<Record<string, string>> => Object.fromEntries(operands.map((operand) => [operand, memory]));
  const ours = ({ dimension, size, last, kind, axis }: TimeloopMapping['levels'][number]['loops'][number]): Loop => ({
    loop: loops.get(dimension) ?? dimension,
    size,
    ...(last === undefined ? {} : { last }),
    kind,
    ...(kind === 'spatial' && axis !== undefined ? { axis } : {}),
  });
  const outer: Loop[] = [];
  const { levels } = mapping;
  const isAlone = levels.filter(({ keep }) => keep.length > 0).length < 2;
  let index = 0;
  const inner: Loop[] = [];
  if (!isAlone)
    for (; index < levels.length; index++) {
      const { keep, loops: own } = levels[index]!;
      if (index > 0 && keep.length > 0) break;
      outer.push(...own.filter(({ kind }) => kind === 'temporal').map(ours));
      inner.push(...own.filter(({ kind }) => kind === 'spatial').map(ours));
      if (inner.length > 0) {
        index++;
        break;
      }
    }
  const nest: NestLevel[] = [{ storage: at(DRAM), loops: outer }];
  const next = inner.length > 0 ? { storage: at(LOCAL), loops: inner } : { storage: at(LOCAL), loops: levels[index]?.loops.map(ours) ?? [] };
  nest.push(next);
  for (const level of levels.slice(inner.length > 0 ? index : index + 1)) nest.push({ storage: {}, loops: level.loops.map(ours) });
  return { levels: nest };
}

export interface TesseraMachine {
  readonly document: Readonly<Record<string, unknown>>;
  /** What could not be carried over as it is. */
  readonly notes: readonly string[];
}

/**
 * A machine of our blocks with one core: DRAM at the rate of the outermost level, a local memory as large as all levels on the chip together, a
 * core that takes one cycle for a step of the loops inside.
 * @param tileBytes of the mapping, held twice, in the local memory
 */
export function toMachine(machine: TimeloopMachine, tileBytes = 0): TesseraMachine {
  const isAlone = machine.levels.length < 2;
  const outermost = isAlone ? undefined : machine.levels[0];
  const onChip = isAlone ? machine.levels : machine.levels.slice(1);
  const notes: string[] = [];
  const rate = rateOf(outermost);
  if (rate === undefined) notes.push(`no bandwidth is stated for ${outermost?.name ?? 'what is outside'}: ${UNSTATED_BYTES} bytes a cycle are taken`);
  const dramBytes = rate ?? UNSTATED_BYTES;
  // The bus is a power of two wide; the clock makes up for the rest of the rate.
  const bus = Math.min(BURST_BYTES, 2 ** Math.max(0, Math.floor(Math.log2(dramBytes))));
  const stated = onChip.reduce((all, level) => all + (level.sizeWords === undefined ? 0 : bytesOf(level) * level.instances), 0);
  const capacity = Math.max(stated, 2 * tileBytes, 1024);
  if (capacity > stated) notes.push(`core0.l1 holds ${capacity} bytes, not ${stated}: all tensors lie in it, twice`);
  const widthBits = Math.min(2 ** 16, Math.max(256, 8 * 2 ** Math.ceil(Math.log2(dramBytes))));
  const banks = Math.max(1, widthBits / 64);
  const row = 8 * banks;
  return {
    notes,
    document: {
      clocks: { core: '1 GHz', dram: `${dramBytes / bus} GHz` },
      blocks: {
        core0: {
          blocks: {
            pe: { use: 'given-cycles', with: { macsPerCycle: machine.compute.instances } },
            l1: {
              use: 'sram',
              with: { capacityBytes: Math.min(2 ** 31 - row, row * Math.ceil(capacity / row)), banks, wordBits: 64, portWidthBits: widthBits },
            },
            dma: { use: 'dma', with: { widthBits, outstandingBursts: 16, descriptorsInFlight: 8 } },
          },
          connect: [
            ['pe.memory0', 'l1.port0'],
            ['dma.local', 'l1.port1'],
          ],
        },
        noc: { use: 'ideal' },
        dram: { use: 'dram-simple', clock: 'dram', with: { channels: 1, burstBytes: BURST_BYTES, bytesPerCycle: bus } },
      },
      connect: [
        ['core0.dma.network', 'noc.node0'],
        ['core0.l1.port2', 'noc.node1'],
        ['dram.port0', 'noc.node2'],
      ],
    },
  };
}

function rateOf(level: StorageLevel | undefined): number | undefined {
  const words = level?.sharedBandwidth ?? level?.readBandwidth ?? level?.writeBandwidth;
  return words === undefined || level === undefined ? undefined : (words * level.wordBits) / 8;
}

function bytesOf({ sizeWords = 0, wordBits }: StorageLevel): number {
  return Math.ceil((sizeWords * wordBits) / 8);
}

/** Bytes of all tensors' tiles at the level of our local memory. */
export function localTileBytes(nest: LoopNest, problem: Problem, machine: TimeloopMachine): number {
  const loops = loopNames(problem);
  const reach = new Map<string, number>();
  for (const level of nest.levels.slice(1)) for (const { loop, size } of level.loops) reach.set(loop, (reach.get(loop) ?? 1) * size);
  const bits = machine.levels[0]?.wordBits ?? 8;
  return problem.dataSpaces.reduce((all, space) => {
    const words = space.axes.reduce(
      (size, terms) =>
        size *
        terms.reduce(
          (width, { dimension, coefficient }) => width + Math.abs(coefficient) * ((reach.get(loops.get(problem.dimensions[dimension]!)!) ?? 1) - 1),
          1,
        ),
      1,
    );
    return all + Math.ceil((Math.min(words, tensorSize(problem, space)) * bits) / 8);
  }, 0);
}

/** Our twin's figures in the form of an estimate. */
export function toEstimate(problem: Problem, figures: TimeloopFigures, clockHz = 1e9): Estimate {
  const { cycles, energyPj, energyMissing, computeCycles } = figures;
  const macs = problem.sizes.reduce((all, size) => all * size, 1);
  const layer = layerName(problem);
  return {
    estimator: 'timeloop',
    notes: [
      'the longest of the arithmetic and of the words of each level over its bandwidth; no start, no end, no contention',
      ...(energyMissing.length === 0 ? [] : [`no energy is known of ${energyMissing.join(', ')}`]),
    ],
    cycles,
    seconds: cycles / clockHz,
    ...(energyMissing.length === 0 ? { energyPj } : {}),
    layers: [{ layer, operator: problem.dimensions.includes('R') ? 'conv' : 'matmul', macs, cycles, computeCycles }],
    resources: figures.levels.map(({ level, cycles: busy, throttling, spaces, instances }) => {
      const words = (count: (space: (typeof spaces)[number]) => number): number =>
        (instances * level.wordBits * spaces.reduce((all, space) => all + count(space), 0)) / 8;
      return {
        resource: level.name,
        kind: 'memory',
        busyCycles: throttling < 1 ? busy : busyOf(level, spaces, cycles),
        bytesRead: words(({ reads }) => reads),
        bytesWritten: words(({ fills, updates }) => fills + updates),
      };
    }),
  };
}

/** Cycles in which the busiest port of an instance moves words; 0 where no bandwidth is stated. */
function busyOf(level: StorageLevel, spaces: readonly { readonly reads: number; readonly fills: number; readonly updates: number }[], most: number): number {
  const read = spaces.reduce((all, { reads }) => all + reads, 0);
  const written = spaces.reduce((all, { fills, updates }) => all + fills + updates, 0);
  const over = (words: number, bandwidth: number | undefined): number => (bandwidth === undefined ? 0 : words / bandwidth);
  return Math.min(most, Math.max(over(read, level.readBandwidth), over(written, level.writeBandwidth), over(read + written, level.sharedBandwidth)));
}
