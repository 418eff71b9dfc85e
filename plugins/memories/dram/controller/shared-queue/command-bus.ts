/** When commands go out: how many a tick can carry, and what must be between them. */
export interface CommandBus {
  /** Issues what the tick allows and sets the state's `wakeTick` to the next tick that matters. */
  run(tick: number): void;
}
