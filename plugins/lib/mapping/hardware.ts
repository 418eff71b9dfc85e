import { computeUnitOf, cutBytesPerCycle, InputError, operatorName, type BlockFacts, type MachineBlock, type MachineDescription } from 'tessera-sim';
import { hopsBetween } from './home-distance.js';
import type { MappedLayer } from './mapped-layer.js';

export type CoreFacts = Extract<BlockFacts, { kind: 'core' }>;

/** A compute core with its facts. */
export interface Engine {
  readonly path: string;
  readonly facts: CoreFacts;
  readonly frequencyHz: number;
  /** Sums that the accumulators hold; the partial sums of a longer stream pass through the memory. */
  readonly sums: number;
}

/**
 * What a layer or a part of one is given to: an array, a vector unit or both, with the local memory they work from and
 * the transfer engine that fills it. Arrays that share a memory share its room.
 */
export interface Worker {
  readonly name: string;
  readonly engines: readonly Engine[];
  /** Undefined when the cores have no local memory with a transfer engine: they then work on the home memory. */
  readonly memory: string | undefined;
  /** First byte and size of the worker's part of the memory. */
  readonly baseAddress: number;
  readonly capacityBytes: number;
  readonly dma: string | undefined;
  /** What one transfer costs its engine beside its bytes: set-up, and its share of the home memory's latency. */
  readonly transferSeconds: number;
  /** What its transfer engine can bring in from the network; Infinity without one. */
  readonly bytesPerSecond: number;
  /** Routers on the way to the home memory, where that is known. */
  readonly homeHops: number;
  /** What a message costs its receiver beside its bytes: a hop of the network at the engine. */
  readonly messageSeconds: number;
  /** From the end of one core's work to its result in a neighbour's memory: set-up, and a few hops there and back. */
  readonly exchangeSeconds: number;
}

export interface Hardware {
  readonly workers: readonly Worker[];
  /** Path of the memory that tensors live in between layers. */
  readonly home: string;
  /** What the memory and the links that lead to it can move, whichever is less. */
  readonly homeBytesPerSecond: number;
  /** Bytes below which a contiguous run at home costs as much as a whole burst. */
  readonly homeBurstBytes: number;
}

/** Smallest access of the usual DRAMs: 8 beats of 64 bits (DDR4), 16 of 32 (DDR5, LPDDR), 4 of 128 (HBM). */
const DRAM_BURST_BYTES = 64;

/** Finds workers, their memories and the home memory in the machine. Throws InputError when there is no core or no home. */
export function readHardware(machine: MachineDescription): Hardware {
  const home = machine.blocks.find(({ facts }) => (facts.kind === 'memory' || facts.kind === 'pim') && facts.isHome);
  if (home === undefined || (home.facts.kind !== 'memory' && home.facts.kind !== 'pim')) {
    throw new InputError({
      path: 'machine.blocks',
      message: `machine '${machine.name}' has no home memory for its tensors`,
      expected: 'a block like dram-simple',
    });
  }
  const workers = readWorkers(machine, home.facts.latencyCycles / home.clock.frequencyHz).map((worker): Worker => ({
    ...worker,
    homeHops: hopsBetween(machine, worker.dma ?? worker.name, home.path),
  }));
  if (workers.length === 0) {
    throw new InputError({ path: 'machine.blocks', message: `machine '${machine.name}' has no compute core`, expected: 'a block like systolic or vector' });
  }
  const ownRate = home.facts.peakBytesPerCycle * home.clock.frequencyHz;
  return {
    workers,
    home: home.path,
    homeBytesPerSecond: Math.min(ownRate, cutBytesPerCycle(machine, home) * machine.referenceClock.frequencyHz),
    homeBurstBytes: DRAM_BURST_BYTES,
  };
}

function readWorkers(machine: MachineDescription, homeLatencySeconds: number): Worker[] {
  const groups = new Map<string, { memory: MachineBlock | undefined; cores: MachineBlock[] }>();
  for (const core of machine.blocks.filter(({ facts }) => facts.kind === 'core')) {
    const memory = localMemoryOf(machine, core.path);
    const key = memory?.path ?? core.path;
    const group = groups.get(key) ?? { memory, cores: [] };
    group.cores.push(core);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ memory, cores }) => workersAround(machine, memory, cores, homeLatencySeconds));
}

function localMemoryOf(machine: MachineDescription, core: string): MachineBlock | undefined {
  return machine
    .neighbours(core)
    .map((path) => machine.block(path))
    .find((block) => block?.facts.kind === 'memory' && !block.facts.isHome && block.facts.forwards !== true);
}

/** One worker for each array at the memory (or for each vector unit when there is no array), vector units dealt out. */
function workersAround(machine: MachineDescription, memory: MachineBlock | undefined, cores: readonly MachineBlock[], homeLatencySeconds: number): Worker[] {
  const engines = cores.map(engineOf);
  const arrays = engines.filter((engine) => !isVectorUnit(engine));
  const vectors = engines.filter(isVectorUnit);
  const leaders = arrays.length > 0 ? arrays : vectors;
  const followers = arrays.length > 0 ? vectors : [];
  const dmas = memory === undefined ? [] : machine.neighbours(memory.path).filter((path) => machine.block(path)?.facts.kind === 'dma');
  const capacity = memory?.facts.kind === 'memory' && dmas.length > 0 ? memory.facts.capacityBytes : 0;
  const share = Math.floor(capacity / leaders.length / SHARE_ALIGNMENT_BYTES) * SHARE_ALIGNMENT_BYTES;
  return leaders.map((leader, index) => ({
    name: leader.path,
    engines: [leader, ...followers.filter((_, f) => followers.length < leaders.length || f % leaders.length === index)],
    memory: dmas.length > 0 ? memory?.path : undefined,
    baseAddress: index * share,
    capacityBytes: share,
    dma: dmas[index % Math.max(1, dmas.length)],
    transferSeconds: transferSeconds(machine.block(dmas[index % Math.max(1, dmas.length)] ?? ''), homeLatencySeconds),
    homeHops: 0,
    ...engineRates(machine, machine.block(dmas[index % Math.max(1, dmas.length)] ?? '')),
  }));
}

/** Read, write and acknowledgement of a neighbour's memory over a router each. */
const HOPS_OF_EXCHANGE = 6;

/** The narrowest of the engine's connections and of the network behind them, and a hop of that network. */
function engineRates(machine: MachineDescription, dma: MachineBlock | undefined): Pick<Worker, 'bytesPerSecond' | 'messageSeconds' | 'exchangeSeconds'> {
  let bytesPerSecond = Infinity;
  let messageSeconds = 0;
  for (const { from, to, widthBits, clock } of machine.connections) {
    const ends = [from, to].map((port) => port.slice(0, port.lastIndexOf('.')));
    if (dma === undefined || !ends.includes(dma.path)) continue;
    bytesPerSecond = Math.min(bytesPerSecond, (widthBits / 8) * clock.frequencyHz);
    for (const { facts, clock: own } of ends.flatMap((end) => machine.block(end) ?? [])) {
      if (facts.kind !== 'network' && facts.kind !== 'link') continue;
      bytesPerSecond = Math.min(bytesPerSecond, facts.linkBytesPerCycle * own.frequencyHz);
      messageSeconds = Math.max(messageSeconds, facts.hopCycles / own.frequencyHz);
    }
  }
  const setup = dma?.facts.kind === 'dma' ? dma.facts.setupCycles / dma.clock.frequencyHz : 0;
  return { bytesPerSecond, messageSeconds, exchangeSeconds: setup + HOPS_OF_EXCHANGE * messageSeconds };
}

/** Tiles on their way at once, with two buffers an operand. */
const TILES_IN_FLIGHT = 2;

/** Transfers in flight hide one another's latency, as far as buffers and descriptors go. */
function transferSeconds(dma: MachineBlock | undefined, homeLatencySeconds: number): number {
  if (dma?.facts.kind !== 'dma') return 0;
  return dma.facts.setupCycles / dma.clock.frequencyHz + homeLatencySeconds / Math.min(TILES_IN_FLIGHT, dma.facts.descriptorsInFlight);
}

/** Parts of a shared memory start at a whole wide word. */
const SHARE_ALIGNMENT_BYTES = 64;

function engineOf(block: MachineBlock): Engine {
  const facts = block.facts as CoreFacts;
  return { path: block.path, facts, frequencyHz: block.clock.frequencyHz, sums: sumsOf(block, facts) };
}

/** Of an array that states its accumulators, as `systolic` does; an output-stationary one keeps its sums in the cells. */
function sumsOf({ config }: MachineBlock, { dataflow }: CoreFacts): number {
  const { accumulatorBytes, accumulatorBits } = config;
  if (typeof accumulatorBytes !== 'number' || typeof accumulatorBits !== 'number' || dataflow === 'output-stationary') return Infinity;
  return Math.floor((8 * accumulatorBytes) / accumulatorBits);
}

function isVectorUnit(engine: Engine): boolean {
  return computeUnitOf(engine.facts) === 'vector';
}

const chosenEngines = new WeakMap<Worker, Map<MappedLayer, Engine | undefined>>();

/** The worker's core for a layer: arrays first for multiply-accumulates, vector units first for everything else. */
export function engineFor(worker: Worker, layer: MappedLayer): Engine | undefined {
  let known = chosenEngines.get(worker);
  if (known === undefined) chosenEngines.set(worker, (known = new Map()));
  if (!known.has(layer)) known.set(layer, chooseEngine(worker, layer));
  return known.get(layer);
}

function chooseEngine(worker: Worker, layer: MappedLayer): Engine | undefined {
  const able = worker.engines.filter((engine) => accepts(engine, layer));
  const wantsVector = layer.class !== 'mac';
  return able.find((engine) => isVectorUnit(engine) === wantsVector) ?? able[0];
}

function accepts(engine: Engine, layer: MappedLayer): boolean {
  const operators = engine.facts.operators.map(operatorName);
  if (operators.includes(operatorName(layer.operator))) return true;
  return layer.class === 'mac' ? !isVectorUnit(engine) : engine.facts.operators.includes('*');
}

/** So many of the workers as are needed: those nearest to the home memory, in the order of the machine. */
export function nearestWorkers(workers: readonly Worker[], count: number): readonly Worker[] {
  if (count >= workers.length) return workers;
  const nearest = new Set([...workers].sort((a, b) => a.homeHops - b.homeHops).slice(0, count));
  return workers.filter((worker) => nearest.has(worker));
}

/** Workers that can execute the layer, fastest kind first kept in machine order. Throws InputError when there is none. */
export function workersFor(hardware: Hardware, layer: MappedLayer): readonly Worker[] {
  const able = hardware.workers.filter((worker) => engineFor(worker, layer) !== undefined);
  const suited = able.filter((worker) => isVectorUnit(engineFor(worker, layer) as Engine) === (layer.class !== 'mac'));
  if (able.length > 0) return suited.length > 0 ? suited : able;
  const known = [...new Set(hardware.workers.flatMap((worker) => worker.engines.flatMap((engine) => engine.facts.operators)))];
  throw new InputError({
    path: `layer ${layer.name}`,
    message: `no core of the machine executes operator '${layer.operator}'`,
    expected: `a core for it (the machine has: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''})`,
  });
}
