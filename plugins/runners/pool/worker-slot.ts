import { fork, type ChildProcess } from 'node:child_process';
import type { Job, JobEnd, RunSummary, SuiteContext, WorkerReply, WorkerRequest } from 'tessera-sim';
import { ErrorOutput } from './error-output.js';

/** How long a worker may take to leave when there is nothing left to do. */
const LEAVE_MS = 2000;

interface Running {
  readonly job: Job;
  readonly startedAt: number;
  readonly resolve: (end: JobEnd) => void;
  readonly reject: (error: Error) => void;
}

/** A place for one worker: it is started when needed, does one job at a time, and is replaced when it has crashed. */
export class WorkerSlot {
  private child: ChildProcess | undefined;
  private output = new ErrorOutput();
  private isReady = false;
  private startFault: Error | undefined;
  private running: Running | undefined;
  private isStopping = false;

  constructor(
    private readonly context: SuiteContext,
    private readonly stopMs: number,
  ) {}

  start(): void {
    this.isReady = false;
    this.output = new ErrorOutput();
    // Standard output is the suite's own, and may be JSON: what a plugin writes to its own goes to standard error.
    const child = fork(this.context.workerProgram, [], { cwd: this.context.folder, serialization: 'advanced', stdio: ['ignore', 2, 'pipe', 'ipc'] });
    this.child = child;
    child.stderr?.on('data', (bytes: Buffer) => this.output.add(bytes.toString()));
    child.on('message', (reply: WorkerReply) => this.receive(reply));
    child.on('error', (error) => this.lose(child, error.message));
    child.on('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      // Its last words may still be on their way.
      if (child.stderr === null || child.stderr.readableEnded) this.lose(child, how);
      else child.stderr.once('close', () => this.lose(child, how));
    });
  }

  /** Throws when no worker can be started at all. */
  async run(job: Job): Promise<JobEnd> {
    if (this.startFault !== undefined) throw this.startFault;
    if (this.child === undefined) this.start();
    return new Promise((resolve, reject) => {
      this.running = { job, startedAt: performance.now(), resolve, reject };
      this.send({ run: job });
    });
  }

  /** Asks the job that runs to end with what it has; kills the worker when it does not. */
  stop(): void {
    if (this.isStopping || this.running === undefined) return;
    this.isStopping = true;
    this.send({ stop: true });
    const { child } = this;
    setTimeout(() => child?.kill('SIGKILL'), this.stopMs).unref();
  }

  /** Ends the worker. */
  async dispose(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    const kill = setTimeout(() => child.kill('SIGKILL'), LEAVE_MS);
    const left = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.disconnect();
    await left;
    clearTimeout(kill);
  }

  private send(request: WorkerRequest): void {
    // A worker that is gone shows as such when it closes.
    this.child?.send(request, () => {});
  }

  private receive(reply: WorkerReply): void {
    if ('ready' in reply) this.isReady = true;
    else if ('progress' in reply) {
      if (this.running !== undefined) this.context.onProgress(this.running.job, reply.progress);
    } else this.end(reply.end);
  }

  private end(end: JobEnd): void {
    const { running } = this;
    this.running = undefined;
    this.output.release();
    running?.resolve(end);
  }

  private lose(child: ChildProcess, how: string): void {
    if (child !== this.child) return;
    this.child = undefined;
    const { running } = this;
    // One that is killed on request while it starts is no fault.
    if (!this.isReady && !this.isStopping) {
      this.startFault = new Error(`a worker process cannot be started (${how})${this.output.isEmpty ? '' : `: ${this.output.lastWords()}`}`);
      running?.reject(this.startFault);
    } else if (running !== undefined) this.end({ summary: this.lostSummary(running, how) });
  }

  private lostSummary({ startedAt }: Running, how: string): RunSummary {
    const words = this.output.isEmpty ? '' : `: ${this.output.lastWords()}`;
    const reason = this.isStopping
      ? `the run ended early: interrupted; its worker process did not stop within ${this.stopMs / 1000} s`
      : `the worker process ended during this run (${how})${words}`;
    this.output = new ErrorOutput();
    return {
      verdict: this.isStopping ? 'interrupted' : 'machine-failed',
      reasons: [reason],
      problems: [],
      wallSeconds: (performance.now() - startedAt) / 1000,
      isReproducible: false,
    };
  }
}
