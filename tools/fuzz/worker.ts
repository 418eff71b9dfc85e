import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Config, type Command } from '@oclif/core';
import { makeCase } from './case.js';
import type { Ending } from './judge.js';
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

type CommandClass = typeof Command & { run(argv: readonly string[], options: Config): Promise<unknown> };

/** Runs cases in this process, through the very classes of the command line, as the shell would see them. */
class CaseRunner {
  private readonly known = new Set(Object.getOwnPropertyNames(Object.prototype));
  private readonly commands = new Map<string, CommandClass>();

  private constructor(
    private readonly start: WorkerStart,
    private readonly config: Config,
  ) {}

  static async make(start: WorkerStart): Promise<CaseRunner> {
    cpSync(start.template, start.folder, { recursive: true });
    process.chdir(start.folder);
    const runner = new CaseRunner(start, await Config.load({ root: start.root }));
    // Modules are loaded before the clock of a case runs.
    await runner.command('run', ['tiny.yaml', '--no-progress', '--no-plan-cache']);
    return runner;
  }

  async run(number: number): Promise<Ending> {
    const { seed, content } = makeCase(number, this.start.randomSeed, this.start.seeds, this.start.template);
    const [name = '', ...words] = seed.command;
    writeFileSync(seed.file, content);
    const before = process.cpuUsage();
    const ended = await this.command(name, words);
    const { user, system } = process.cpuUsage(before);
    cpSync(path.join(this.start.template, seed.file), seed.file);
    const polluted = Object.getOwnPropertyNames(Object.prototype).filter((key) => !this.known.has(key));
    return { ...ended, cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024, polluted };
  }

  private async command(name: string, words: readonly string[]): Promise<Pick<Ending, 'code' | 'stdout' | 'stderr'>> {
    let command = this.commands.get(name);
    if (command === undefined) {
      command = ((await import(pathToFileURL(path.join(this.start.root, 'dist', 'cli', 'commands', `${name}.js`)).href)) as { default: CommandClass }).default;
      this.commands.set(name, command);
    }
    const held = { stdout: '', stderr: '' };
    const before = [process.stdout.write, process.stderr.write] as const;
    for (const stream of ['stdout', 'stderr'] as const) {
      process[stream].write = ((chunk: string | Uint8Array) => {
        held[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
        return true;
      }) as typeof process.stdout.write;
    }
    process.exitCode = 0;
    try {
      await command.run([...words], this.config);
    } catch (error) {
      held.stderr += `thrown: ${error instanceof Error ? error.stack : String(error)}`;
      process.exitCode = 70;
    } finally {
      [process.stdout.write, process.stderr.write] = before;
      // A command listens until its process ends.
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
    }
    const code = Number(process.exitCode ?? 0);
    process.exitCode = 0;
    return { code, ...held };
  }
}

let runner: Promise<CaseRunner> | undefined;
process.on('disconnect', () => process.exit());
process.on('message', (message: WorkerStart | number) => {
  if (typeof message !== 'number') runner = CaseRunner.make(message);
  else void runner?.then(async (cases) => process.send?.(await cases.run(message)));
});
