import type { ClockDomain, StateExchange } from 'tessera-sim';
/** When commands go out: how many a tick can carry, and what must be between them. */
export interface CommandBus {
  /** Issues what the tick allows and sets the state's `wakeTick` to the next tick that matters. */
  run(tick: number): void;
  /** Saves or loads what it has planned. */
  exchange(s: StateExchange, clock: ClockDomain): void;
}
