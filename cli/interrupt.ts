import { runningBundle } from '../core/document/running-bundle.js';
import type { StopCause } from '../core/plugin/stop-watch.js';
import { ExitCode } from './exit-codes.js';
import { Watchdog } from './watchdog.js';

/** Shorter runs have no watchdog: until then a signal ends the process as it ends any other, and nothing is finished that could be kept. */
const UNWATCHED_MS = 500;
/** Nor have those that wait for a busy machine: what would be lost is work, which is CPU time. */
const UNWATCHED_CPU_MICROSECONDS = 750_000;
/** To ask for the CPU time takes microseconds, and runs ask for a wish to end all the time. */
const LOOK_AGAIN_MS = 50;

/**
 * The first Ctrl-C or SIGTERM asks the run to stop with what is finished; a second one ends the process at once. What does not stop when asked
 * (a plugin's endless loop) is broken off, also when it is the wall clock that ends the run.
 *
 * A program of several modules (tests, tools) has no watchdog: there, only a run that looks up now and then hears of a signal.
 */
export class Interrupt {
  /** By the clock of `performance.now()`: limits of wall time count from here. */
  startedAt = performance.now();
  /** Whether the run has become one that needs a watchdog. */
  private nextLookAt = this.startedAt + UNWATCHED_MS;
  private wallSeconds: number | undefined;
  /** Why something did not end by itself and was broken off. */
  brokenOff: StopCause | undefined;
  private readonly broken: Promise<StopCause>;
  private isBreakable = false;
  private readonly watchdog: Watchdog | undefined;
  private halt: (cause: StopCause) => void = () => {};
  private isHeard = false;
  private isListening = false;
  private readonly onSignal = (): void => {
    if (this.isHeard) process.exit(ExitCode.interrupted);
    this.isHeard = true;
  };

  private readonly onExit = (code: number): void => tellForeignExit(code);

  /** @param isBusy false for a command whose own thread always turns to its events soon: it needs no watchdog. */
  constructor(isBusy = true) {
    this.broken = new Promise((resolve) => (this.halt = resolve));
    if (runningBundle() !== undefined) process.once('exit', this.onExit);
    if (isBusy && runningBundle() !== undefined) {
      this.watchdog = new Watchdog({ deaf: () => this.listen(), breakOff: (cause) => this.breakOff(cause), leave });
    } else this.listen();
  }

  /** Resolves when what is being done has been broken off. A command that never asks for it is then at its end. */
  get halted(): Promise<StopCause> {
    this.isBreakable = true;
    return this.broken;
  }

  get isRequested(): boolean {
    const { watchdog } = this;
    if (watchdog?.isStarted === false && performance.now() > this.nextLookAt) this.watchIfLong(watchdog);
    return this.isHeard || watchdog?.hasSignal === true;
  }

  private watchIfLong(watchdog: Watchdog): void {
    const { user, system } = process.cpuUsage();
    if (user + system > UNWATCHED_CPU_MICROSECONDS) watchdog.start();
    else this.nextLookAt = performance.now() + LOOK_AGAIN_MS;
  }

  /** Code that is not ours is going to run: from now on somebody watches. */
  watch(): void {
    this.watchdog?.start();
  }

  /** @param seconds after the start */
  limit(seconds: number): void {
    this.wallSeconds = seconds;
    this.watchdog?.limit(Math.max(0, seconds * 1000 - (performance.now() - this.startedAt)));
  }

  /** The user has been asked something: the time for the answer does not count. */
  restart(): void {
    this.startedAt = performance.now();
    if (this.wallSeconds !== undefined) this.limit(this.wallSeconds);
  }

  /** @param isKeeping what is finished is being written down, by code that is known to end */
  set isKeeping(isKeeping: boolean) {
    if (this.watchdog !== undefined) this.watchdog.isKeeping = isKeeping;
  }

  dispose(): void {
    this.watchdog?.dispose();
    process.off('exit', this.onExit);
    process.off('SIGINT', this.onSignal);
    process.off('SIGTERM', this.onSignal);
  }

  private breakOff(cause: StopCause): void {
    this.brokenOff = cause;
    if (this.isBreakable) this.halt(cause);
    else leave(cause);
  }

  private listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    process.on('SIGINT', this.onSignal);
    process.on('SIGTERM', this.onSignal);
  }
}

/** Codes with which we end a command that has not come to its end, each after a message. */
const OWN_CODES: readonly number[] = [ExitCode.badInput, ExitCode.machineFailed, ExitCode.internalError, ExitCode.interrupted];

/** The process ends although the command has not: a plugin has called `process.exit`, or the loop was emptied when code was broken off. */
function tellForeignExit(code: number): void {
  if (OWN_CODES.includes(code)) return;
  process.stderr.write(`error: the run was ended from inside, with exit code ${code}: by a plugin that calls process.exit\n`);
  process.exitCode = ExitCode.machineFailed;
}

function leave(cause: StopCause): void {
  const why = cause === 'interrupted' ? 'interrupted' : 'limits.maxWallSeconds was reached';
  process.stderr.write(`${why}: ended before everything that is finished was written\n`);
  process.exit(exitCodeOfStop(cause));
}

export function exitCodeOfStop(cause: StopCause): ExitCode {
  return cause === 'interrupted' ? ExitCode.interrupted : ExitCode.machineFailed;
}
