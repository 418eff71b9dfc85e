import type { Kernel } from '../kernel/kernel.js';
import type { StateExchange } from '../kernel/state.js';

/**
 * Where a block's time goes. The block is in exactly one class at any time and says so when that changes, so the
 * classes sum to the run's length by construction.
 */
export class StallStack {
  /** Ticks spent in each class, in the order of `classes`. */
  readonly ticks: Float64Array;
  private current = 0;
  private sinceTick = 0;

  /** @param classes names; the first is the class a block starts in, by custom `idle`. */
  constructor(
    private readonly kernel: Kernel,
    readonly classes: readonly string[],
  ) {
    this.ticks = new Float64Array(classes.length);
  }

  /** From now on the block's time belongs to this class. */
  enter(classIndex: number): void {
    if (classIndex === this.current) return;
    this.settle(this.kernel.now);
    this.current = classIndex;
  }

  /** From `tick` (not after now, not before the last change) on: for a block that learns late why it waited. */
  enterAt(classIndex: number, tick: number): void {
    this.settle(Math.max(tick, this.sinceTick));
    this.current = classIndex;
  }

  get currentClass(): number {
    return this.current;
  }

  /** Ends the last interval with the run. */
  finish(endTick: number): void {
    this.settle(endTick);
  }

  state(s: StateExchange): void {
    this.current = s.number(this.current);
    this.sinceTick = s.tick(this.sinceTick);
  }

  counters(s: StateExchange): void {
    s.numbers(this.ticks);
  }

  private settle(tick: number): void {
    this.ticks[this.current]! += tick - this.sinceTick;
    this.sinceTick = tick;
  }
}
