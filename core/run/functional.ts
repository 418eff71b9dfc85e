import { InputError } from '../errors.js';
import { FunctionalRun } from '../functional/functional-run.js';
import { operatorSemantics } from '../functional/semantics.js';
import { extensionAccess } from '../plugin/extension-access.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { formatsOf } from '../workload/number-format.js';
import { emptyWorkload } from './read-workload.js';
import type { PreparedRun } from './prepare.js';
import type { RunOptions } from './run-options.js';

/** What carries the run's values, when the scenario or the caller asks for it. */
export function functionalRun(scenario: LoadedScenario, prepared: PreparedRun, registry: PluginRegistry, options: RunOptions): FunctionalRun | undefined {
  if (scenario.functional !== true && options.functional !== true) return undefined;
  if (options.resume !== undefined || options.checkpoint !== undefined)
    throw new InputError({
      file: scenario.file,
      path: 'functional',
      message: 'a checkpoint holds no values',
      expected: 'a run without checkpoints, or without functional mode',
    });
  const { schedule, workload } = prepared;
  const semantics = extensionAccess(registry, { owner: 'functional', seed: scenario.seed }).extensions(operatorSemantics);
  return new FunctionalRun({ schedule, workload, formats: formatsOf(workload ?? emptyWorkload(scenario.name)), semantics });
}
