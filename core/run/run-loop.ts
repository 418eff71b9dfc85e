import { InputError, ModelError, PluginError, SimulationError } from '../errors.js';
import { blockFailure } from '../machine/block-failure.js';
import type { Machine } from '../machine/machine.js';
import type { StopCause, StopWatch } from '../plugin/stop-watch.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { ScheduleExecutor } from '../schedule/execute/executor.js';
import type { RunEnd } from './assemble-result.js';
import type { Simulation } from './simulation.js';
import { secondsLeft } from './progress.js';
import { Checkpoints } from './checkpoints.js';
import type { RunOptions } from './run-options.js';
import { asThrown, thrownText } from '../text/thrown.js';

/**
 * Events dispatched before the run looks up: rarely enough to cost nothing, and never so many that they take much longer than `SLICE_SECONDS`,
 * whatever an event of this machine takes.
 */
const MOST_EVENTS_PER_SLICE = 50_000;
const FIRST_EVENTS_PER_SLICE = 1000;
const SLICE_SECONDS = 0.05;
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
  private eventsPerSlice = FIRST_EVENTS_PER_SLICE;
  private readonly startedAt = performance.now();
  private lastReportSeconds = 0;
  private lastReportEvents = 0;

  constructor(
    private readonly scenario: LoadedScenario,
    private readonly simulation: Simulation,
    private readonly options: RunOptions,
    private readonly watch: StopWatch,
  ) {
    this.machine = simulation.machine;
    this.executor = simulation.executor;
    this.checkpoints = options.checkpoint === undefined ? undefined : new Checkpoints(simulation, options.checkpoint);
  }

  async run(): Promise<LoopEnd> {
    this.watch.guardsWalks = false;
    this.start();
    let end: RunEnd | undefined;
    while (end === undefined) {
      end = this.slice();
      if (end === undefined) await new Promise((resolve) => setImmediate(resolve));
    }
    if (end !== 'finished') this.options.onKeeping?.();
    this.checkpoints?.end(end);
    this.report(true);
    this.machine.finish();
    return { end, engineCpuSeconds: this.cpuMicroseconds / 1e6 };
  }

  /** The end of a loop that is gone: the machine stands as it stood in the middle of an event, and no block is asked for more. */
  brokenOff(end: StopCause): LoopEnd {
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
    const startedAt = performance.now();
    const stopTick = Math.min(maxTick, this.checkpoints?.nextTick ?? Infinity);
    const ranDry = this.dispatch(Math.min(this.eventsPerSlice, eventsLeft), stopTick);
    const used = process.cpuUsage(before);
    this.cpuMicroseconds += used.user + used.system;
    this.fitSlice((performance.now() - startedAt) / 1000);
    if (this.executor.isDone) return 'finished';
    if (ranDry && this.checkpoints?.isDue(stopTick) === true) this.checkpoints.take();
    else if (ranDry) return kernel.nextTick() > maxTick && kernel.pendingEvents > 0 ? 'maxCycles' : 'deadlock';
    if (kernel.eventCount >= (limits.maxEvents ?? Infinity)) return 'maxEvents';
    const cause = this.watch.look();
    if (cause !== undefined) return cause;
    this.checkpoints?.look();
    this.report(false);
    return undefined;
  }

  /** More events where they are quick, fewer where they are slow. How many there are changes nothing of what happens. */
  private fitSlice(seconds: number): void {
    if (seconds > SLICE_SECONDS) this.eventsPerSlice = Math.max(1, this.eventsPerSlice >> 1);
    else if (seconds < SLICE_SECONDS / 2) this.eventsPerSlice = Math.min(MOST_EVENTS_PER_SLICE, this.eventsPerSlice << 1);
  }

  /** Lets the kernel run, and tells whether it ran dry; whatever a model throws is reported with its block and plugin. */
  private dispatch(maxEvents: number, maxTick: number): boolean {
    const { kernel } = this.machine;
    try {
      const ranDry = kernel.run(maxEvents, maxTick);
      if (!kernel.stopRequested || this.executor.isDone) return ranDry;
      // The executor has begun very many operations at one tick, and wants somebody to look up.
      kernel.stopRequested = false;
      return false;
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
function modelFailure(thrown: unknown, { kernel, blocks }: Machine): unknown {
  const error = asThrown(thrown);
  if (error instanceof InputError || error instanceof SimulationError || error instanceof PluginError) return error;
  if (error instanceof ModelError && error.blockPath !== undefined) return error;
  const path = kernel.dispatchingPath.split('->').pop() ?? '';
  const block = blocks.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}.`));
  if (block !== undefined) return blockFailure(error, block, `at tick ${kernel.now}`);
  const failure = new ModelError(`failed at tick ${kernel.now}: ${thrownText(error)}`, path);
  failure.cause = error;
  return failure;
}
