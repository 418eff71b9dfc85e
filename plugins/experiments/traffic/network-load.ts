import { RandomStream, type ExperimentControl } from 'tessera-sim';
import { buildNetwork, describeNetwork, chosenStrategies, type BuiltNetwork } from 'tessera-sim/noc-flit';
import { BernoulliLoad, BernoulliSources, type LoadResult, LoadRun, makePattern, patternShape } from 'tessera-sim/traffic';
import type { TrafficConfig } from './schema.js';

/** The configured network, fresh and empty. */
export function makeNetwork(config: TrafficConfig, control: ExperimentControl): BuiltNetwork {
  const graph = config.networkText === undefined ? config.graph : new TextDecoder().decode(control.readFile(config.networkText));
  const routes = new RandomStream(control.seed, 'noc-traffic.routes');
  const { config: settled, catalogue } = chosenStrategies(control, config);
  return buildNetwork(describeNetwork(settled, graph), (bound) => routes.below(bound), catalogue);
}

export interface LoadedNetwork {
  readonly built: BuiltNetwork;
  readonly result: LoadResult;
}

/** One run at `load` flits per node and cycle. Every load has the same seeds, so that curves are smooth. */
export function runLoad(config: TrafficConfig, load: number, control: ExperimentControl): LoadedNetwork {
  const built = makeNetwork(config, control);
  const { network } = built;
  const destinations = new RandomStream(control.seed, 'noc-traffic.destinations');
  const shape = patternShape(config.topology, { k: config.k }, network.nodes);
  const destinationOf = makePattern(config.pattern, shape, (bound) => destinations.below(bound));
  const sources = new BernoulliSources(network.nodes, load / config.packetFlits, control.seed, 'noc-traffic.sources');
  const phases = { ...config, convergence: 0.05 };
  const result = new LoadRun(network, new BernoulliLoad(network, sources, destinationOf, config.packetFlits), phases, () => control.shouldStop()).run();
  return { built, result };
}
