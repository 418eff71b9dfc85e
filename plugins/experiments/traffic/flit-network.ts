import { RandomStream, type ExperimentControl } from 'tessera-sim';
import { buildNetwork, chosenStrategies, describeNetwork, type BuiltNetwork } from 'tessera-sim/noc-flit';
import type { TrafficConfig } from './schema.js';

/** The flit engine, configured. */
export function makeFlitNetwork(config: TrafficConfig, control: ExperimentControl): BuiltNetwork {
  const graph = config.networkText === undefined ? config.graph : new TextDecoder().decode(control.readFile(config.networkText));
  const routes = new RandomStream(control.seed, 'noc-traffic.routes');
  const { config: settled, catalogue } = chosenStrategies(control, config);
  return buildNetwork(describeNetwork(settled, graph), (bound) => routes.below(bound), catalogue);
}
