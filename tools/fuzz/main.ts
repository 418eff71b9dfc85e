import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeCase, type FuzzCase } from './case.js';
import { Crew } from './crew.js';
import { faultsOf, type Ending } from './judge.js';
import { prepareSeeds, type Seed } from './seeds.js';

/**
 * `npm run fuzz -- [--count 10000] [--from 0] [--seed 1] [--processes 1] [--every 100] [--keep FOLDER]`: mutated inputs through the
 * command line. Each must end with exit code 0 to 3, within 20 s of CPU time and 1 GiB, with file and line in every message about text.
 * Every hundredth runs in a process of its own besides, as the shell starts it. `--keep`: inputs that fail are kept there. Exit code 1
 * when one failed.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '10000' },
      from: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      processes: { type: 'string', default: '1' },
      every: { type: 'string', default: '100' },
      keep: { type: 'string' },
    },
  });
  const root = process.cwd();
  const home = mkdtempSync(path.join(tmpdir(), 'tessera-fuzz-'));
  try {
    const template = path.join(home, 'template');
    mkdirSync(template);
    const seeds = prepareSeeds(root, template);
    const run = new FuzzRun({ root, template, seeds, randomSeed: Number(values.seed) }, Number(values.every), values.keep);
    await run.cases(Number(values.from), Number(values.count), Number(values.processes));
    process.stdout.write(run.report());
    if (run.failed > 0) process.exitCode = 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

interface FuzzSetting {
  readonly root: string;
  readonly template: string;
  readonly seeds: readonly Seed[];
  readonly randomSeed: number;
}

class FuzzRun {
  failed = 0;
  /** Cases by form and exit code. */
  private readonly counts = new Map<string, number>();
  private readonly failures: string[] = [];
  private slowest = 0;
  private largest = 0;
  private inProcesses = 0;

  constructor(
    private readonly setting: FuzzSetting,
    private readonly every: number,
    private readonly keep: string | undefined,
  ) {}

  async cases(from: number, count: number, processes: number): Promise<void> {
    let next = from;
    const work = async (): Promise<void> => {
      const crew = new Crew(this.setting);
      while (next < from + count) await this.one(next++, crew);
      crew.dispose();
    };
    await Promise.all(Array.from({ length: processes }, work));
  }

  report(): string {
    const rows = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `${key}: ${count}`);
    const total = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    return `${[...this.failures, ...rows].join('\n')}\n${total} cases, ${this.failed} failed; ${this.inProcesses} also in processes of their own; slowest ${this.slowest.toFixed(1)} s, largest ${this.largest.toFixed(0)} MiB\n`;
  }

  private async one(number: number, crew: Crew): Promise<void> {
    const { randomSeed, seeds, template } = this.setting;
    const fuzzed = makeCase(number, randomSeed, seeds, template);
    const ending = await crew.run(number);
    this.take(fuzzed, ending);
    if (number % this.every === 0) {
      this.inProcesses++;
      const alone = await this.inItsOwnProcess(fuzzed);
      if (alone.code !== ending.code) this.fail(fuzzed, alone, [`exit code ${alone.code} in a process of its own, ${ending.code} in the worker`]);
      const faults = faultsOf(fuzzed, alone);
      if (faults.length > 0) this.fail(fuzzed, alone, faults);
    }
  }

  private take(fuzzed: FuzzCase, ending: Ending): void {
    const key = `${fuzzed.seed.form} exit ${ending.code}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.slowest = Math.max(this.slowest, ending.cpuSeconds);
    this.largest = Math.max(this.largest, ending.peakMiB);
    const faults = faultsOf(fuzzed, ending);
    if (faults.length > 0) this.fail(fuzzed, ending, faults);
    if (fuzzed.number % 500 === 0) process.stderr.write(`${fuzzed.number}: ${this.failed} failed so far\n`);
  }

  private fail(fuzzed: FuzzCase, ending: Ending, faults: readonly string[]): void {
    this.failed++;
    const line = `${fuzzed.number} ${fuzzed.seed.file}: ${faults.join('; ')} [${fuzzed.seed.command.slice(0, 2).join(' ')}]`;
    this.failures.push(line);
    if (this.keep === undefined) return;
    const folder = path.join(this.keep, String(fuzzed.number));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, path.basename(fuzzed.seed.file)), fuzzed.content);
    writeFileSync(
      path.join(folder, 'said.txt'),
      `${line}\ntessera ${fuzzed.seed.command.join(' ')}\n${ending.stderr.slice(0, 20_000)}\n${ending.stdout.slice(0, 5000)}`,
    );
  }

  private async inItsOwnProcess({ seed, content }: FuzzCase): Promise<Ending> {
    const { root, template } = this.setting;
    const folder = mkdtempSync(path.join(path.dirname(template), 'alone-'));
    cpSync(template, folder, { recursive: true });
    writeFileSync(path.join(folder, seed.file), content);
    const startedAt = performance.now();
    const words = [path.join(root, 'bin/tessera.js'), ...seed.command];
    return new Promise((resolve) => {
      execFile(process.execPath, words, { cwd: folder, timeout: 120_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
        rmSync(folder, { recursive: true, force: true });
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        const seconds = (performance.now() - startedAt) / 1000;
        resolve({ code, stdout, stderr, cpuSeconds: code === -1 ? seconds : 0, peakMiB: 0, polluted: [] });
      });
    });
  }
}

await main();
