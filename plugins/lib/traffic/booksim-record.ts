import { InputError } from 'tessera-sim';
import { buildNetwork, type NetworkDescription } from 'tessera-sim/noc-flit';
import { KnuthRandom } from './knuth-random.js';
import { LoadRun, type LoadResult, type PhaseParameters, type StopCheck } from './load-run.js';
import { makePattern, type DestinationOf, type PatternShape } from './patterns.js';
import { ReplayedLoad } from './replayed-load.js';

type Loose = Readonly<Record<string, unknown>>;

/** The network that a BookSim2 configuration describes. */
function networkOfRecord(config: Loose): NetworkDescription {
  const number = (name: string, fallback: number): number => numberOf(config, name, fallback);
  const topology = text(config, 'topology', 'mesh');
  const c = config['c'];
  return {
    topology,
    routing: routingName(topology, text(config, 'routing_function', 'dim_order')),
    options: {
      ...config,
      k: number('k', 8),
      n: number('n', 2),
      ...(c === undefined ? {} : { c }),
      nocLatency: number('use_noc_latency', 1) !== 0,
      text: config['network_text'] ?? config['network'],
    },
    router: {
      numVcs: number('num_vcs', 16),
      vcBufferFlits: number('vc_buf_size', 8),
      routingDelay: number('routing_delay', 1),
      vcAllocDelay: number('vc_alloc_delay', 1),
      switchAllocDelay: number('sw_alloc_delay', 1),
      switchPrepareDelay: number('st_prepare_delay', 0),
      switchFinalDelay: number('st_final_delay', 1),
      creditDelay: number('credit_delay', 0),
      inputSpeedup: number('input_speedup', 1),
      outputSpeedup: number('output_speedup', 1),
      internalSpeedup: number('internal_speedup', 1),
      speculative: number('speculative', 0) !== 0,
      holdSwitchForPacket: number('hold_switch_for_packet', 0) !== 0,
      waitForTailCredit: number('wait_for_tail_credit', 0) !== 0,
      vcAllocator: text(config, 'vc_allocator', 'islip'),
      switchAllocator: text(config, 'sw_allocator', 'islip'),
      allocatorIterations: number('alloc_iters', 1),
    },
  };
}

/** BookSim2 writes `dim_order` or `dim_order_mesh`, and `dor` for the same on a mesh. Its `min_adapt` asks fewer ports than ours. */
function routingName(topology: string, name: string): string {
  const plain = name.endsWith(`_${topology}`) ? name.slice(0, -topology.length - 1) : name;
  if (plain === 'min_adapt') return 'min_adapt_booksim';
  return plain === 'dor' && topology !== 'cmesh' ? 'dim_order' : plain;
}

function phasesOf(workload: Loose): PhaseParameters {
  return {
    samplePeriodCycles: numberOf(workload, 'sample_period', 1000),
    warmupPeriods: numberOf(workload, 'warmup_periods', 3),
    maxSamples: numberOf(workload, 'max_samples', 10),
    latencyLimitCycles: numberOf(workload, 'latency_thres', 500),
    convergence: 0.05,
  };
}

/** Digits of a node number: coordinates in the topology, or base k. */
export function patternShape(topology: string, options: Loose, nodes: number): PatternShape {
  const k = numberOf(options, 'k', nodes);
  if (topology === 'cmesh') return { nodes, radix: 2 * k, digits: 2 };
  const digits = Math.round(Math.log(nodes) / Math.log(k));
  return k ** digits === nodes ? { nodes, radix: k, digits } : { nodes, radix: nodes, digits: 1 };
}

/** Run a reference record of kind `noc-traffic` with the random numbers of BookSim2. `seed`: default the record's own. A run that is stopped is not `stable`. */
export function runRecord(config: Loose, workload: Loose, seed = numberOf(workload, 'seed', 0), shouldStop?: StopCheck): LoadResult {
  const description = networkOfRecord(config);
  const random = new KnuthRandom(seed);
  const choose = (bound: number): number => random.below(bound);
  const { network } = buildNetwork(description, choose);
  const shape = patternShape(description.topology, description.options, network.nodes);
  const destinationOf = destinationsOf(config, workload, shape, choose);
  const packetFlits = numberOf(config, 'packet_size', 1);
  const rate = numberOf(workload, 'injection_rate', 0.1);
  const perCycle = numberOf(workload, 'injection_rate_uses_flits', 0) !== 0 ? rate / packetFlits : rate;
  return new LoadRun(network, new ReplayedLoad(network, random, perCycle, destinationOf, packetFlits), phasesOf(workload), shouldStop).run();
}

/** A random permutation has a seed of its own in BookSim2 (`randperm(SEED)` or `perm_seed`); all other patterns draw from the run's stream. */
function destinationsOf(config: Loose, workload: Loose, shape: PatternShape, choose: (bound: number) => number): DestinationOf {
  const traffic = text(workload, 'traffic', 'uniform');
  const [, seed] = /^randperm(?:\((\d+)\))?$/.exec(traffic.trim()) ?? [];
  if (!traffic.trim().startsWith('randperm')) return makePattern(traffic, shape, choose);
  const permutation = booksimPermutation(shape.nodes, seed === undefined ? numberOf({ ...config, ...workload }, 'perm_seed', 0) : Number(seed));
  return (source) => permutation[source]!;
}

/** Number i goes to a random one of the places that are still empty. */
export function booksimPermutation(nodes: number, seed: number): readonly number[] {
  const random = new KnuthRandom(seed);
  const empty = Array.from({ length: nodes }, (_, place) => place);
  const permutation: number[] = [];
  for (let i = 0; i < nodes; i++) permutation[empty.splice(random.below(nodes - i), 1)[0]!] = i;
  return permutation;
}

function numberOf(table: Loose, name: string, fallback: number): number {
  const value = table[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new InputError({ path: name, message: `${JSON.stringify(value)} is not a number` });
  return value;
}

function text(table: Loose, name: string, fallback: string): string {
  const value = table[name] ?? fallback;
  if (typeof value !== 'string') throw new InputError({ path: name, message: `${JSON.stringify(value)} is not a name` });
  return value;
}
