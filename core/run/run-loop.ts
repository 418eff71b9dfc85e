import { InputError, ModelError, PluginError, SimulationError } from '../errors.js';
import { blockFailure } from '../machine/block-failure.js';
import type { Machine } from '../machine/machine.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { ScheduleExecutor } from '../schedule/execute/executor.js';
import type { RunEnd } from './assemble-result.js';
import type { Simulation } from './simulation.js';
import { secondsLeft } from './progress.js';
import { Checkpoints } from './checkpoints.js';
import type { RunOptions } from './run-options.js';

/** Events dispatched before the run looks up: often enough for Ctrl-C, rarely enough to cost nothing. */
const EVENTS_PER_SLICE = 50_000;
const PROGRESS_INTERVAL_SECONDS = 0.2;

export interface LoopEnd {
  readonly end: RunEnd;
  readonly engineCpuSeconds: number;
}

/** Drives the kernel in slices, looks at the bounds between them, and reports how far the run is. */
export class RunLoop {
  private readonly machine: Machine;
  private readonly executor: ScheduleExecutor;
  private readonly checkpoints: Checkpoints | undefined;
  private cpuMicroseconds = 0;
  private readonly startedAt = performance.now();
  private lastReportSeconds = 0;
  private lastReportEvents = 0;

  constructor(
    private readonly scenario: LoadedScenario,
    private readonly simulation: Simulation,
    private readonly options: RunOptions,
  ) {
    this.machine = simulation.machine;
    this.executor = simulation.executor;
    this.checkpoints = options.checkpoint === undefined ? undefined : new Checkpoints(simulation, options.checkpoint);
  }

  /** @param endedBy what stopped the tools before the simulation could start; it then does not. */
  async run(endedBy?: RunEnd): Promise<LoopEnd> {
    this.start();
    let end = endedBy;
    while (end === undefined) {
      end = this.slice();
      if (end === undefined) await new Promise((resolve) => setImmediate(resolve));
    }
    this.checkpoints?.end(end);
    this.report(true);
    this.machine.finish();
    return { end, engineCpuSeconds: this.cpuMicroseconds / 1e6 };
  }

  private start(): void {
    const { resume } = this.options;
    try {
      this.simulation.start(resume);
    } catch (error) {
      if (resume === undefined || !(error instanceof ModelError)) throw error;
      throw new InputError({
        file: this.scenario.file,
        message: `the checkpoint does not fit this run: ${error.message}`,
        expected: 'one that this very scenario has written',
      });
    }
  }

  private slice(): RunEnd | undefined {
    const { kernel, description } = this.machine;
    const { limits } = this.scenario;
    const maxTick = limits.maxCycles === undefined ? Infinity : description.referenceClock.tickOf(limits.maxCycles);
    const eventsLeft = (limits.maxEvents ?? Infinity) - kernel.eventCount;
    const before = process.cpuUsage();
    const stopTick = Math.min(maxTick, this.checkpoints?.nextTick ?? Infinity);
    const ranDry = this.dispatch(Math.min(EVENTS_PER_SLICE, eventsLeft), stopTick);
    const used = process.cpuUsage(before);
    this.cpuMicroseconds += used.user + used.system;
    if (this.executor.isDone) return 'finished';
    if (ranDry && this.checkpoints?.isDue(stopTick) === true) this.checkpoints.take();
    else if (ranDry) return kernel.nextTick() > maxTick && kernel.pendingEvents > 0 ? 'maxCycles' : 'deadlock';
    if (kernel.eventCount >= (limits.maxEvents ?? Infinity)) return 'maxEvents';
    if (this.wallSeconds() > (limits.maxWallSeconds ?? Infinity)) return 'maxWallSeconds';
    if (this.options.shouldStop?.() === true) return 'interrupted';
    this.checkpoints?.look();
    this.report(false);
    return undefined;
  }

  /** Lets the kernel run; whatever a model throws is reported with its block and plugin. */
  private dispatch(maxEvents: number, maxTick: number): boolean {
    try {
      return this.machine.kernel.run(maxEvents, maxTick);
    } catch (error) {
      throw modelFailure(error, this.machine);
    }
  }

  private wallSeconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  private report(isLast: boolean): void {
    const { progress } = this.options;
    if (progress === undefined) return;
    const wall = this.wallSeconds();
    const since = wall - this.lastReportSeconds;
    if (!isLast && since < PROGRESS_INTERVAL_SECONDS) return;
    const { kernel } = this.machine;
    const done = this.executor.finishedCount;
    const total = this.executor.totalCount;
    const left = secondsLeft(wall, done, total);
    progress.emit('progress', {
      simulatedSeconds: kernel.now / 1e12,
      events: kernel.eventCount,
      eventsPerSecond: since > 0 ? (kernel.eventCount - this.lastReportEvents) / since : 0,
      operationsDone: done,
      ...(total === undefined ? {} : { operationsTotal: total }),
      wallSeconds: wall,
      ...(left === undefined ? {} : { secondsLeft: left }),
    });
    this.lastReportSeconds = wall;
    this.lastReportEvents = kernel.eventCount;
  }
}

/** A link hands its message to the block at its far end, whose fault it then is. */
function modelFailure(error: unknown, { kernel, blocks }: Machine): unknown {
  if (error instanceof InputError || error instanceof SimulationError || error instanceof PluginError) return error;
  if (error instanceof ModelError && error.blockPath !== undefined) return error;
  const path = kernel.dispatchingPath.split('->').pop() ?? '';
  const block = blocks.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}.`));
  if (block !== undefined) return blockFailure(error, block, `at tick ${kernel.now}`);
  const failure = new ModelError(`failed at tick ${kernel.now}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, path);
  failure.cause = error;
  return failure;
}
