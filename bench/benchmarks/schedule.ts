import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Prepared, Setup } from '../benchmark.js';
import { costsOf, rateOf } from '../costs.js';
import { figures, type Contender, type Samples } from '../measure/interleave.js';
import { requireSuccess, timedProcess } from '../measure/process.js';
import { spreadOf } from '../measure/statistics.js';
import { joinFindings, type Findings } from '../report.js';
import { prepareTrials } from '../scenario-trial.js';
import { agreeToPlugin, tileScenario, tileSchedule } from './schedule-document.js';
import type { ExecutorRun } from '../workers/executor-alone.js';

/** A whole run keeps a record of every operation, so it is measured with this share of them. */
const RUN_SHARE = 100;
const LEAST_RUN_OPERATIONS = 3000;
const EXECUTOR = 'schedule executor';
const BAR_BYTES = 300e6;

/** Any number of operations through the executor in constant memory, and a whole run with a hundredth of them. */
export const scheduleBench: Benchmark = {
  name: 'schedule',
  summary:
    'Trivial tile operations out of one `repeat`: the executor and the sanitizer alone with 10^7 operations (`--operations N`; run once, in a process of its own, for this build only), and a `tessera run` with a hundredth of them on units that take ten cycles for everything.',
  prepare,
};

function prepare(setup: Setup): Prepared {
  const runs = prepareTrials(
    [{ name: 'schedule run', file: writeScenario(setup), work: { unit: 'operations', of: ({ operations }) => operations?.finished ?? NaN } }],
    setup,
  );
  return {
    contenders: [...runs.contenders, executorContender(setup)],
    summarise: (samples) => joinFindings([runs.summarise(samples), executorFindings(samples, setup.operations)]),
  };
}

function writeScenario({ workFolder, scenarios, operations }: Setup): string {
  const plugin = 'ten-cycle-unit.mjs';
  const file = path.join(workFolder, 'bench-schedule.yaml');
  copyFileSync(path.join(scenarios, plugin), path.join(workFolder, plugin));
  writeFileSync(path.join(workFolder, 'tiles.schedule.json'), JSON.stringify(tileSchedule(Math.max(LEAST_RUN_OPERATIONS, operations / RUN_SHARE))));
  agreeToPlugin(path.join(workFolder, plugin), workFolder);
  // JSON is YAML, too.
  writeFileSync(file, JSON.stringify(tileScenario('tiles.schedule.json', `./${plugin}`), null, 1));
  return file;
}

function executorContender({ operations, workFolder }: Setup): Contender {
  const worker = fileURLToPath(new URL('../workers/executor-alone.js', import.meta.url));
  const command = [process.execPath, worker, String(operations)];
  return {
    key: EXECUTOR,
    once: true,
    run: () => {
      const { cpuSeconds, stdout } = requireSuccess(timedProcess(command, workFolder), command);
      const { runLoopSeconds, finished, peakBytes } = JSON.parse(stdout) as ExecutorRun;
      return { process: cpuSeconds, runLoop: runLoopSeconds, work: finished, peakBytes };
    },
  };
}

function executorFindings(samples: Samples, operations: number): Findings {
  const peaks = figures(samples, EXECUTOR, 'peakBytes');
  const value = Math.min(...peaks.map((bytes) => BAR_BYTES / bytes));
  return {
    measurements: {
      ...costsOf(samples, EXECUTOR, EXECUTOR),
      [`${EXECUTOR}, operations a CPU second of the run loop`]: rateOf(samples, EXECUTOR, 'operations / CPU s'),
      [`${EXECUTOR}, peak memory`]: spreadOf(
        peaks.map((bytes) => bytes / 1e6),
        'MB resident',
      ),
    },
    ratios: [{ name: `${EXECUTOR}, peak memory`, against: `limit of ${BAR_BYTES / 1e6} MB`, interleaved: false, scope: 'process', value, bar: 1 }],
    stored: [],
    notes: [
      `${EXECUTOR}: ${operations} operations, run once. Its peak memory is the operating system’s (maxRSS), so it holds what the heap grows to before the first full collection.`,
    ],
  };
}
