import { definePlugin, InputError, type RunnerControl, type RunnerResult } from '../../../core/index.js';
import { linkLoads, type BuiltNetwork } from '../../networks/noc-flit/api.js';
import type { LatencyTally } from './latency-tally.js';
import { makeNetwork, runLoad, type LoadedNetwork } from './network-load.js';
import { readPacketTrace, TraceRun } from './packet-trace.js';
import { findSaturation } from './saturation.js';
import { trafficSchema, type TrafficConfig } from './schema.js';

type Row = Readonly<Record<string, unknown>>;

/** `kind: traffic`: synthetic load or a packet trace on a flit-level network alone. */
export const trafficRunner = definePlugin<TrafficConfig>({
  kind: 'runner',
  name: 'traffic',
  version: '1.0.0',
  summary: 'Synthetic traffic or a packet trace on a flit-level network: latency, load-latency curve, saturation',
  sources: ['docs/models/noc-flit.md'],
  configSchema: trafficSchema,
  run: (config, control) => Promise.resolve(config.trace === undefined ? runPattern(config, control) : runTrace(config, config.trace, control)),
});

const units = {
  packetLatency: 'cycles',
  networkLatency: 'cycles',
  latencyP50: 'cycles',
  latencyP95: 'cycles',
  latencyP99: 'cycles',
  latencyMax: 'cycles',
  acceptedRate: 'flits/node/cycle',
  hops: 'routers',
  saturationLoad: 'flits/node/cycle',
} as const;

function runPattern(config: TrafficConfig, control: RunnerControl): RunnerResult {
  const loads = config.loads ?? (config.load === undefined ? [] : [config.load]);
  if (loads.length === 0 && !config.findSaturation) {
    throw new InputError({ path: 'load', message: 'the scenario says neither `load`, `loads`, `findSaturation` nor `trace`', expected: 'an offered load in flits per node and cycle' });
  }
  const curve: Row[] = [];
  let last: LoadedNetwork | undefined;
  let events = 0;
  const at = (load: number): LoadedNetwork => {
    const loaded = runLoad(config, load, control);
    events += loaded.result.flitHops;
    curve.push(curveRow(load, loaded));
    control.progress({ simulatedSeconds: loaded.result.cycles * 1e-9, events, done: curve.length });
    return loaded;
  };
  for (const load of loads) {
    if (control.shouldStop()) break;
    last = at(load);
  }
  const saturation = config.findSaturation ? findSaturation((load) => control.shouldStop() || at(load).result.stable, config.saturationPrecision) : undefined;
  curve.sort((a, b) => Number(a['load']) - Number(b['load']));
  return {
    metrics: { ...(last === undefined ? {} : loadMetrics(last)), ...(saturation === undefined ? {} : { saturationLoad: saturation.stableLoad }) },
    units,
    tables: { curve, ...(last === undefined ? {} : networkTables(last.built, last.result.tally, last.result.cycles)) },
  };
}

function loadMetrics({ built, result }: LoadedNetwork): Record<string, number> {
  return { cycles: result.cycles, stable: result.stable ? 1 : 0, acceptedRate: result.acceptedRate, ...latencyMetrics(result.tally), ...stallMetrics(built) };
}

function latencyMetrics(tally: LatencyTally): Record<string, number> {
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

function stallMetrics({ network }: BuiltNetwork): Record<string, number> {
  const { noVc, noCredit, lostSwitch } = network.stalls;
  return { flitHops: network.state.flitHops, stallNoVc: noVc, stallNoCredit: noCredit, stallLostSwitch: lostSwitch };
}

function curveRow(load: number, { result }: LoadedNetwork): Row {
  return { load, stable: result.stable, acceptedRate: result.acceptedRate, ...latencyMetrics(result.tally) };
}

/** Links with their utilisation per virtual channel (the heat map), router places, latency histogram. */
function networkTables(built: BuiltNetwork, tally: LatencyTally, cycles: number): Record<string, readonly Row[]> {
  const width = Math.max(1, Math.ceil(tally.longest / 64));
  return {
    latencyHistogram: tally.bins(width).map((bin) => ({ ...bin })),
    links: linkLoads(built.network.state).map((link) => ({ ...link, utilisation: link.flits / Math.max(1, cycles) })),
    routers: (built.graph.positions ?? []).map(([x, y], router) => ({ router, x, y })),
  };
}

function runTrace(config: TrafficConfig, file: string, control: RunnerControl): RunnerResult {
  const built = makeNetwork(config, control);
  const trace = readPacketTrace(new TextDecoder().decode(control.readFile(file)), file, built.network.nodes);
  const run = new TraceRun(built.network, trace, config.flitBytes);
  const cycles = run.run(() => control.shouldStop());
  control.progress({ simulatedSeconds: cycles * 1e-9, events: built.network.state.flitHops, done: run.tally.packets, total: trace.length });
  return {
    metrics: { cycles, ...latencyMetrics(run.tally), ...stallMetrics(built) },
    units,
    tables: {
      packets: trace.map(({ source, destination, bytes }, packet) => ({ packet, source, destination, bytes, arrivedCycle: run.arrivals[packet]! })),
      ...networkTables(built, run.tally, cycles),
    },
  };
}
