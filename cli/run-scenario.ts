import { showWarning } from './base-command.js';
import { checkpointOptions, type CheckpointRequest } from './checkpoints.js';
import { ExitCode } from './exit-codes.js';
import { builtinRegistry, loadOptionsOf, type LoadFlags } from './engine.js';
import type { Interrupt } from './interrupt.js';
import type { ProgressLine } from './progress-line.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import type { ExportUse } from '../core/run/export-results.js';
import type { LoadOptions, LoadResult } from '../core/scenario/load.js';
import type { Schedule } from '../core/schedule/form/form.js';
import type { RunResult } from '../core/result/run-result.js';

export interface RunRequest {
  readonly file: string;
  readonly flags: LoadFlags;
  /** More parameters to set than the flags say. */
  readonly set?: Readonly<Record<string, unknown>>;
}

export interface RunSettings {
  readonly line: ProgressLine;
  readonly interrupt: Interrupt;
  /** Shown before the progress. */
  readonly label: string;
  /** Exporters to run besides those of the scenario. */
  readonly exporters: readonly string[];
  /** Where their files go, if they are to be written: it is looked at before anything runs. */
  readonly folder?: string;
  readonly trace: boolean;
  /** How much of it is kept, if not what the scenario says. */
  readonly traceEvents?: number | undefined;
  /** Plans are kept for the next process (`--plan-cache`). */
  readonly usesPlanCache: boolean;
  /** Carry values, whatever the scenario says. */
  readonly functional?: boolean;
  /** Told of the schedule before anything is simulated. */
  readonly onSchedule?: ((schedule: Schedule) => void) | undefined;
  /** Where the state of the run is kept, and from which it goes on. */
  readonly checkpoints?: CheckpointRequest;
}

export interface FinishedScenario {
  readonly result: RunResult;
  readonly registry: PluginRegistry;
  readonly exporters: readonly ExportUse[];
}

/** Loads a scenario with the shared flags. Its limit of wall time counts from the start of the command; code that is not ours is watched. */
export async function loadRequested(request: RunRequest, interrupt: Interrupt): Promise<LoadResult> {
  const [{ loadScenario }, { breakable }, registry, options] = await Promise.all([
    import('../core/scenario/load.js'),
    import('../core/run/breakable.js'),
    builtinRegistry(),
    loadOptionsOf(request.flags, { before: () => {}, after: () => interrupt.restart() }),
  ]);
  const merged: LoadOptions = {
    ...options,
    set: { ...options.set, ...request.set },
    onWallLimit: (seconds) => interrupt.limit(seconds),
    beforePlugins: () => interrupt.watch(),
  };
  return breakable(() => loadScenario(request.file, registry, merged), interrupt.halted);
}

/** Runs a loaded scenario with progress and Ctrl-C. */
export async function runLoaded(loaded: LoadResult, settings: RunSettings): Promise<FinishedScenario> {
  const [{ runScenario }, { RunProgress }, { exportersFor }, { PlanCache }, { BUILT_IN }] = await Promise.all([
    import('../core/run/run.js'),
    import('../core/run/progress.js'),
    import('../core/run/export-results.js'),
    import('../core/run/plan-cache.js'),
    import('../core/plugin/registry.js'),
  ]);
  const planCache = settings.usesPlanCache ? PlanCache.ofUser() : undefined;
  const { scenario, registry } = loaded;
  const exporters = exportersFor(scenario.outputs, settings.exporters, registry);
  const { interrupt } = settings;
  const isAllOurs = registry.list().every(({ origin }) => origin === BUILT_IN);
  if (settings.folder !== undefined && exporters.length > 0) {
    const { checkOutputFolder } = await import('../core/document/check-output.js');
    checkOutputFolder(
      settings.folder,
      exporters.flatMap(({ plugin }) => plugin.writes ?? []),
    );
  }
  const progress = new RunProgress();
  settings.line.follow(progress, settings.label);
  try {
    const result = await runScenario(scenario, registry, {
      progress,
      startedAt: interrupt.startedAt,
      shouldStop: () => interrupt.isRequested,
      halted: interrupt.halted,
      onKeeping: () => (interrupt.isKeeping = isAllOurs),
      onWarning: showWarning,
      ...(planCache === undefined ? {} : { planCache }),
      ...(settings.checkpoints === undefined ? {} : await checkpointOptions(settings.checkpoints, scenario)),
      traceEvents: settings.traceEvents,
      ...(settings.functional === true ? { functional: true } : {}),
      keepSchedule: exporters.some(({ plugin }) => plugin.needsSchedule === true),
      ...(settings.onSchedule === undefined ? {} : { onSchedule: settings.onSchedule }),
      trace: settings.trace || exporters.some(({ plugin }) => plugin.needsTrace),
    });
    return { result, registry, exporters };
  } finally {
    settings.line.clear();
  }
}

/** The exit code of a result. */
export async function exitCodeOfResult(result: RunResult): Promise<ExitCode> {
  const { verdictOf } = await import('../core/result/verdict.js');
  const codes = {
    'as-expected': ExitCode.asExpected,
    missed: ExitCode.missed,
    'machine-failed': ExitCode.machineFailed,
    interrupted: ExitCode.interrupted,
  } as const;
  return codes[verdictOf(result)];
}
