import type { PluginRegistry } from '../plugin/registry.js';
import { resultDocument } from '../result/verdict.js';
import type { ScheduleResult } from '../result/run-result.js';
import { loadScenario, type LoadResult } from '../scenario/load.js';
import { runSchedule } from './run.js';

/** Kinds of blocks whose mechanisms are switched on one after the other, in the order of the steps. */
const STEPS = [
  { kind: 'core', name: 'cores: filling, draining, waiting for operands' },
  { kind: 'memory', name: 'memories: banks, ports, DRAM commands' },
  { kind: 'dma', name: 'transfer engines: set-up, descriptors, bursts' },
  { kind: 'network', name: 'networks: hops, width, arbitration' },
  { kind: 'link', name: 'links between dies' },
  { kind: 'pim', name: 'PIM units' },
] as const;

/** What one kind of mechanism costs when it comes to those switched on before. */
export interface ReplayStep {
  readonly switchedOn: string;
  readonly cycles: number;
  readonly addedCycles: number;
}

export interface ReplayRun {
  readonly cycles: number;
  readonly outcome: string;
  readonly violations: number;
  readonly digest: string;
}

/** A schedule of another tool, run twice: as that tool sees it, and as hardware. */
export interface Replay {
  /** What the tool itself says. */
  readonly estimate?: { readonly estimator: string; readonly cycles: number };
  /** The tool's own latencies and rates on our blocks; absent when its importer knows one view only. */
  readonly asTool?: ReplayRun;
  readonly asHardware: ReplayRun;
  /** From hardware of which everything that can be idealised is, to hardware as it is. */
  readonly steps: readonly ReplayStep[];
  readonly result: Readonly<Record<string, unknown>>;
}

export interface ReplayFiles {
  /** Scenario as hardware. */
  readonly hardware: string;
  /** As the tool sees it. */
  readonly tool?: string;
}

export interface ReplayOptions {
  readonly shouldStop?: () => boolean;
  readonly onWarning?: (message: string) => void;
  /** Told what runs next. */
  readonly onRun?: (what: string) => void;
}

/** Runs both views, and the steps between ideal and real hardware. */
export async function replay(files: ReplayFiles, registry: PluginRegistry, options: ReplayOptions = {}): Promise<{ replay: Replay; hardware: ScheduleResult }> {
  const run = async (loaded: LoadResult, what: string): Promise<ScheduleResult> => {
    options.onRun?.(what);
    return runSchedule(loaded.scenario, loaded.registry, options);
  };
  const loaded = await loadScenario(files.hardware, registry);
  const hardware = await run(loaded, 'as hardware');
  const asTool = files.tool === undefined ? undefined : await run(await loadScenario(files.tool, registry), 'as the tool sees it');
  const steps = await stepsOf(files.hardware, loaded, hardware, registry, run, options);
  const { estimate } = hardware;
  return {
    hardware,
    replay: {
      ...(estimate === undefined ? {} : { estimate: { estimator: estimate.estimator, cycles: estimate.cycles } }),
      ...(asTool === undefined ? {} : { asTool: summary(asTool) }),
      asHardware: summary(hardware),
      steps,
      result: resultDocument(hardware) as Readonly<Record<string, unknown>>,
    },
  };
}

function summary({ simulation, outcome, violationCount, digest }: ScheduleResult): ReplayRun {
  return { cycles: simulation.cycles, outcome, violations: violationCount, digest };
}

async function stepsOf(
  file: string,
  { scenario, registry: own }: LoadResult,
  whole: ScheduleResult,
  registry: PluginRegistry,
  run: (loaded: LoadResult, what: string) => Promise<ScheduleResult>,
  { shouldStop }: ReplayOptions,
): Promise<ReplayStep[]> {
  const mechanisms = (scenario.machine?.blocks ?? []).flatMap(({ path, use }) => {
    const plugin = own.findBlock(use);
    const ideal = Object.keys(plugin?.ideal ?? {});
    return plugin === undefined || ideal.length === 0 ? [] : [{ path, kind: plugin.kind as string, ideal }];
  });
  const kinds = STEPS.filter(({ kind }) => mechanisms.some((one) => one.kind === kind));
  const steps: ReplayStep[] = [];
  let before = 0;
  for (let on = 0; on <= kinds.length && shouldStop?.() !== true; on++) {
    const off = new Set<string>(kinds.slice(on).map(({ kind }) => kind));
    const set = Object.fromEntries(mechanisms.filter(({ kind }) => off.has(kind)).map(({ path, ideal }) => [`machine.${path}.with.ideal`, ideal]));
    const switchedOn = on === 0 ? 'nothing: all that can be idealised is' : kinds[on - 1]!.name;
    const { simulation } = off.size === 0 ? whole : await run(await loadScenario(file, registry, { set }), switchedOn);
    steps.push({ switchedOn, cycles: simulation.cycles, addedCycles: simulation.cycles - before });
    before = simulation.cycles;
  }
  return steps;
}
