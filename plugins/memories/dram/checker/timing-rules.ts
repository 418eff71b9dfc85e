/** A command that came before its time. */
export interface TooEarly {
  /** What part of the device waits: bank, group, rank, stack, channel. */
  readonly level: string;
  /** The command that makes it wait. */
  readonly cause: number;
  readonly neededTicks: number;
  readonly sinceTicks: number;
  /** Not the last such command, but the `window`-th last one. */
  readonly window: number;
  /** What the wait is for, e.g. `tWR and tRP`; none where the standard's own table says it. */
  readonly term?: string;
}

/** A source of timing rules: asked before each command, told after it. */
export interface TimingRules {
  check(code: number, banks: Int32Array, tick: number, found: (violation: TooEarly) => void): void;
  remember(code: number, banks: Int32Array, tick: number): void;
}
