import { RandomStream, type ExperimentControl } from 'tessera-sim';
import { BernoulliLoad, BernoulliSources, type LoadResult, LoadRun, makePattern } from 'tessera-sim/traffic';
import type { TrafficConfig } from './schema.js';
import type { TrafficTarget } from './traffic-target.js';

/** One run at `load` flits per node and cycle. Every load has the same seeds, so that curves are smooth. */
export function runLoad({ network, shape }: TrafficTarget, config: TrafficConfig, load: number, control: ExperimentControl): LoadResult {
  const destinations = new RandomStream(control.seed, 'noc-traffic.destinations');
  const destinationOf = makePattern(config.pattern, shape, (bound) => destinations.below(bound));
  const sources = new BernoulliSources(network.nodes, load / config.packetFlits, control.seed, 'noc-traffic.sources');
  const phases = { ...config, convergence: 0.05 };
  return new LoadRun(network, new BernoulliLoad(network, sources, destinationOf, config.packetFlits), phases, () => control.shouldStop()).run();
}
