import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Ending } from './judge.js';
import { LAST_WORDS } from './last-words.js';
import type { WorkerStart } from './worker.js';

/** Wall time after which a case is given up: a busy machine may take long for 20 s of CPU time. */
const KILL_MS = 90_000;
/** A worker is replaced after so many cases, or when it has become so large: memory is then counted anew. */
const CASES_A_WORKER = 200;
const LARGE_MIB = 700;

/** One worker process that does case after case, and is replaced when it ends, hangs or has grown. */
export class Crew {
  private child: ChildProcess | undefined;
  private folder = '';
  private cases = 0;

  constructor(private readonly start: Omit<WorkerStart, 'folder'>) {}

  async run(number: number): Promise<Ending> {
    const child = (this.child ??= this.startWorker());
    const startedAt = performance.now();
    const ending = await new Promise<Ending>((resolve) => {
      let words = '';
      const lost = (why: string): void =>
        resolve({
          code: -1,
          stdout: '',
          stderr: `${why}\n${words.slice(-2000)}`,
          cpuSeconds: (performance.now() - startedAt) / 1000,
          peakMiB: 0,
          polluted: [],
        });
      const timer = setTimeout(() => child.kill('SIGKILL'), KILL_MS);
      child.stderr?.on('data', (bytes: Buffer) => (words += bytes.toString()));
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        const last = signal === null ? this.lastWords() : undefined;
        if (last === undefined) lost(`the process ended: ${signal ?? code}`);
        else resolve({ ...last, code: code ?? -1 });
      });
      child.once('message', (message: Ending) => {
        clearTimeout(timer);
        child.removeAllListeners('exit');
        resolve(message);
      });
      child.send(number);
    });
    child.stderr?.removeAllListeners('data');
    if (++this.cases >= CASES_A_WORKER || child.exitCode !== null || ending.code === -1 || ending.peakMiB > LARGE_MIB || ending.polluted.length > 0)
      this.dispose();
    return ending;
  }

  /** How a case ended that has ended its process. */
  private lastWords(): Ending | undefined {
    try {
      return JSON.parse(readFileSync(path.join(this.folder, LAST_WORDS), 'utf8')) as Ending;
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    this.child?.removeAllListeners('exit');
    if (this.child?.connected === true) this.child.disconnect();
    this.child?.kill('SIGKILL');
    this.child = undefined;
    if (this.folder !== '') rmSync(this.folder, { recursive: true, force: true });
  }

  private startWorker(): ChildProcess {
    this.cases = 0;
    this.folder = mkdtempSync(path.join(path.dirname(this.start.template), 'worker-'));
    const worker = new URL('./worker.js', import.meta.url).pathname;
    const child = fork(worker, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    child.send({ ...this.start, folder: path.join(this.folder, 'project') } satisfies WorkerStart);
    return child;
  }
}
