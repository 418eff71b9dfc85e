/** One pending event. */
export interface PendingEvent {
  readonly time: number;
  readonly order: number;
  readonly handler: number;
  readonly code: number;
  readonly arg: number;
}

/**
 * The future events, in total order (time, order, sequence of insertion). `order` packs phase and path rank, so that ties
 * between blocks at one time and phase do not depend on who was constructed first.
 *
 * `pop` leaves the event in the fields below instead of returning an object: nothing is allocated per event.
 */
export interface EventQueue {
  /** Number of pending events. */
  readonly size: number;
  /** The event that the last successful `pop` took. */
  readonly time: number;
  readonly order: number;
  readonly handler: number;
  readonly code: number;
  readonly arg: number;

  /** Adds an event. `time` must not lie before the last popped event's time. */
  push(time: number, order: number, handler: number, code: number, arg: number): void;
  /** Takes the first event if its time is at most `limit`; false if there is none. */
  pop(limit: number): boolean;
  /** Time of the first event, Infinity when empty. */
  nextTime(): number;
  /** All pending events in the order in which they will be dispatched; for saving a state. */
  pending(): readonly PendingEvent[];
  /** Forgets all events and goes on at `time`; for loading a state. */
  restart(time: number): void;
}
