import type { InputProblem } from '../errors.js';
import { InputError } from '../errors.js';
import type { PluginPolicy } from '../plugin/consent/plugin-code.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { Job, JobFact, MakeRequest, RunSummary, WorkerEnd, WorkerReply, WorkerRequest } from '../plugin/suite-plugins.js';
import { JobMaker } from './job.js';
import { Leftovers } from './leftovers.js';
import { failedSummary, JobWorker, tellingPolicy } from './run-job.js';
import { scriptOf } from './script-of.js';
import { thrownText } from '../text/thrown.js';

/** A worker's way to the runner that started it, and to its own process. */
export interface WorkerChannel {
  send(reply: WorkerReply): void;
  onRequest(listener: (request: WorkerRequest) => void): void;
  /** While a task runs, the channel alone does not keep the process alive: then `onIdle` tells when nothing else does. */
  hold?(isHeld: boolean): void;
  /** Nothing is left to do, and a task has not ended. */
  onIdle?(listener: () => void): void;
  /** An error outside of every call: a timer, a promise that nobody waits for. */
  onStray?(listener: (error: unknown) => void): void;
}

/** Serves tasks until the process ends: says that it is ready, then answers each request with one end. */
export function serveJobs(channel: WorkerChannel, builtins: PluginRegistry, folder?: string): void {
  new JobServer(channel, builtins, folder).listen();
}

/** The task that is being done. */
interface Task {
  /** Ends it, whatever becomes of its promise. */
  readonly fail: (reason: string) => void;
  readonly foreignFiles: Set<string>;
  foreign: readonly string[];
}

class JobServer {
  private readonly worker: JobWorker;
  private readonly folder: string;
  private makers = new Map<string, JobMaker>();
  private isStopping = false;
  private isTainted = false;
  private task: Task | undefined;
  private answer: (problems: readonly InputProblem[]) => void = () => {};

  constructor(
    private readonly channel: WorkerChannel,
    private readonly builtins: PluginRegistry,
    folder?: string,
  ) {
    this.folder = folder ?? process.cwd();
    this.worker = new JobWorker(builtins, this.folder);
  }

  listen(): void {
    const { channel } = this;
    channel.onRequest((request) => this.receive(request));
    channel.onIdle?.(() => this.task?.fail('a plugin returned a promise that never ends: nothing is left that could settle it'));
    channel.onStray?.((error) => this.stray(error));
    channel.send({ ready: true });
  }

  private receive(request: WorkerRequest): void {
    if ('stop' in request) {
      this.isStopping = true;
      this.channel.send({ stopping: true });
    } else if ('answer' in request) this.answer(request.answer);
    else if ('run' in request)
      void this.perform(
        () => this.run(request.run),
        (summary) => ({ end: { summary } }),
      );
    else
      void this.perform(
        async () => ({ made: await this.make(request.make) }),
        (summary) => ({ made: summary }),
      );
  }

  private async perform(work: () => Promise<WorkerEnd>, failed: (summary: RunSummary) => WorkerEnd): Promise<void> {
    const startedAt = performance.now();
    const leftovers = new Leftovers();
    this.channel.hold?.(false);
    let isBroken = false;
    const end = await new Promise<WorkerEnd>((resolve) => {
      const fail = (reason: string): void => {
        isBroken = true;
        const whose = this.task?.foreign ?? [];
        const text = whose.length === 0 ? reason : `${reason}; plugins in it: ${whose.join(', ')}`;
        resolve(failed(failedSummary(new Error(text), (performance.now() - startedAt) / 1000)));
      };
      const task: Task = { fail, foreignFiles: new Set(), foreign: [] };
      this.task = task;
      // What comes up shortly after the end is the task's, too.
      void work().then(async (done) => {
        if (task.foreignFiles.size > 0) await leftovers.settle();
        resolve(done);
      });
    });
    const isForeign = (this.task?.foreignFiles.size ?? 0) > 0;
    this.isTainted ||= isForeign;
    this.task = undefined;
    this.channel.hold?.(true);
    this.channel.send(isBroken || (isForeign && leftovers.areThere()) ? { ...end, retire: true } : end);
  }

  private async run(job: Job): Promise<WorkerEnd> {
    const { channel } = this;
    const end = await this.worker.run(job, {
      shouldStop: () => this.isStopping,
      onProgress: (progress) => channel.send({ progress }),
      onFact: (fact) => this.note(fact),
    });
    return { end };
  }

  private async make({ point, options }: MakeRequest): Promise<Job | RunSummary> {
    const startedAt = performance.now();
    try {
      return await this.makerOf(options).make(point);
    } catch (error) {
      return failedSummary(error, (performance.now() - startedAt) / 1000);
    }
  }

  private makerOf(options: MakeRequest['options']): JobMaker {
    const key = JSON.stringify(options);
    let maker = this.makers.get(key);
    if (maker === undefined) {
      const onFact = (fact: JobFact): void => this.note(fact);
      const load = { ...options, plugins: tellingPolicy(this.askingPolicy(), onFact), onWallLimit: (maxWallSeconds: number) => onFact({ maxWallSeconds }) };
      this.makers.set(key, (maker = new JobMaker(this.builtins, load, this.folder)));
    }
    return maker;
  }

  /** Asks who started this process. */
  private askingPolicy(): PluginPolicy {
    return async (code, place) => {
      const answered = new Promise<readonly InputProblem[]>((resolve) => (this.answer = resolve));
      // A question keeps the process alive: nothing else does.
      this.channel.hold?.(true);
      this.channel.send({ ask: code, place });
      const problems = await answered;
      this.channel.hold?.(false);
      if (problems.length > 0) throw new InputError(problems);
    };
  }

  private note(fact: JobFact): void {
    const { task } = this;
    if (task !== undefined && 'foreignCode' in fact) {
      for (const file of fact.files) task.foreignFiles.add(file);
      task.foreign = [...task.foreign, fact.foreignCode];
    } else if (task !== undefined && 'plugins' in fact) task.foreign = fact.plugins;
    this.channel.send({ fact });
  }

  /** Fails the task whose code threw. What an earlier one has left behind ends the process: the task is then done again by another one. */
  private stray(thrown: unknown): void {
    const script = scriptOf(thrown);
    const text = thrownText(thrown);
    const { task } = this;
    const isOwn = task !== undefined && (!this.isTainted || (script !== undefined && task.foreignFiles.has(script.file)));
    if (isOwn) task.fail(`an error outside of any call${script === undefined ? '' : ` (${script.file}:${script.line})`}: ${text}`);
    else {
      process.stderr.write(`${text}\n`);
      process.exit(1);
    }
  }
}
