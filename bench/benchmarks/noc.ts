import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Benchmark, Setup } from '../benchmark.js';
import type { PeerJob } from '../measure/peer.js';
import { prepareTrials, type ScenarioTrial } from '../scenario-trial.js';
import { booksimConfig, cyclesOfBooksim, type MeshSettings } from './booksim-config.js';
import { settingsOf } from './scenario-file.js';
import { storedSeconds } from './stored-records.js';

interface MeshLoad {
  readonly file: string;
  /** Times faster than BookSim2 that it is to be. */
  readonly bar: number;
}

const LOADS: readonly MeshLoad[] = [
  { file: 'noc-mesh8-002.yaml', bar: 10 },
  { file: 'noc-mesh8-02.yaml', bar: 6 },
  { file: 'noc-mesh8-039.yaml', bar: 5 },
];

/** About 100,000 cycles: three sample periods of warm-up, three of measurement, the drain. */
const LARGE: MeshLoad = { file: 'noc-mesh64-002.yaml', bar: 1 };

export const nocBench: Benchmark = {
  name: 'noc',
  summary:
    'Uniform traffic on the flit-level 8 x 8 mesh through `kind: traffic`, at low load, in the middle and near saturation; with `--large` a 64 x 64 mesh, too. A flit-hop is a flit that goes over a channel.',
  prepare: (setup) =>
    prepareTrials(
      (setup.large ? [...LOADS, LARGE] : LOADS).map((mesh) => trialOf(mesh, setup)),
      setup,
    ),
};

function trialOf({ file: base, bar }: MeshLoad, setup: Setup): ScenarioTrial {
  const file = path.join(setup.scenarios, base);
  const settings = settingsOf<MeshSettings>(file);
  const { k, load } = settings;
  const name = `noc ${k} x ${k} mesh, load ${load}`;
  return {
    name,
    file,
    work: { unit: 'flit-hops', of: ({ events }) => events },
    peers: { booksim2: () => jobOf(settings, path.join(setup.workFolder, `booksim-${base}.cfg`), bar) },
    stored: k === 8 ? storedSeconds(name, setup.root, 'long/noc-booksim2.json', `mesh8-dor-v4b8-p5-uniform@${load}`) : [],
  };
}

function jobOf(settings: MeshSettings, config: string, bar: number): PeerJob {
  writeFileSync(config, booksimConfig(settings));
  return { placeholders: () => ({ config }), cyclesIn: cyclesOfBooksim, bar };
}
