import { InputError } from '../errors.js';
import type { RunEnd } from './assemble-result.js';
import type { CheckpointOptions } from './checkpoint-options.js';
import type { Simulation } from './simulation.js';

/** Takes checkpoints of a run: at a cycle, every so often, and when it is ended before its time. */
export class Checkpoints {
  private lastSeconds = performance.now() / 1000;
  private isTakenAtCycle = false;

  constructor(
    private readonly simulation: Simulation,
    private readonly options: CheckpointOptions,
  ) {
    const { unsaved } = simulation;
    if (unsaved !== undefined)
      throw new InputError({ path: unsaved.path, message: `the state of this block cannot be kept: ${unsaved.reason}`, expected: 'a run without checkpoints' });
  }

  /** Tick beyond which nothing may run before a checkpoint has been taken; Infinity when none is asked for. */
  get nextTick(): number {
    const { atCycle } = this.options;
    return atCycle === undefined || this.isTakenAtCycle ? Infinity : this.simulation.machine.description.referenceClock.tickOf(atCycle);
  }

  /** The run has come to the tick where one is to be taken. */
  isDue(tick: number): boolean {
    const { kernel } = this.simulation.machine;
    return tick === this.nextTick && kernel.pendingEvents > 0 && kernel.nextTick() > tick;
  }

  /** Call between slices. */
  look(): void {
    const { everySeconds = Infinity } = this.options;
    if (performance.now() / 1000 - this.lastSeconds >= everySeconds) this.write();
  }

  take(): void {
    this.isTakenAtCycle = true;
    this.write();
  }

  /** A run that was interrupted or met a limit can go on from there; one that has ended cannot. */
  end(end: RunEnd): void {
    if (end !== 'finished' && end !== 'deadlock') this.write();
  }

  private write(): void {
    this.lastSeconds = performance.now() / 1000;
    const { kernel, description } = this.simulation.machine;
    this.options.write(this.simulation.save(), { tick: kernel.now, cycle: description.referenceClock.cyclesIn(kernel.now) });
  }
}
