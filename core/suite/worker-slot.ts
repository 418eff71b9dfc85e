import { fork, type ChildProcess } from 'node:child_process';
import type { InputProblem } from '../errors.js';
import type { PluginPolicy } from '../plugin/consent/plugin-code.js';
import { InputError } from '../errors.js';
import type { Job, JobEnd, MakeRequest, ProgressReport, RunSummary, WorkerEnd, WorkerReply, WorkerRequest } from '../plugin/suite-plugins.js';
import { ErrorOutput } from './error-output.js';
import { residentMiB } from './resident-memory.js';
import { thrownText } from '../text/thrown.js';

/** How long a worker may take to leave when there is nothing left to do. */
const LEAVE_MS = 500;
/** After a limit that the worker knows itself, and for it to hear that it is to stop. */
const GRACE_MS = 800;
/** How often a worker that works is looked at. */
const LOOK_MS = 100;
/** Besides the heap: code, and buffers outside of it. */
const BESIDE_HEAP_MIB = 512;

export interface WorkerSettings {
  /** For `child_process.fork`; it speaks `WorkerRequest` and `WorkerReply`. */
  readonly program: string;
  readonly folder: string;
  /** From the wish to stop, for a worker that has heard of it. */
  readonly stopMs: number;
  /** For one task whose scenario has no limit of its own. */
  readonly timeoutMs: number;
  /** Of the heap. */
  readonly memoryMiB: number;
  /** True when the user wants an end: see `stop`. */
  readonly shouldStop?: () => boolean;
  readonly onProgress?: (report: ProgressReport) => void;
  /** Asked before code that is not built in is loaded to make a job. */
  readonly policy?: PluginPolicy;
}

/** The worker is gone, or was ended, without an answer. */
interface Lost {
  readonly lost: string;
}

interface Task {
  readonly request: WorkerRequest;
  readonly startedAt: number;
  readonly resolve: (end: WorkerEnd | Lost) => void;
  readonly reject: (error: Error) => void;
  /** Why it was ended from here. */
  endedFor?: string;
  /** By the clock of `performance.now()`. */
  deadline: number;
  /** What set it, for a message. */
  limit: string;
  foreign: readonly string[];
}

/**
 * A place for one worker: it is started when needed, does one task at a time, and is replaced when it has crashed or was ended: for a task that
 * takes too long or too much memory.
 */
export class WorkerSlot {
  private child: ChildProcess | undefined;
  private output = new ErrorOutput();
  private isReady = false;
  private startFault: Error | undefined;
  private task: Task | undefined;
  private isStopping = false;
  /** Code that is not built in was loaded for an earlier task of this worker, and may still do something. */
  private isTainted = false;

  constructor(private readonly settings: WorkerSettings) {}

  start(): void {
    this.isReady = false;
    this.isTainted = false;
    this.output = new ErrorOutput();
    const { program, folder, memoryMiB } = this.settings;
    const child = fork(program, [], {
      cwd: folder,
      serialization: 'advanced',
      // Standard output is the suite's own, and may be JSON: what a plugin writes to its own goes to standard error.
      stdio: ['ignore', 2, 'pipe', 'ipc'],
      execArgv: [...process.execArgv, `--max-old-space-size=${memoryMiB}`],
    });
    this.child = child;
    child.stderr?.on('data', (bytes: Buffer) => this.output.add(bytes.toString()));
    child.on('message', (reply: WorkerReply) => void (child === this.child && this.receive(reply)));
    child.on('error', (error) => this.lose(child, error.message));
    child.on('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      // Its last words may still be on their way; a child of its own may hold the stream open for ever.
      if (child.stderr === null || child.stderr.readableEnded) this.lose(child, how);
      else {
        child.stderr.once('close', () => this.lose(child, how));
        setTimeout(() => this.lose(child, how), LEAVE_MS).unref();
      }
    });
  }

  /** Throws when no worker can be started at all. */
  async run(job: Job): Promise<JobEnd> {
    const startedAt = performance.now();
    const end = await this.perform({ run: job });
    return 'end' in end ? end.end : { summary: this.lostSummary(end, startedAt) };
  }

  /** The job of a point, or why there is none. Throws when no worker can be started at all. */
  async make(request: MakeRequest): Promise<Job | RunSummary> {
    const startedAt = performance.now();
    const end = await this.perform({ make: request });
    return 'made' in end ? end.made : this.lostSummary(end, startedAt);
  }

  /** Asks what runs to end with what it has; ends the worker when it does not. */
  private stop(): void {
    if (this.isStopping || this.task === undefined) return;
    this.isStopping = true;
    this.send({ stop: true });
    // One that is starting hears of it when it has started.
    const { stopMs } = this.settings;
    this.task.deadline = performance.now() + (this.isReady ? Math.min(GRACE_MS, stopMs) : stopMs);
  }

  /** Ends the worker. */
  async dispose(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const kill = setTimeout(() => child.kill('SIGKILL'), LEAVE_MS);
    const left = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.disconnect();
    await left;
    clearTimeout(kill);
  }

  /** A crash may be the late work of code that an earlier task has left behind: then this task gets a worker of its own. */
  private async perform(request: WorkerRequest): Promise<WorkerEnd | Lost> {
    const wasTainted = this.child !== undefined && this.isTainted;
    const end = await this.once(request);
    return 'lost' in end && wasTainted && !this.isStopping ? this.once(request) : end;
  }

  private async once(request: WorkerRequest): Promise<WorkerEnd | Lost> {
    if (this.startFault !== undefined) throw this.startFault;
    if (this.child === undefined) this.start();
    const startedAt = performance.now();
    const { timeoutMs } = this.settings;
    const watch = setInterval(() => this.look(), LOOK_MS);
    return new Promise<WorkerEnd | Lost>((resolve, reject) => {
      this.task = { request, startedAt, resolve, reject, deadline: startedAt + timeoutMs, limit: `it may take ${timeoutMs / 1000} s`, foreign: [] };
      this.send(request);
    }).finally(() => clearInterval(watch));
  }

  /** Ends a worker that takes too long or too much. */
  private look(): void {
    const { task, child } = this;
    if (task === undefined || child?.pid === undefined || task.endedFor !== undefined) return;
    if (this.settings.shouldStop?.() === true) this.stop();
    const { memoryMiB } = this.settings;
    const resident = residentMiB(child.pid);
    if (performance.now() > task.deadline) task.endedFor = this.isStopping ? 'interrupted' : task.limit;
    else if (resident > memoryMiB + BESIDE_HEAP_MIB) task.endedFor = `it took ${Math.round(resident)} MiB of memory, and may have ${memoryMiB} for its heap`;
    if (task.endedFor !== undefined) child.kill('SIGKILL');
  }

  private send(request: WorkerRequest): void {
    // A worker that is gone shows as such when it closes.
    this.child?.send(request, () => {});
  }

  private receive(reply: WorkerReply): void {
    if ('ready' in reply) this.isReady = true;
    const { task } = this;
    if (task === undefined) return;
    if ('progress' in reply) this.settings.onProgress?.(reply.progress);
    else if ('stopping' in reply) task.deadline = performance.now() + this.settings.stopMs;
    else if ('fact' in reply) this.note(task, reply.fact);
    else if ('ask' in reply) void this.answer(reply);
    else if ('end' in reply || 'made' in reply) this.end(reply);
  }

  private note(task: Task, fact: Extract<WorkerReply, { fact: unknown }>['fact']): void {
    if ('foreignCode' in fact) task.foreign = [...task.foreign, fact.foreignCode];
    else if ('plugins' in fact) task.foreign = fact.plugins;
    else if (!this.isStopping) {
      task.deadline = performance.now() + fact.maxWallSeconds * 1000 + GRACE_MS;
      task.limit = `limits.maxWallSeconds (${fact.maxWallSeconds} s) was reached, and it did not stop when asked`;
    }
  }

  private async answer({ ask, place }: Extract<WorkerReply, { ask: unknown }>): Promise<void> {
    const { task } = this;
    const askedAt = performance.now();
    let answer: readonly InputProblem[] = [];
    try {
      if (this.settings.policy === undefined) throw new InputError({ ...place, message: `'${ask.specifier}' was not agreed to` });
      await this.settings.policy(ask, place);
    } catch (error) {
      answer = error instanceof InputError ? error.problems : [{ message: thrownText(error) }];
    }
    // A question to a person takes its time, which is not the worker's.
    if (task !== undefined) task.deadline += performance.now() - askedAt;
    this.send({ answer });
  }

  private end(end: WorkerEnd | Lost): void {
    const { task } = this;
    this.task = undefined;
    if (task !== undefined && task.foreign.length > 0) this.isTainted = true;
    if (!('lost' in end)) this.output.release();
    if ('retire' in end && end.retire === true) void this.dispose();
    task?.resolve(end);
  }

  private lose(child: ChildProcess, how: string): void {
    if (child !== this.child) return;
    this.child = undefined;
    const { task } = this;
    const words = this.output.isEmpty ? '' : `: ${this.output.lastWords()}`;
    // One that is ended on request while it starts is no fault.
    if (!this.isReady && !this.isStopping) {
      this.startFault = new Error(`a worker process cannot be started (${how})${words}`);
      task?.reject(this.startFault);
    } else if (task !== undefined) this.end({ lost: lossOf(task, how, words) });
    this.output = new ErrorOutput();
  }

  private lostSummary(end: WorkerEnd | Lost, startedAt: number): RunSummary {
    const { stopMs } = this.settings;
    const why = 'lost' in end ? end.lost : 'the worker answered something else';
    return {
      verdict: this.isStopping ? 'interrupted' : 'machine-failed',
      reasons: [this.isStopping ? `the run ended early: interrupted; its worker process did not stop within ${stopMs / 1000} s` : why],
      problems: [],
      wallSeconds: (performance.now() - startedAt) / 1000,
      isReproducible: false,
    };
  }
}

function lossOf({ endedFor, foreign, startedAt }: Task, how: string, words: string): string {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const what = endedFor === undefined ? `the worker process ended during this run (${how})${words}` : `the run was ended after ${seconds} s: ${endedFor}`;
  return foreign.length === 0 ? what : `${what}; plugins in it: ${foreign.join(', ')}`;
}
