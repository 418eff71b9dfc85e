import { definePlugin, type ReferenceRecord, type ToolContext } from 'tessera-sim';
import { runRecord } from 'tessera-sim/traffic';

/** What a record of a stable load says that the simulation says too. */
const STABLE_METRICS = [
  'packet_latency_avg',
  'network_latency_avg',
  'flit_latency_avg',
  'hops_avg',
  'accepted_rate_avg',
  'injected_rate_avg',
  'fragmentation_avg',
  'packet_latency_min',
  'packet_latency_max',
];

/** Runs `noc-traffic` records of BookSim2 with the record's own seed: the same packets, the same choices, cycle by cycle. */
export const nocTrafficCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'noc-traffic',
  version: '2.0.0',
  summary: 'Replays records of BookSim2 (latency and accepted rate over offered load) through the flit-level network',
  sources: ['docs/models/noc-flit.md'],
  recordKind: 'noc-traffic',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  comparable: (record) => (record.expected['stable'] === false ? ['accepted_rate_avg'] : STABLE_METRICS),
});

/** Averages of one run under the reference's own names: cycles, routers, flits per node and cycle. */
export function simulate(record: ReferenceRecord, context?: Pick<ToolContext, 'shouldStop'>): Readonly<Record<string, number>> {
  const { tally, acceptedRate, injectedRate, stable, cycles } = runRecord(record.config, record.workload, undefined, () => context?.shouldStop() === true);
  const perPacket = (sum: number): number => (tally.packets === 0 ? 0 : sum / tally.packets);
  return {
    packet_latency_avg: perPacket(tally.latencySum),
    packet_latency_min: tally.packets === 0 ? 0 : tally.shortest,
    packet_latency_max: tally.longest,
    network_latency_avg: perPacket(tally.networkLatencySum),
    flit_latency_avg: tally.flits === 0 ? 0 : tally.flitLatencySum / tally.flits,
    hops_avg: perPacket(tally.hopSum),
    fragmentation_avg: perPacket(tally.fragmentationSum),
    accepted_rate_avg: acceptedRate,
    injected_rate_avg: injectedRate,
    stable: stable ? 1 : 0,
    cycles,
  };
}

export default nocTrafficCrosscheck;
