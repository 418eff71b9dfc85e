/** Why a run ends before its time, other than by its own events and cycles. */
export type StopCause = 'interrupted' | 'maxWallSeconds';

export interface StopOptions {
  /** True once the user wants an end. */
  readonly shouldStop?: (() => boolean) | undefined;
  readonly maxWallSeconds?: number | undefined;
  /** When its clock began, as `performance.now()`; default: now. */
  readonly startedAt?: number | undefined;
}

/** Thrown out of whatever walks a schedule when the run is to end: nothing is wrong with who is thrown out of. */
export class RunStopped extends Error {
  constructor(readonly stopCause: StopCause) {
    super(stopCause === 'interrupted' ? 'the run was interrupted' : 'limits.maxWallSeconds was reached');
    this.name = 'RunStopped';
  }
}

/** One clock for a whole run: mapping, estimating, simulating. Remembers the first cause; a run that is to end does not change its mind. */
export class StopWatch {
  readonly startedAt: number;
  /** What is being done, for whoever has to say what was broken off: `mapper layer-by-layer`. */
  stage = 'loading';
  /** Walks over the schedule throw when the run is to end; off while a simulation walks, which looks up where it can go on later. */
  guardsWalks = true;
  private found: StopCause | undefined;

  constructor(private readonly options: StopOptions = {}) {
    this.startedAt = options.startedAt ?? performance.now();
  }

  /** Why the run is to end, as far as anybody has looked. */
  get cause(): StopCause | undefined {
    return this.found;
  }

  /** Looks at the user's wish and at the clock. Some tens of nanoseconds. */
  look(): StopCause | undefined {
    if (this.found === undefined) {
      const { shouldStop, maxWallSeconds = Infinity } = this.options;
      if (shouldStop?.() === true) this.found = 'interrupted';
      else if (this.seconds > maxWallSeconds) this.found = 'maxWallSeconds';
    }
    return this.found;
  }

  /** Throws RunStopped when the run is to end. */
  check(): void {
    const cause = this.look();
    if (cause !== undefined) throw new RunStopped(cause);
  }

  /** Somebody from outside ends the run. */
  end(cause: StopCause): void {
    this.found ??= cause;
  }

  get seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }
}
