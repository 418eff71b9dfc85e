/** Results as `kind: traffic` makes them, without a run. Numbers are plausible, not measured. */
import { digestOf, type ExperimentResult } from '../../../core/index.js';
import { buildGraph, builtIn, routerPlaces, type NetworkDescription } from '../../../plugins/networks/noc-flit/api.js';
import { experimentResult } from './sample-result.js';

export type Rows = NonNullable<ExperimentResult['tables']>[string];

/** Six loads of which the last two are unstable; the bisection ended between 0.6 and 0.7. */
export const CURVE: Rows = [
  [0.7, false, 600],
  [0.1, true, 21],
  [0.3, true, 24],
  [0.5, true, 33],
  [0.6, true, 80],
  [1, false, 900],
].map(([load, stable, cycles]) => ({
  load,
  stable,
  acceptedRate: Math.min(Number(load), 0.65),
  packets: 1000,
  packetLatency: cycles,
  networkLatency: 20,
  latencyP50: Number(cycles) - 1,
  latencyP95: Number(cycles) * 2,
  latencyP99: Number(cycles) * 3,
  latencyMax: Number(cycles) * 4,
  hops: 3.5,
  flitHops: 200,
  stallNoVc: Number(load) * 10,
  stallNoCredit: Number(load) * 20,
  stallLostSwitch: Number(load) * 70,
}));

/** Tables `links` and `routers` of a network; link i carries 10 i flits, a quarter of them on VC 1, in 10,000 cycles. */
export function networkTables(description: NetworkDescription): Record<'links' | 'routers', Rows> {
  const graph = buildGraph(description, builtIn);
  return {
    links: graph.channels.map(({ from, to }, i) => ({
      from: from.router,
      to: to.router,
      label: `r${from.router}.${from.port}-r${to.router}`,
      flits: 10 * i,
      vcFlits: [7.5 * i, 2.5 * i],
      utilisation: (10 * i) / 10_000,
    })),
    routers: routerPlaces(graph).map(([x, y], router) => ({ router, x, y, nodes: [router] })),
  };
}

export interface TrafficOptions {
  readonly scenario?: string;
  readonly network?: NetworkDescription;
  readonly curve?: Rows;
  readonly saturationLoad?: number;
}

export function trafficResult({
  scenario = 'mesh-uniform',
  network = { topology: 'mesh', options: { k: 3, n: 2 } },
  curve = CURVE,
  saturationLoad,
}: TrafficOptions = {}): ExperimentResult {
  const { load, stable: _stable, ...shown } = curve[4] ?? curve[0]!;
  const metrics = {
    load: Number(load),
    cycles: 10_000,
    stable: 1,
    ...(shown as Record<string, number>),
    ...(saturationLoad === undefined ? {} : { saturationLoad }),
  };
  const latencyHistogram = [
    { latencyCycles: 12, packets: 5 },
    { latencyCycles: 16, packets: 90 },
    { latencyCycles: 28, packets: 5 },
  ];
  const tables = { curve, latencyHistogram, ...networkTables(network) };
  return {
    ...experimentResult(),
    name: scenario,
    scenario,
    metrics,
    units: { load: 'flits/node/cycle', packetLatency: 'cycles', latencyCycles: 'cycles' },
    tables,
    digest: digestOf({ metrics, tables }),
  };
}
