import { callTool } from './call-tool.js';
import type { MachineDescription } from '../model/machine-facts.js';
import { importPart } from '../plugin/import-source.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { Estimate } from '../result/performance.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { Schedule } from '../schedule/form/form.js';
import type { Workload } from '../workload/layer.js';
import { sourcesOf } from './read-workload.js';
import type { ToolContexts } from '../plugin/tool-contexts.js';

/** The estimate of the scenario's estimator, or the one that an importer reads. */
export async function estimateOf(
  { estimator, estimate }: LoadedScenario,
  registry: PluginRegistry,
  input: { readonly workload: Workload; readonly machine: MachineDescription; readonly schedule: Schedule },
  contexts: ToolContexts,
): Promise<Estimate | undefined> {
  if (estimate !== undefined) {
    const importer = registry.get('importer', estimate.importer, estimate.place);
    return callTool(registry, { kind: 'importer', name: importer.name, place: estimate.place }, () =>
      importPart(importer, 'estimate', sourcesOf(estimate), estimate.config, contexts.for(`importer ${importer.name}`)),
    );
  }
  if (estimator === undefined) return undefined;
  const { use, config, place } = estimator;
  return callTool(registry, { kind: 'estimator', name: use, place }, () =>
    registry.get('estimator', use, place).estimate({ ...input, config }, contexts.for(`estimator ${use}`)),
  );
}
