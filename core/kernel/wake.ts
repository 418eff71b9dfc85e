import type { HandlerId, Kernel } from './kernel.js';
import type { StateExchange } from './state.js';
import type { Phase } from './time.js';

/**
 * At most one pending wake-up of a block. Asking for an earlier time supersedes a later one; the superseded event still
 * comes and `isDue` recognises it, so nothing is ever removed from the queue.
 */
export class Wake {
  private pendingTick = Infinity;

  constructor(
    private readonly kernel: Kernel,
    private readonly handler: HandlerId,
    private readonly code: number,
    private readonly phase: Phase,
  ) {}

  /** Wakes the block at `tick`, unless it wakes earlier anyway. */
  at(tick: number): void {
    if (tick >= this.pendingTick) return;
    this.pendingTick = tick;
    this.kernel.schedule(this.handler, tick, this.phase, this.code, 0);
  }

  /** Wakes the block in this tick. */
  now(): void {
    this.at(this.kernel.now);
  }

  /** Call first in the handler: false for a superseded event; otherwise the wake-up is taken. */
  isDue(): boolean {
    if (this.kernel.now !== this.pendingTick) return false;
    this.pendingTick = Infinity;
    return true;
  }

  /** The events themselves are part of the kernel's state. */
  state(s: StateExchange): void {
    this.pendingTick = s.tick(this.pendingTick);
  }
}
