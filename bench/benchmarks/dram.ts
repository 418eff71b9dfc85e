import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Benchmark, Setup } from '../benchmark.js';
import type { PeerJob } from '../measure/peer.js';
import { prepareTrials, type ScenarioTrial } from '../scenario-trial.js';
import { requestLines, type TracePeer, type TraceSettings } from './dram-trace.js';
import { settingsOf } from './scenario-file.js';
import { storedSeconds } from './stored-records.js';

interface Load {
  /** The controller profile, and the peer that has it. */
  readonly peer: TracePeer;
  readonly name: string;
  /** End of the scenario's file name and of the record's id. */
  readonly id: string;
  /** Times faster than the peer that it is to be. */
  readonly bar: number;
}

/** The traces of the records, longer, so that the start-up of a process does not hide the simulation. */
const LOADS: readonly Load[] = [
  { peer: 'ramulator2', name: 'sequential', id: 'seq', bar: 5 },
  { peer: 'ramulator2', name: 'random', id: 'rand', bar: 5 },
  { peer: 'ramulator2', name: 'one request in 200 cycles', id: 'low', bar: 50 },
  { peer: 'dramsim3', name: 'sequential', id: 'seq', bar: 1 },
  { peer: 'dramsim3', name: 'random', id: 'rand', bar: 1 },
  { peer: 'dramsim3', name: 'one request in 200 cycles', id: 'low', bar: 1 },
];

const RECORD_CONFIGURATION: Readonly<Record<TracePeer, string>> = { ramulator2: 'r2_ddr4_2400r_x8_1r', dramsim3: 'ds3_ddr4_2400_x8_1r' };

export const dramBench: Benchmark = {
  name: 'dram',
  summary:
    'Traces on one DDR4-2400 channel through `kind: memory-trace`, with the controller of Ramulator 2.1 and with that of DRAMsim3: sequential reads, random reads, one random read in 200 cycles.',
  prepare: (setup) =>
    prepareTrials(
      LOADS.map((load) => trialOf(load, setup)),
      setup,
    ),
};

function trialOf(load: Load, setup: Setup): ScenarioTrial {
  const { peer, id } = load;
  const name = `dram ${peer} ${load.name}`;
  const file = path.join(setup.scenarios, `dram-${peer}-${id}.yaml`);
  const settings = settingsOf<TraceSettings>(file);
  // The trace front end of Ramulator 2 sends a request whenever one is taken: it cannot make pauses.
  const canRun = peer !== 'ramulator2' || settings.gapCycles === undefined;
  return {
    name,
    file,
    work: { unit: 'requests', of: ({ operations, metrics }) => metrics?.['accepted'] ?? operations?.finished ?? NaN },
    peers: canRun ? { [peer]: (ownCycles) => jobOf(load, settings, setup.workFolder, ownCycles) } : {},
    stored: storedSeconds(name, setup.root, `dram-${peer}.json`, `${RECORD_CONFIGURATION[peer]}/speed_${id}`),
  };
}

/** The trace as a file in the peer's form. */
function jobOf({ peer, id, bar }: Load, settings: TraceSettings, workFolder: string, ownCycles: () => number): PeerJob {
  const trace = path.join(workFolder, `${peer}-${id}.trace`);
  const out = path.join(workFolder, `${peer}-${id}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(trace, `${requestLines(settings, peer).join('\n')}\n`);
  return { placeholders: () => ({ trace, out, requests: String(settings.trace.n), cycles: String(ownCycles()) }), bar };
}
