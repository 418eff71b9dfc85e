import { definePlugin, type ReferenceRecord } from '../../../core/index.js';
import { runRecord } from './booksim-record.js';
import type { LoadResult } from './load-run.js';

/** Few packets make a noisy mean: the record's own noise cannot be helped, that of the simulation can. */
const LEAST_REPLICAS = 3;
const MOST_REPLICAS = 32;
/** Replicas are added until the standard error of the mean latency is below this share of it. */
const WANTED_ERROR = 0.002;
/** No more replicas once this many flits have made a hop: a few seconds of work. */
const FLIT_HOP_BUDGET = 6e6;

/** Runs `noc-traffic` records of BookSim2: several seeds each, because one seed of a short run is a sample of one. */
export const nocTrafficCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'noc-traffic',
  version: '1.0.0',
  summary: 'Runs records of BookSim2 (latency and accepted rate over offered load) through the flit-level network',
  sources: ['docs/models/noc-flit.md'],
  recordKind: 'noc-traffic',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate: (record) => simulate(record),
  comparable: (record) => (record.expected['stable'] === false ? ['accepted_rate_avg'] : ['packet_latency_avg', 'network_latency_avg', 'hops_avg']),
});

/** Means over the replicas, under the reference's own names. */
export function simulate(record: ReferenceRecord, mostReplicas = MOST_REPLICAS): Readonly<Record<string, number>> {
  const seed = Number(record.workload['seed'] ?? 1);
  const runs: LoadResult[] = [];
  let flitHops = 0;
  while (runs.length < Math.min(LEAST_REPLICAS, mostReplicas) || (runs.length < mostReplicas && flitHops < FLIT_HOP_BUDGET && relativeError(stableOnes(runs)) > WANTED_ERROR)) {
    // Replica r of seed s has a stream of its own that no other (seed, replica) shares.
    const run = runRecord(record.config, record.workload, seed + 1000 * runs.length);
    flitHops += run.flitHops;
    runs.push(run);
  }
  return summary(stableOnes(runs), runs);
}

/** The runs that count for latencies: the stable ones when they are the majority, else all. */
function stableOnes(runs: readonly LoadResult[]): readonly LoadResult[] {
  const stable = runs.filter((run) => run.stable);
  return 2 * stable.length > runs.length ? stable : runs;
}

function summary(counted: readonly LoadResult[], all: readonly LoadResult[]): Record<string, number> {
  const mean = (value: (run: LoadResult) => number, runs = counted): number => runs.reduce((sum, run) => sum + value(run), 0) / runs.length;
  return {
    packet_latency_avg: mean((run) => run.tally.meanLatency),
    network_latency_avg: mean((run) => run.tally.networkLatencySum / run.tally.packets),
    flit_latency_avg: mean((run) => run.tally.flitLatencySum / run.tally.flits),
    hops_avg: mean((run) => run.tally.hopSum / run.tally.packets),
    fragmentation_avg: mean((run) => run.tally.fragmentationSum / run.tally.packets),
    accepted_rate_avg: mean((run) => run.acceptedRate),
    injected_rate_avg: mean((run) => run.injectedRate),
    stable_share: mean((run) => (run.stable ? 1 : 0), all),
  };
}

/** Standard error of the mean latency, relative to it. */
function relativeError(runs: readonly LoadResult[]): number {
  if (runs.length < 2) return Infinity;
  const values = runs.map((run) => run.tally.meanLatency);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length) / mean;
}
