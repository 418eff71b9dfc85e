import { auditOf, type Audit } from '../analysis/audit/audit.js';
import type { AuditSubject, ResourceDemand } from '../analysis/audit/demand.js';
import { boundsOf } from '../analysis/bounds.js';
import { InputError } from '../errors.js';
import { summariseSchedule } from '../mapping/demand.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { Estimate, LayerResult } from '../result/performance.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { importFiles, type ImportOptions } from './import-file.js';
import { prepare } from './prepare.js';
import { emptyWorkload } from './read-workload.js';

/**
 * Bounds of a scenario's schedule on its machine, against the scenario's estimate if it has one. Nothing is simulated.
 */
export async function auditScenario(scenario: LoadedScenario, registry: PluginRegistry): Promise<Audit> {
  const { machine, workload, schedule, estimate } = await prepare(scenario, registry, new ToolContexts(registry, { seed: scenario.seed }));
  const known = workload ?? emptyWorkload(scenario.name);
  const summary = summariseSchedule(schedule, known);
  const layers = [...summary.layers.values()].map(({ layer, operator, macs }): LayerResult => ({ layer, operator, macs, cycles: 0, computeCycles: 0 }));
  const bounds = boundsOf({ layers, resources: [] }, machine, summary).map(({ bound, cycles: _, ...demand }): ResourceDemand => ({ ...demand, parts: bound }));
  return auditOf({ name: scenario.name, ...estimated(estimate), demands: bounds });
}

function estimated(estimate: Estimate | undefined): Pick<AuditSubject, 'estimator' | 'estimatedCycles' | 'layerCycles'> {
  if (estimate === undefined) return {};
  const layerCycles = Object.fromEntries(estimate.layers.map(({ layer, cycles }) => [layer, cycles]));
  return { estimator: estimate.estimator, estimatedCycles: estimate.cycles, layerCycles };
}

/** Bounds of another tool's mapping or schedule on that tool's own machine, against the estimate among the files. InputError when there is nothing to bound. */
export async function auditImport(files: readonly string[], registry: PluginRegistry, options: ImportOptions): Promise<Audit> {
  const imported = await importFiles(files, registry, options);
  const { demands, capacities, parts, importer } = imported;
  if (demands === undefined) {
    throw new InputError({
      file: files[0]!,
      message: `importer '${importer}' finds no mapping or schedule whose demands could be worked out, but ${imported.produces.join(', ') || 'nothing'}`,
      expected: 'the files of machine, workload and mapping together',
    });
  }
  const estimate = parts.estimate as Estimate | undefined;
  const name = files.map((file) => file.replace(/^.*[\\/]/, '')).join(' + ');
  return auditOf({ name, ...estimated(estimate), demands, ...(capacities === undefined ? {} : { capacities }) });
}
