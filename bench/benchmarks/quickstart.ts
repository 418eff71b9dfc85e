import path from 'node:path';
import type { Benchmark } from '../benchmark.js';
import { prepareTrials, type ScenarioTrial } from '../scenario-trial.js';

/** ResNet-18 on four cores with both schedules. */
export const quickstartBench: Benchmark = {
  name: 'quickstart',
  summary:
    'ResNet-18 on four cores of the quick start, layer by layer and depth first, each in a fresh process: from the files to the printed result, and the run loop alone (compiling included).',
  prepare: (setup) =>
    prepareTrials(
      ['layer-by-layer', 'depth-first'].map((schedule) => trialOf(schedule, setup.root)),
      setup,
    ),
};

function trialOf(schedule: string, root: string): ScenarioTrial {
  return {
    name: `quickstart ${schedule}`,
    file: path.join(root, 'scenarios', 'quickstart', `${schedule}.yaml`),
    work: { unit: 'events', of: ({ events }) => events },
  };
}
