import { definePlugin, InputError, type ExperimentControl, type ExperimentFigures } from 'tessera-sim';
import { LoadCurve } from './load-curve.js';
import { units } from './measures.js';
import { readPacketTrace, TraceRun } from './packet-trace.js';
import { findSaturation } from 'tessera-sim/traffic';
import { makeTarget } from './traffic-target.js';
import { trafficSchema, type TrafficConfig } from './schema.js';

/** `kind: traffic`: synthetic load or a packet trace on a network alone: the flit engine, or any network plugin. */
const trafficExperiment = definePlugin<TrafficConfig>({
  kind: 'experiment',
  name: 'traffic',
  version: '1.0.0',
  summary: 'Synthetic traffic or a packet trace on any network: latency, load-latency curve, saturation',
  sources: ['docs/models/noc-flit.md'],
  configSchema: trafficSchema,
  run: (config, control) =>
    Promise.resolve(checkTraffic(config)).then(() => (config.trace === undefined ? runPattern(config, control) : runTrace(config, config.trace, control))),
});

/** What of a scenario would be left aside without a word. */
function checkTraffic({ load, loads, findSaturation: searches, trace, networkText, topology, block, maxSamples, warmupPeriods }: TrafficConfig): void {
  const problem = (path: string, message: string, expected: string) => new InputError({ path, message, expected });
  const offered = Object.entries({ load, loads, ...(searches ? { findSaturation: searches } : {}) }).find(([, value]) => value !== undefined);
  if (trace !== undefined && offered !== undefined) throw problem(offered[0], 'means nothing beside `trace`, which says every packet', 'either of them');
  if (load !== undefined && loads !== undefined) throw problem('load', 'stands beside `loads`', 'one of them');
  if (networkText !== undefined && (block !== undefined || topology !== 'anynet'))
    throw problem('networkText', 'is read for topology anynet only', 'topology: anynet');
  if (maxSamples <= warmupPeriods) {
    throw problem('maxSamples', `${maxSamples} periods leave none to measure after ${warmupPeriods} of warm-up`, 'more than `warmupPeriods`');
  }
}

function runPattern(config: TrafficConfig, control: ExperimentControl): ExperimentFigures {
  const loads = config.loads ?? (config.load === undefined ? [] : [config.load]);
  if (loads.length === 0 && !config.findSaturation) {
    throw new InputError({
      path: 'load',
      message: 'the scenario says neither `load`, `loads`, `findSaturation` nor `trace`',
      expected: 'an offered load in flits per node and cycle',
    });
  }
  const curve = new LoadCurve(config, control);
  for (const load of loads) {
    if (control.shouldStop()) break;
    curve.at(load);
  }
  const saturation = config.findSaturation ? findSaturation((load) => control.shouldStop() || curve.at(load).isStable, config.saturationPrecision) : undefined;
  // Headline, tables and maps are those of a load that the network can bear; what lies beyond saturation is in the curve alone.
  const shown = curve.shown();
  if (shown !== undefined) curve.progress(shown);
  return {
    metrics: { ...shown?.metrics, ...(saturation === undefined ? {} : { saturationLoad: saturation.stableLoad }) },
    units,
    tables: { curve: curve.rows(), ...shown?.tables },
  };
}

function runTrace(config: TrafficConfig, file: string, control: ExperimentControl): ExperimentFigures {
  const target = makeTarget(config, control);
  const trace = readPacketTrace(new TextDecoder().decode(control.readFile(file)), file, target.network.nodes);
  const run = new TraceRun(target.network, trace, config.flitBytes);
  const cycles = run.run(() => control.shouldStop());
  control.progress({ simulatedSeconds: cycles * 1e-9, events: target.network.flitHops, done: run.tally.packets, total: trace.length });
  return {
    metrics: { cycles, ...target.metrics(run.tally) },
    units,
    tables: {
      packets: trace.map(({ source, destination, bytes }, packet) => ({ packet, source, destination, bytes, arrivedCycle: run.arrivals[packet]! })),
      ...target.tables(run.tally, cycles),
    },
  };
}

export default trafficExperiment;
