import { InputError, type ExperimentControl } from 'tessera-sim';
import type { BuiltNetwork } from 'tessera-sim/noc-flit';
import { patternShape, type LatencyTally, type LoadTarget, type PatternShape } from 'tessera-sim/traffic';
import { BlockNetwork } from './block-network.js';
import { makeFlitNetwork } from './flit-network.js';
import { blockMetrics, blockTables, latencyMetrics, networkTables, stallMetrics, type Row } from './measures.js';
import type { TrafficConfig } from './schema.js';

/** A network that has been put together for one run, with what can be said of it afterwards. */
export interface TrafficTarget {
  readonly network: LoadTarget;
  readonly shape: PatternShape;
  metrics(tally: LatencyTally): Record<string, number>;
  tables(tally: LatencyTally, cycles: number): Record<string, readonly Row[]>;
}

/** The configured network, fresh and empty: the flit engine, or a block behind benches. */
export function makeTarget(config: TrafficConfig, control: ExperimentControl): TrafficTarget {
  return config.block === undefined ? flitTarget(config, makeFlitNetwork(config, control)) : blockTarget(config, control);
}

function flitTarget(config: TrafficConfig, built: BuiltNetwork): TrafficTarget {
  return {
    network: built.network,
    shape: patternShape(config.topology, { k: config.k }, built.network.nodes),
    metrics: (tally) => ({ ...latencyMetrics(tally), ...stallMetrics(built) }),
    tables: (tally, cycles) => networkTables(built, tally, cycles),
  };
}

/** Nodes count as a square where they make one, for the patterns that know rows and columns. */
function blockTarget(config: TrafficConfig, control: ExperimentControl): TrafficTarget {
  if (config.networkText !== undefined || config.graph !== undefined) {
    throw new InputError({ path: 'block', message: 'a block brings its own graph', expected: 'no `graph` and no `networkText` beside `block`' });
  }
  const network = new BlockNetwork(config.block!, config.nodes, config.flitBytes, control);
  const side = Math.sqrt(network.nodes);
  const shape =
    Number.isInteger(side) && side > 1 ? { nodes: network.nodes, radix: side, digits: 2 } : { nodes: network.nodes, radix: network.nodes, digits: 1 };
  return {
    network,
    shape,
    metrics: (tally) => {
      const { hops: _, ...latencies } = latencyMetrics(tally);
      return { ...latencies, ...blockMetrics(network.machine) };
    },
    tables: (tally) => blockTables(network.machine, tally),
  };
}
