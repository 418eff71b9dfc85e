import { readFileSync } from 'node:fs';
import { RandomStream } from 'tessera-sim';
import { buildNetwork } from 'tessera-sim/noc-flit';
import { BernoulliSources } from 'tessera-sim/traffic';
import { bestOf, cpuSeconds, type Bench, type BenchReport } from './measure.js';

interface LoadRecord {
  readonly id: string;
  readonly reference_cpu_seconds: number;
  readonly reference_cycles_simulated: number;
}

interface Run {
  readonly seconds: number;
  readonly flitHops: number;
}

/** Loads of the 8 x 8 mesh (4 VCs of 8 flits, packets of 5, uniform), and how many times faster than BookSim2 each is to be. */
const CASES = [
  { load: 0.02, bar: 10 },
  { load: 0.2, bar: 6 },
  { load: 0.39, bar: 5 },
] as const;
const ROUNDS = 4;
const PACKET_FLITS = 5;

const LARGE = { k: 64, load: 0.02, cycles: 100_000, barSeconds: 60, barGigabytes: 1.5 } as const;

export const nocBench: Bench = {
  name: 'noc',
  summary: 'flit-level 8 x 8 mesh against BookSim2 at the same simulated cycles; --large: a 64 x 64 mesh',
  run,
};

function run(args: readonly string[]): BenchReport {
  const measurements: { [name: string]: number } = {};
  const ratios: { name: string; value: number; bar: number }[] = [];
  for (const { load, bar } of CASES) {
    const record = recordAt(load);
    const cycles = record.reference_cycles_simulated;
    const { seconds, flitHops } = bestRun(8, load, cycles);
    const name = `8 x 8 mesh, load ${load}`;
    measurements[`${name}, ${cycles} cycles: CPU seconds`] = seconds;
    measurements[`${name}: million flit-hops a CPU second`] = flitHops / seconds / 1e6;
    ratios.push({ name: `${name}: times faster than BookSim2`, value: record.reference_cpu_seconds / seconds, bar });
  }
  if (args.includes('--large')) addLarge(measurements, ratios);
  return { name: 'noc', measurements, ratios, notes: ['BookSim2’s seconds are those of its records, taken on another, busy machine'] };
}

/** The memory is that of the whole process at its highest. */
function addLarge(measurements: { [name: string]: number }, ratios: { name: string; value: number; bar: number }[]): void {
  const { k, load, cycles, barSeconds, barGigabytes } = LARGE;
  const { seconds, flitHops } = uniformTraffic(k, load, cycles);
  const gigabytes = process.resourceUsage().maxRSS / 1024 ** 2;
  const name = `${k} x ${k} mesh, load ${load}`;
  measurements[`${name}, ${cycles} cycles: CPU seconds`] = seconds;
  measurements[`${name}: million flit-hops a CPU second`] = flitHops / seconds / 1e6;
  measurements[`${name}: GB of memory`] = gigabytes;
  ratios.push({ name: `${name}: ${barSeconds} s against the CPU seconds`, value: barSeconds / seconds, bar: 1 });
  ratios.push({ name: `${name}: ${barGigabytes} GB against the memory`, value: barGigabytes / gigabytes, bar: 1 });
}

/** The first round is as cold as a process is; the best one counts. */
function bestRun(k: number, load: number, cycles: number): Run {
  let flitHops = 0;
  const { own = NaN } = bestOf(ROUNDS, {
    own: () => {
      const round = uniformTraffic(k, load, cycles);
      flitHops = round.flitHops;
      return round.seconds;
    },
  });
  return { seconds: own, flitHops };
}

function uniformTraffic(k: number, load: number, cycles: number): Run {
  const routes = new RandomStream(1, 'bench.routes');
  const { network } = buildNetwork({ topology: 'mesh', options: { k, n: 2 }, routing: 'dim_order' }, (bound) => routes.below(bound));
  const destinations = new RandomStream(1, 'bench.destinations');
  const sources = new BernoulliSources(network.nodes, load / PACKET_FLITS, 1, 'bench.sources');
  const seconds = cpuSeconds(() => {
    while (sources.nextCycle < cycles) {
      const created = sources.nextCycle;
      network.advance(created);
      network.inject(sources.take(), destinations.below(network.nodes), PACKET_FLITS, 0, created);
    }
    network.advance(cycles);
  });
  return { seconds, flitHops: network.flitHops };
}

function recordAt(load: number): LoadRecord {
  const id = `mesh8-dor-v4b8-p5-uniform@${load}`;
  const file = JSON.parse(readFileSync(new URL('../../tests/golden/long/noc-booksim2.json', import.meta.url), 'utf8')) as { records: LoadRecord[] };
  const found = file.records.find((record) => record.id === id);
  if (found === undefined) throw new Error(`no record ${id}`);
  return found;
}
