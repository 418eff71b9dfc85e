import type { Machine } from 'tessera-sim';
import { linkLoads, routerPlaces, type BuiltNetwork } from 'tessera-sim/noc-flit';
import type { LatencyTally } from 'tessera-sim/traffic';

/** A row of a result's table. */
export type Row = Readonly<Record<string, unknown>>;

/** Units of the metrics and of the columns of the tables. */
export const units = {
  load: 'flits/node/cycle',
  offeredRate: 'flits/node/cycle',
  acceptedRate: 'flits/node/cycle',
  latencyLimitCycles: 'cycles',
  saturationLoad: 'flits/node/cycle',
  cycles: 'cycles',
  packets: 'packets',
  packetLatency: 'cycles',
  networkLatency: 'cycles',
  latencyP50: 'cycles',
  latencyP95: 'cycles',
  latencyP99: 'cycles',
  latencyMax: 'cycles',
  latencyCycles: 'cycles',
  arrivedCycle: 'cycles',
  hops: 'routers',
  flitHops: 'flits',
  flits: 'flits',
  vcFlits: 'flits',
  bytes: 'bytes',
  stallNoVc: 'cycles',
  stallNoCredit: 'cycles',
  stallLostSwitch: 'cycles',
} as const;

/** Latencies in cycles, hops in routers: means and percentiles over the packets measured. */
export function latencyMetrics(tally: LatencyTally): Record<string, number> {
  const per = (sum: number): number => (tally.packets === 0 ? 0 : sum / tally.packets);
  return {
    packets: tally.packets,
    packetLatency: per(tally.latencySum),
    networkLatency: per(tally.networkLatencySum),
    latencyP50: tally.percentile(0.5),
    latencyP95: tally.percentile(0.95),
    latencyP99: tally.percentile(0.99),
    latencyMax: tally.longest,
    hops: per(tally.hopSum),
  };
}

/** Cycles in which virtual channels waited, by cause, since the start; flit hops to set them against. */
export function stallMetrics({ network }: BuiltNetwork): Record<string, number> {
  const { noVc, noCredit, lostSwitch } = network.stalls;
  return { flitHops: network.flitHops, stallNoVc: noVc, stallNoCredit: noCredit, stallLostSwitch: lostSwitch };
}

/** Links with their utilisation per virtual channel (the heat map), router places, latency histogram. */
export function networkTables(built: BuiltNetwork, tally: LatencyTally, cycles: number): Record<string, readonly Row[]> {
  return {
    ...latencyTable(tally),
    links: linkLoads(built.network.state).map((link) => ({ ...link, utilisation: link.flits / Math.max(1, cycles) })),
    routers: routerTable(built),
  };
}

function latencyTable(tally: LatencyTally): Record<string, readonly Row[]> {
  const width = Math.max(1, Math.ceil(tally.longest / 64));
  return { latencyHistogram: tally.bins(width).map((bin) => ({ ...bin })) };
}

/** Statistics of the network block under `network.NAME`. */
export function blockMetrics(machine: Machine): Record<string, number> {
  machine.finish();
  const { statistics } = machine.built('network');
  return Object.fromEntries(Object.entries(statistics).map(([name, value]) => [`network.${name}`, value]));
}

/** The block's own tables, those that are lists of rows. */
export function blockTables(machine: Machine, tally: LatencyTally): Record<string, readonly Row[]> {
  const own = Object.entries(machine.block('network').report?.() ?? {});
  const isTable = (value: unknown): value is readonly Row[] => Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null);
  return { ...latencyTable(tally), ...Object.fromEntries(own.filter(([, value]) => isTable(value)) as [string, readonly Row[]][]) };
}

/** Where each router is drawn, and the nodes that send into it. */
function routerTable({ graph }: BuiltNetwork): Row[] {
  const nodes = Array.from({ length: graph.routers }, (): number[] => []);
  graph.terminals.forEach((terminal, node) => nodes[terminal.router]!.push(node));
  return routerPlaces(graph).map(([x, y], router) => ({ router, x, y, nodes: nodes[router] }));
}
