import { cpSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { makeCase } from './case.js';
import type { Ending } from './judge.js';
import { LAST_WORDS } from './last-words.js';
import type { Seed } from './seeds.js';

/** What the main process sends first: everything that a worker needs. */
export interface WorkerStart {
  readonly root: string;
  /** Folder of the unchanged files. */
  readonly template: string;
  /** The worker's own copy of it. */
  readonly folder: string;
  readonly seeds: readonly Seed[];
  readonly randomSeed: number;
}

interface Bundle {
  main(): { run(root: string, words: readonly string[]): Promise<void> };
}

/** What a command leaves behind on the process that it takes for its own. */
const LISTENED = ['SIGINT', 'SIGTERM', 'exit', 'beforeExit', 'uncaughtException', 'unhandledRejection'];

/** Runs cases in this process, through the built command line, as the shell would see them: with its watchdog and its limits. */
class CaseRunner {
  private readonly known = new Set(Object.getOwnPropertyNames(Object.prototype));
  private readonly tessera: ReturnType<Bundle['main']>;
  private held = { stdout: '', stderr: '' };
  private before = process.cpuUsage();

  private constructor(private readonly start: WorkerStart) {
    const loader = createRequire(import.meta.url)(path.join(start.root, 'bin', 'load-bundle.js')) as { Bundle: new (root: string) => Bundle };
    this.tessera = new loader.Bundle(start.root).main();
  }

  static async make(start: WorkerStart): Promise<CaseRunner> {
    cpSync(start.template, start.folder, { recursive: true });
    process.chdir(start.folder);
    const runner = new CaseRunner(start);
    // Modules are loaded before the clock of a case runs.
    await runner.command(['run', 'tiny.yaml', '--no-progress', '--no-plan-cache']);
    return runner;
  }

  async run(number: number): Promise<Ending> {
    const { seed, content } = makeCase(number, this.start.randomSeed, this.start.seeds, this.start.template);
    writeFileSync(seed.file, content);
    this.before = process.cpuUsage();
    const code = await this.command(seed.command);
    const ending = this.ending(code);
    cpSync(path.join(this.start.template, seed.file), seed.file);
    return ending;
  }

  private ending(code: number): Ending {
    const { user, system } = process.cpuUsage(this.before);
    const polluted = Object.getOwnPropertyNames(Object.prototype).filter((key) => !this.known.has(key));
    return { ...this.held, code, cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024, polluted };
  }

  private async command(words: readonly string[]): Promise<number> {
    const held = (this.held = { stdout: '', stderr: '' });
    const before = [process.stdout.write, process.stderr.write] as const;
    for (const stream of ['stdout', 'stderr'] as const) {
      process[stream].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
        held[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
        const done = rest.at(-1);
        if (typeof done === 'function') done();
        return true;
      }) as typeof process.stdout.write;
    }
    process.exitCode = 0;
    // A run that does not stop when asked ends its process.
    const onExit = (code: number): void => writeFileSync(path.join(path.dirname(this.start.folder), LAST_WORDS), JSON.stringify(this.ending(code)));
    process.on('exit', onExit);
    try {
      await this.tessera.run(this.start.root, words);
    } catch (error) {
      held.stderr += `thrown: ${error instanceof Error ? error.stack : String(error)}`;
      process.exitCode = 70;
    } finally {
      [process.stdout.write, process.stderr.write] = before;
      for (const event of LISTENED) process.removeAllListeners(event);
      process.stdout.removeAllListeners('error');
      process.stderr.removeAllListeners('error');
    }
    const code = Number(process.exitCode ?? 0);
    process.exitCode = 0;
    return code;
  }
}

let runner: Promise<CaseRunner> | undefined;
process.on('disconnect', () => process.exit());
process.on('message', (message: WorkerStart | number) => {
  if (typeof message !== 'number') runner = CaseRunner.make(message);
  else void runner?.then(async (cases) => process.send?.(await cases.run(message)));
});
