import { ModelError } from '../errors.js';
import { findWaitCycle, type DeadlockReport, type Waiter, type WaitFor } from './deadlock.js';
import type { EventQueue, PendingEvent } from './event-queue.js';
import type { StateExchange } from './state.js';
import { MAX_TICK, type Phase } from './time.js';
import { WheelQueue } from './wheel-queue.js';

/** Whatever receives events. `code` says which of its events this is, `arg` is a number of its own choice. */
export interface EventHandler {
  onEvent(code: number, arg: number): void;
}

export type HandlerId = number;

/** Limits of a run; a run that meets one ends with a partial result that says so. */
export interface RunBounds {
  readonly maxTick?: number;
  readonly maxEvents?: number;
  readonly maxWallSeconds?: number;
}

/** Phase in the high bits, path rank in the low ones. */
const RANK_BITS = 24;
const MAX_HANDLERS = 2 ** RANK_BITS;

/**
 * The discrete-event engine: time, the event queue and the run loop. It knows no hardware.
 *
 * Handlers register before `start`, each with a path; ties at one time and phase are broken by the rank of the path among
 * all paths, then by order of scheduling.
 */
export class Kernel {
  /** Current tick. */
  now = 0;
  /** Events dispatched so far. */
  eventCount = 0;

  /** Ends `run` after the current event: work is done although timers (refresh, statistics) may still be pending. */
  stopRequested = false;

  private currentPhase = 0;
  private readonly handlers: EventHandler[] = [];
  private readonly paths: string[] = [];
  private readonly waiters: Waiter[] = [];
  private rank = new Int32Array(0);
  private started = false;

  constructor(private readonly queue: EventQueue = new WheelQueue()) {}

  /** Registers a handler under a path that no other handler has. Before `start` only. */
  register(path: string, handler: EventHandler): HandlerId {
    if (this.started) throw new ModelError('handlers register before the run starts', path);
    if (this.handlers.length >= MAX_HANDLERS) throw new ModelError('too many event handlers', path);
    this.handlers.push(handler);
    this.paths.push(path);
    return this.handlers.length - 1;
  }

  /** Asks `waiter` for its unfinished waits when the queue runs empty. */
  addWaiter(waiter: Waiter): void {
    this.waiters.push(waiter);
  }

  /** Fixes the order of ties. Call once, after the last `register` and before the first `schedule`. */
  start(): void {
    const sorted = this.paths.map((path, id) => ({ path, id })).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    this.rank = new Int32Array(sorted.length);
    sorted.forEach(({ path, id }, position) => {
      if (position > 0 && sorted[position - 1]?.path === path) throw new ModelError('two event handlers have this path', path);
      this.rank[id] = position;
    });
    this.started = true;
  }

  /** Schedules `handler.onEvent(code, arg)` at an absolute tick, Infinity being never. Throws for a time that has passed or is not exact. */
  schedule(handler: HandlerId, tick: number, phase: Phase, code: number, arg: number): void {
    if (!(tick > this.now && tick <= MAX_TICK)) this.checkTime(handler, tick, phase);
    this.queue.push(tick, (phase << RANK_BITS) | this.rank[handler]!, handler, code, arg);
  }

  /** Path of a handler, for messages. */
  pathOf(handler: HandlerId): string {
    return this.paths[handler] ?? `handler ${handler}`;
  }

  /** Path of the handler whose event is being dispatched, or was last: whom to name when a model throws. */
  get dispatchingPath(): string {
    return this.pathOf(this.queue.handler);
  }

  get pendingEvents(): number {
    return this.queue.size;
  }

  /** Tick of the next event, Infinity when there is none. */
  nextTick(): number {
    return this.queue.nextTime();
  }

  /**
   * Dispatches up to `maxEvents` events not later than `maxTick`.
   * @returns true when it stopped because no such event is left, or because somebody asked it to.
   */
  run(maxEvents = Infinity, maxTick = Infinity): boolean {
    const { queue, handlers } = this;
    let left = maxEvents;
    while (left > 0) {
      if (!queue.pop(maxTick)) return true;
      left--;
      this.now = queue.time;
      this.currentPhase = queue.order >> RANK_BITS;
      this.eventCount++;
      handlers[queue.handler]!.onEvent(queue.code, queue.arg);
      if (this.stopRequested) return true;
    }
    return false;
  }

  /** Everything that still waits, in the order of registration. */
  unfinishedWaits(): readonly WaitFor[] {
    return this.waiters.flatMap((waiter) => waiter.waits());
  }

  /** The report of a run whose queue is empty with work unfinished; undefined when all is done. */
  deadlock(): DeadlockReport | undefined {
    const waits = this.unfinishedWaits();
    if (waits.length === 0) return undefined;
    return { tick: this.now, waits, cycle: findWaitCycle(waits) };
  }

  /**
   * Time, counts and all pending events. Loads into a kernel that has started, with the same handlers in the same order.
   * A handler whose `arg` is a tick or a cycle number would not survive another origin: an `arg` is an index or an identity.
   */
  state(s: StateExchange): void {
    const tick = s.tick(this.now);
    if (s.number(this.handlers.length) !== this.handlers.length) throw new ModelError('a state of another machine: it has other event handlers');
    this.eventCount = s.number(this.eventCount);
    this.stopRequested = s.flag(this.stopRequested);
    this.currentPhase = s.number(this.currentPhase);
    const events = [...this.queue.pending()];
    s.list(events, (event) => exchangeEvent(s, event));
    if (!s.loading) return;
    this.now = tick;
    this.queue.restart(tick);
    for (const { time, order, handler, code, arg } of events) this.queue.push(time, (order << RANK_BITS) | this.rank[handler]!, handler, code, arg);
  }

  private checkTime(handler: HandlerId, tick: number, phase: Phase): void {
    if (tick === Infinity || (tick === this.now && phase >= this.currentPhase)) return;
    if (tick > MAX_TICK) throw new ModelError(`scheduled at tick ${tick}, but ticks end at ${MAX_TICK}`, this.pathOf(handler));
    throw new ModelError(`scheduled at tick ${tick} phase ${phase}, but it is tick ${this.now} phase ${this.currentPhase}`, this.pathOf(handler));
  }
}

/** An event with its phase in the place of `order`: ranks follow from the paths. */
function exchangeEvent(s: StateExchange, event: PendingEvent | undefined): PendingEvent {
  return {
    time: s.tick(event?.time ?? 0),
    order: s.number((event?.order ?? 0) >> RANK_BITS),
    handler: s.number(event?.handler ?? 0),
    code: s.number(event?.code ?? 0),
    arg: s.number(event?.arg ?? 0),
  };
}
