import { digestOf } from '../kernel/digest.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { ExperimentControl } from '../plugin/tool-plugins.js';
import { experimentDigests } from '../result/digests.js';
import { evaluateExpectations } from '../analysis/expectations.js';
import { installationFolder } from '../document/installation.js';
import { InputFiles } from '../document/input-files.js';
import { callTool } from './call-tool.js';
import { secondsLeft } from './progress.js';
import type { RunOptions } from './run-options.js';
import { runName } from '../result/run-name.js';
import type { ExperimentResult } from '../result/run-result.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import { toolSettings } from './tool-settings.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { displayPath, runVersions } from '../document/versions.js';

/** Runs a scenario of a kind of its own (`kind: traffic`, `kind: memory-trace`) through its experiment plugin. */
export async function runExperiment(scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions): Promise<ExperimentResult> {
  const experiment = registry.get('experiment', scenario.kind, { file: scenario.file, path: 'kind' });
  const before = process.cpuUsage();
  const contexts = new ToolContexts(registry, toolSettings(scenario, options));
  const last = { simulatedSeconds: 0, events: 0, done: 0 };
  const { allow } = scenario;
  const files = new InputFiles(scenario.file, { installation: installationFolder(), ...(allow === undefined ? {} : { allow }) });
  const control = controlOf(scenario, registry, contexts, options, last, files);
  const tool = { kind: 'experiment', name: scenario.kind, place: { file: scenario.file, path: 'kind' } } as const;
  const result = await callTool(registry, tool, () => experiment.run(scenario.experiment?.config ?? {}, control));
  const used = process.cpuUsage(before);
  const { metrics, units, tables } = result;
  const cause = contexts.watch.cause ?? (options.shouldStop?.() === true ? 'interrupted' : undefined);
  return {
    tesseraResult: 1,
    kind: 'experiment',
    name: runName(scenario.name, scenario.set),
    scenario: scenario.name,
    file: displayPath(scenario.file),
    set: scenario.set,
    experiment: scenario.kind,
    outcome: cause === 'maxWallSeconds' ? 'bound' : (cause ?? 'finished'),
    ...(cause === 'maxWallSeconds' ? { bound: cause } : {}),
    simulatedSeconds: last.simulatedSeconds,
    expectations: cause === undefined ? evaluateExpectations(scenario.expectations, { metrics }) : [],
    events: last.events,
    engineCpuSeconds: (used.user + used.system) / 1e6,
    seed: scenario.seed,
    digest: digestOf({ metrics, tables }),
    digests: experimentDigests({ metrics, units, tables }),
    inputs: { ...scenario.inputs, ...files.inputs() },
    versions: runVersions(),
    warnings: contexts.warnings,
    metrics,
    ...(units === undefined ? {} : { units }),
    ...(tables === undefined ? {} : { tables }),
  };
}

function controlOf(
  scenario: LoadedScenario,
  registry: PluginRegistry,
  contexts: ToolContexts,
  options: RunOptions,
  last: { simulatedSeconds: number; events: number; done: number },
  files: InputFiles,
): ExperimentControl {
  const place = { ...scenario.experiment?.place, file: scenario.file, path: 'with' };
  const startedAt = performance.now();
  return {
    ...contexts.for(`experiment ${scenario.kind}`),
    catalogue: registry,
    readFile: (relativePath) => files.readBytes(files.resolve(relativePath, scenario.file, place), place),
    progress: (report) => {
      Object.assign(last, { simulatedSeconds: report.simulatedSeconds, events: report.events, done: report.done });
      const wallSeconds = (performance.now() - startedAt) / 1000;
      const left = secondsLeft(wallSeconds, report.done, report.total);
      options.progress?.emit('progress', {
        simulatedSeconds: report.simulatedSeconds,
        events: report.events,
        eventsPerSecond: wallSeconds > 0 ? report.events / wallSeconds : 0,
        operationsDone: report.done,
        ...(report.total === undefined ? {} : { operationsTotal: report.total }),
        wallSeconds,
        ...(left === undefined ? {} : { secondsLeft: left }),
      });
    },
  };
}
