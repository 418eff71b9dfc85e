import { buildDescribed, type Machine } from '../machine/machine.js';
import { loadMachine, saveMachine, unsavedBlocks, type StatefulPart } from '../machine/machine-state.js';
import type { StateOrigin } from '../kernel/state.js';
import type { SavedState } from '../kernel/state-stream.js';
import type { ScheduleLayer } from '../schedule/form/form.js';
import { ScheduleExecutor } from '../schedule/execute/executor.js';
import { ResultCollector } from './collector.js';
import { executorMachine } from './executor-machine.js';
import type { PreparedRun } from './prepare.js';
import type { RunOptions } from './run-options.js';
import { TraceRecorder } from './trace/trace-recorder.js';

/** Operations that begin at one tick before the run loop may look up: a schedule may have any number that take no time. */
const OPERATIONS_AT_ONCE = 20_000;

/** A checkpoint goes on at its own time, with its own operations and addresses. */
const SAME_PLACE: StateOrigin = { tick: 0, firstOperation: 0, addresses: { locate: () => undefined, startOf: () => 0 } };

/** A schedule on a machine: everything that moves while a run lasts. */
export class Simulation {
  readonly machine: Machine;
  readonly executor: ScheduleExecutor;
  readonly collector: ResultCollector;
  readonly trace: TraceRecorder | undefined;

  constructor(prepared: PreparedRun, options: Pick<RunOptions, 'queue' | 'constructionOrder' | 'trace' | 'traceEvents' | 'observers'> = {}) {
    const { queue, constructionOrder, observers = [] } = options;
    const machine = buildDescribed(prepared.machine, {
      ...(queue === undefined ? {} : { queue }),
      ...(constructionOrder === undefined ? {} : { constructionOrder }),
    });
    this.machine = machine;
    this.trace = options.trace === true ? new TraceRecorder(machine, options.traceEvents) : undefined;
    const layerOf = (layer: string): ScheduleLayer | undefined => prepared.schedule.layers?.[layer];
    this.collector = new ResultCollector(() => machine.kernel.now, layerOf, this.trace);
    for (const observer of observers) observer.attach?.(machine);
    const view = executorMachine(machine, prepared.formatBits);
    // What a mapper makes of a workload need not be held against it by names.
    const workload = prepared.isScheduleGiven && prepared.workload !== undefined ? { workload: prepared.workload } : {};
    this.executor = new ScheduleExecutor(machine.kernel, view, prepared.schedule, {
      observers: [this.collector, ...observers],
      operationsAtOnce: OPERATIONS_AT_ONCE,
      ...workload,
    });
  }

  /** Begins at tick 0, or where a saved state left off. ModelError for a state of another simulation. */
  start(saved?: SavedState): void {
    this.machine.start();
    if (saved === undefined) this.executor.start();
    else loadMachine(this.machine, saved, SAME_PLACE, this.parts);
  }

  /** Everything that `start` needs to go on from here. ModelError, with its block, when a block cannot be saved. */
  save(): SavedState {
    return saveMachine(this.machine, SAME_PLACE, this.parts);
  }

  /** The first block that cannot be saved, and why. */
  get unsaved(): { readonly path: string; readonly reason: string } | undefined {
    return unsavedBlocks(this.machine)[0];
  }

  private get parts(): readonly StatefulPart[] {
    return [
      { name: 'schedule', state: (s) => this.executor.state(s), operation: (id) => this.executor.operation(id) },
      { name: 'results', state: (s) => this.collector.state(s) },
    ];
  }
}
