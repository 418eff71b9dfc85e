import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../usage-error.js';
import type { Sample } from './interleave.js';
import { requireSuccess, timedProcess } from './process.js';

/** The part of `tessera run --json` that benchmarks read; every version so far prints it. */
export interface RunDocument {
  /** Of a schedule; builds before 0.2 have one for experiments, too. */
  readonly simulation?: { readonly cycles: number };
  /** Of an experiment. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly events: number;
  readonly operations?: { readonly finished: number };
  /** CPU seconds of the run loop. */
  readonly engineCpuSeconds: number;
}

/** Simulated cycles, whatever the shape of the result. */
export function cyclesOf({ simulation, metrics }: RunDocument): number {
  return simulation?.cycles ?? metrics?.['cycles'] ?? NaN;
}

/** A built checkout of Tessera, used through its command line only, so that its commit does not matter. */
export class TesseraBuild {
  private constructor(
    /** How reports call it. */
    readonly label: string,
    private readonly script: string,
    private readonly workingFolder: string,
  ) {}

  /** The checkout that this benchmark belongs to. */
  static own(root: string): TesseraBuild {
    return new TesseraBuild('this build', scriptOf(root), root);
  }

  /** Another checkout. UsageError when it is none, or when it cannot run `probe` because it was not built. */
  static at(folder: string, probe: string, workingFolder: string): TesseraBuild {
    const root = path.resolve(folder);
    const build = new TesseraBuild(labelOf(root), scriptOf(root), workingFolder);
    try {
      build.run(probe);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(`'${folder}' has no build of Tessera that runs (npm ci && npm run build there makes one): ${reason}`);
    }
    return build;
  }

  /** The words that start its command line. */
  command(...words: string[]): string[] {
    return [process.execPath, this.script, ...words];
  }

  /** Runs a scenario file and measures it. */
  run(file: string): Sample & { readonly document: RunDocument } {
    const command = this.command('run', file, '--json');
    const { cpuSeconds, stdout } = requireSuccess(timedProcess(command, this.workingFolder), command);
    const document = JSON.parse(stdout) as RunDocument;
    if (typeof document.engineCpuSeconds !== 'number') throw new UsageError(`${command.join(' ')} printed no engineCpuSeconds`);
    return { process: cpuSeconds, runLoop: document.engineCpuSeconds, cycles: cyclesOf(document), document };
  }
}

/** The file behind the command `tessera` of a checkout, as its package.json says. */
function scriptOf(root: string): string {
  const manifest = path.join(root, 'package.json');
  if (!existsSync(manifest)) throw new UsageError(`'${root}' has no build of Tessera: there is no package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: string | Readonly<Record<string, string>> };
  const named = typeof bin === 'string' ? bin : bin?.['tessera'];
  if (named === undefined) throw new UsageError(`'${root}' has no build of Tessera: its package.json names no command 'tessera'`);
  const script = path.join(root, named);
  if (!existsSync(script)) throw new UsageError(`'${root}' has no build of Tessera: there is no ${named}`);
  return script;
}

/** The commit where git knows it, else the folder's name. */
function labelOf(root: string): string {
  const git = spawnSync('git', ['-C', root, 'rev-parse', '--show-prefix', '--short', 'HEAD'], { encoding: 'utf8' });
  const [prefix, commit] = (git.stdout ?? '').split('\n');
  return git.status === 0 && prefix === '' && commit !== undefined ? `commit ${commit}` : path.basename(root);
}
