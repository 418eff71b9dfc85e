import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BENCHMARKS } from './benchmarks/index.js';
import { TesseraBuild } from './measure/build.js';
import { compileUnit } from './measure/unit.js';
import { parseOptions, USAGE, type Options } from './options.js';
import { performancePage } from './output/page.js';
import { textOf } from './output/text.js';
import type { Machine } from './report.js';
import { runBenchmarks, type Finished } from './run.js';
import { UsageError } from './usage-error.js';

const PAGE = 'docs/performance.md';

/** `npm run bench -- [NAME...]`: runs benchmarks of this build; exit code 2 for what cannot be asked. */
function main(args: readonly string[]): void {
  const options = parseOptions(
    args,
    BENCHMARKS.map(({ name }) => name),
  );
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const root = installationRoot();
  const load = loadavg()[0] ?? 0;
  const finished = inWorkFolder((workFolder) => measure(options, root, workFolder));
  const text = options.json ? JSON.stringify(finished.document) : textOf(finished.document, finished.notes);
  process.stdout.write(`${text}\n`);
  if (options.page) writeFileSync(path.join(root, PAGE), pageOf(finished, options, args, load));
}

function measure(options: Options, root: string, workFolder: string): Finished {
  const scenarios = path.join(root, 'bench', 'scenarios');
  const against = options.against === undefined ? undefined : TesseraBuild.at(options.against, path.join(scenarios, 'ten-operations.yaml'), root);
  const setup = {
    root,
    scenarios,
    workFolder,
    own: TesseraBuild.own(root),
    against,
    peers: options.peers,
    operations: options.operations,
    large: options.large,
    tell: (line: string) => void process.stderr.write(`${line}\n`),
  };
  return runBenchmarks(chosen(options), setup, compileUnit(workFolder), options.runs, machineOf(root));
}

function chosen({ names }: Options) {
  return BENCHMARKS.filter(({ name }) => names.includes(name));
}

function pageOf({ document, notes }: Finished, options: Options, args: readonly string[], loadAverage: number): string {
  // Where other builds and peers lie on this machine is nobody's business.
  const shown = args.map((arg) => arg.replace(/[^\s=]*\//g, ''));
  const command = ['npm run bench --', ...shown].join(' ');
  return performancePage(document, { benchmarks: chosen(options), notes, runs: options.runs, cores: availableParallelism(), loadAverage, command });
}

function machineOf(root: string): Machine {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return { version, node: process.version, cpu: (cpus()[0]?.model ?? 'unknown processor').trim() };
}

/** The nearest folder above this file with a package.json. */
function installationRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  return folder;
}

function inWorkFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-bench-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
