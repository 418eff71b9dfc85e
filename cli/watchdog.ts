import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { installationFolder } from '../core/document/installation.js';
import type { StopCause } from '../core/plugin/stop-watch.js';

/** What both threads see; the names are those of bin/watchdog.js. */
const SIGNAL = 0;
const HEARD = 1;
const KEEPING = 2;
const BREAKING = 3;
const CELLS = 4;

type Message = { readonly ready: true; readonly hearsSignals: boolean } | { readonly demand: 'break-off' | 'leave'; readonly cause: StopCause };

const started = new Set<Watchdog>();

/** True when the event loop is empty since a watchdog has broken off what was in it: there is more to come. */
export function awaitsWatchdog(): boolean {
  return [...started].some((watchdog) => watchdog.awaitsWord());
}

/** A command that ended by an error has left its watchdog: it must not end the next one of the same process. */
export function disposeWatchdogs(): void {
  for (const watchdog of started) watchdog.dispose();
}

/**
 * Node keeps a stack of the callbacks that it is in, and ends the process when one is left in an unusual way, as code is that is broken off:
 * this check is turned off, as `--no-force-async-hooks-checks` does.
 */
function survivesBreaks(): void {
  const { noDeprecation } = process;
  try {
    process.noDeprecation = true;
    const { async_hook_fields: fields, constants } = (process as unknown as LegacyProcess).binding('async_wrap');
    fields[constants.kCheck] = 0;
  } catch {
    // A Node without the old bindings: code that is broken off in a callback then ends the process, later than it should and with an odd message.
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}

interface LegacyProcess {
  binding(name: 'async_wrap'): { readonly async_hook_fields: Uint32Array; readonly constants: { readonly kCheck: number } };
}

/** Whom the watchdog tells. */
export interface Watched {
  /** It cannot hear signals in its thread: they have to be heard in this one. */
  deaf(): void;
  /** What is being done does not end when asked, and has been or is being broken off. */
  breakOff(cause: StopCause): void;
  /** End the process now. */
  leave(cause: StopCause): void;
}

/**
 * A thread that hears signals and watches the wall clock while this one is busy (bin/watchdog.js). It costs some tens of milliseconds of CPU
 * time, on another core; runs that are over before it could help have none.
 */
export class Watchdog {
  private readonly cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  private worker: Worker | undefined;

  constructor(private readonly watched: Watched) {}

  /** A signal has come, whether this thread has turned to its events or not. */
  get hasSignal(): boolean {
    return Atomics.load(this.cells, SIGNAL) !== 0;
  }

  get isStarted(): boolean {
    return this.worker !== undefined;
  }

  start(): void {
    if (this.isStarted) return;
    survivesBreaks();
    started.add(this);
    // Loaded here: most runs are over before.
    const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');
    const file = path.join(installationFolder(), 'bin', 'watchdog.js');
    this.worker = new Thread(file, { workerData: { cells: this.cells.buffer }, execArgv: [] });
    this.worker.on('message', (message: Message) => this.receive(message));
    // Without it a run is as it would be without a watchdog.
    this.worker.on('error', () => this.watched.deaf());
    this.worker.unref();
  }

  /** The run is to end within so many milliseconds. */
  limit(milliseconds: number): void {
    this.start();
    this.worker?.postMessage({ limitMs: Math.min(milliseconds, 2 ** 31 - 1) });
  }

  /** What is finished is being written down, by code that ends: it is given more time. */
  set isKeeping(isKeeping: boolean) {
    Atomics.store(this.cells, KEEPING, isKeeping ? 1 : 0);
  }

  /** Code has been taken away from this thread, which may have nothing left to do until the watchdog's word comes. */
  awaitsWord(): boolean {
    if (Atomics.load(this.cells, BREAKING) === 0) return false;
    this.worker?.ref();
    return true;
  }

  dispose(): void {
    started.delete(this);
    void this.worker?.terminate();
    this.worker = undefined;
  }

  private receive(message: Message): void {
    if ('ready' in message) {
      if (!message.hearsSignals) this.watched.deaf();
      return;
    }
    Atomics.store(this.cells, HEARD, message.demand === 'leave' ? 2 : 1);
    if (message.demand === 'leave') this.watched.leave(message.cause);
    else this.watched.breakOff(message.cause);
  }
}
