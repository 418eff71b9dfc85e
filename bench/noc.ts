/**
 * Flit-level network against BookSim2's own CPU time (reference_cpu_seconds of the records at the same simulated cycles), and
 * a 64 x 64 mesh. `node dist/bench/noc.js [--large]`. CPU seconds of this process, best of three, after a warm-up run.
 */
import { RandomStream } from '../core/index.js';
import { buildNetwork } from '../plugins/networks/noc-flit/api.js';
import { BernoulliSources } from '../plugins/runners/noc-traffic/injection.js';

/** BookSim2 28f4329 on the 8 x 8 mesh, 4 VCs x 8, packets of 5, uniform: load, CPU seconds, cycles simulated. */
const reference = [
  { load: 0.02, seconds: 0.735, cycles: 18_074, bar: 10 },
  { load: 0.2, seconds: 3.836, cycles: 18_123, bar: 6 },
  { load: 0.39, seconds: 9.464, cycles: 18_456, bar: 5 },
] as const;

/** Runs uniform traffic; returns CPU seconds and flit-hops. */
function run(k: number, load: number, cycles: number): { seconds: number; flitHops: number } {
  const packetFlits = 5;
  const routes = new RandomStream(1, 'bench.routes');
  const { network } = buildNetwork({ topology: 'mesh', options: { k, n: 2 }, routing: 'dim_order' }, (bound) => routes.below(bound));
  const destinations = new RandomStream(1, 'bench.destinations');
  const sources = new BernoulliSources(network.nodes, load / packetFlits, 1, 'bench.sources');
  const before = process.cpuUsage();
  while (sources.nextCycle < cycles) {
    const created = sources.nextCycle;
    network.advance(created);
    network.inject(sources.take(), destinations.below(network.nodes), packetFlits, 0, created);
  }
  network.advance(cycles);
  const used = process.cpuUsage(before);
  return { seconds: (used.user + used.system) / 1e6, flitHops: network.state.flitHops };
}

for (const { load, seconds, cycles, bar } of reference) {
  let best = run(8, load, cycles);
  for (let repetition = 0; repetition < 3; repetition++) {
    const again = run(8, load, cycles);
    if (again.seconds < best.seconds) best = again;
  }
  console.log(`mesh 8x8 load ${load}: ${best.seconds.toFixed(3)} s CPU, ${(best.flitHops / best.seconds / 1e6).toFixed(2)} M flit-hops/s; BookSim2 ${seconds} s: ${(seconds / best.seconds).toFixed(1)}x (bar ${bar}x)`);
}
if (process.argv.includes('--large')) {
  const { seconds, flitHops } = run(64, 0.02, 100_000);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(`mesh 64x64 load 0.02, 100000 cycles: ${seconds.toFixed(1)} s CPU (bar 60), ${(flitHops / seconds / 1e6).toFixed(2)} M flit-hops/s, ${megabytes.toFixed(0)} MB (bar 1500)`);
}
