import { join } from 'node:path';
import { Args, Flags } from '@oclif/core';
import type { SuiteEntry } from '../../core/suite/run-suite.js';
import { fromHere, sharedFlags, TesseraCommand } from '../base-command.js';
import { ExitCode, worstExitCode } from '../exit-codes.js';
import type { Outputs } from '../outputs.js';
import { Interrupt } from '../interrupt.js';
import { ProgressLine } from '../progress-line.js';

/** What `-o` writes. */
const [PAGE, TABLE] = ['suite.html', 'suite.csv'];

export default class Suite extends TesseraCommand {
  static override summary = 'Run all scenarios of files and folders';
  static override description = `Folders are searched for scenarios (\`tessera: 1\`) and suites (\`tesseraSuite: 1\`, with axes to sweep). One that fails does not
stop the others: each is run in one of --jobs long-lived worker processes, which is replaced when it crashes. Order and results do not
depend on how many there are. --runner in-process runs all of them in the process of the command itself.
With --store, results are kept in a folder, and a run whose inputs, settings, seed and build have not changed is taken from there.
Exit code: that of the worst one; 130 when interrupted.`;
  static override strict = false;
  static override examples = [
    { description: 'All scenarios of a folder', command: '<%= config.bin %> suite scenarios/examples' },
    { description: 'For CI: JUnit beside the table', command: '<%= config.bin %> suite scenarios --junit junit.xml' },
    { description: 'A sweep on four cores that can be interrupted and gone on with', command: '<%= config.bin %> suite sweep.yaml -j 4 --store out/store' },
  ];
  static override args = { target: Args.string({ description: 'Scenario, suite or folder (several may be given)', required: true }) };
  static override flags = {
    junit: Flags.string({ description: 'Write a JUnit XML file', helpValue: 'FILE' }),
    output: Flags.string({ char: 'o', description: 'Write suite.html (table, plots of the axes) and suite.csv here', helpValue: 'FOLDER' }),
    jobs: Flags.string({ char: 'j', description: 'Runs at a time: a number, or auto for one a core', default: '1', helpValue: 'N' }),
    store: Flags.string({ description: 'Keep results in this folder (or NAME:LOCATION), and run nothing again that is there', helpValue: 'DIR' }),
    runner: Flags.string({ description: 'Who runs them: in-process, pool, or a plugin; default: pool', helpValue: 'NAME' }),
    timeout: Flags.integer({
      description: 'Seconds that a scenario may take that has no limits.maxWallSeconds; then its worker is ended, and it fails',
      default: 3600,
      min: 1,
      helpValue: 'SECONDS',
    }),
    plugin: Flags.string({
      description: 'Load runners and stores of this plugin file or package (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
    }),
    ...sharedFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Suite);
    const [{ builtinRegistry, loadOptionsOf, registryWith }, { loadSuite }, { runSuite }, { SuiteStore }, tools, { installationFolder }] = await Promise.all([
      import('../engine.js'),
      import('../../core/suite/points.js'),
      import('../../core/suite/run-suite.js'),
      import('../../core/suite/suite-store.js'),
      import('../suite-tools.js'),
      import('../../core/document/installation.js'),
    ]);
    const workers = tools.readJobs(flags.jobs);
    const registry = await registryWith(flags.plugin ?? []);
    const { runner, isIsolated } = await tools.runnerOf(flags.runner, workers, registry);
    const points = loadSuite(argv as string[]);
    const lasting = flags.store === undefined ? undefined : await tools.openStore(flags.store, registry);
    if (flags.junit !== undefined) (await import('../../core/document/check-output.js')).checkOutputFile(flags.junit);
    if (flags.output !== undefined) (await import('../../core/document/check-output.js')).checkOutputFolder(flags.output, [PAGE, TABLE]);
    const outputs = this.outputs();
    const spool = this.jsonEnabled() ? await tools.temporaryStore(registry) : undefined;
    const store = new SuiteStore(lasting, spool, (error) => outputs.failed(`store ${flags.store ?? ''}`, error));
    const interrupt = new Interrupt(!isIsolated);
    const line = new ProgressLine(flags.progress);
    const entries = await runSuite(points, await builtinRegistry(), {
      ...(await loadOptionsOf(flags, { before: () => line.pause(), after: () => line.goOn() })),
      runner,
      store,
      mayResume: lasting !== undefined,
      workers,
      isIsolated,
      timeoutSeconds: flags.timeout,
      workerProgram: join(installationFolder(), 'bin', 'worker.js'),
      shouldStop: () => interrupt.isRequested,
      onProgress: ({ name }, index, report) => line.show(report, `[${index + 1}/${points.length}] ${name}`),
      onEnd: () => line.clear(),
      warn: (message) => void process.stderr.write(`warning: ${fromHere(message)}\n`),
    }).finally(() => interrupt.dispose());
    await this.print(entries, points.length);
    const { junit, output } = flags;
    if (output !== undefined) await this.writeReport(entries, points.length, output, outputs);
    if (junit !== undefined) await outputs.attempt(junit, () => this.writeJunit(entries, junit));
    this.endWith(interrupt.isRequested ? ExitCode.interrupted : outputs.codeWith(worstExitCode(entries.map(codeOf))));
    if (this.jsonEnabled()) await (await import('../suite-json.js')).printSuiteJson(entries, store, points.length);
  }

  private async print(entries: readonly SuiteEntry[], total: number): Promise<void> {
    const { speedUps } = await import('../../core/suite/report/speed-up.js');
    const { flexibleColumn, formatCount, formatFixed, formatSignedPercent, leftColumn, rightColumn, textTable } = await import('../../core/text/index.js');
    const ratios = speedUps(entries);
    // Of scenarios that each run once there is nothing to be faster than.
    const isSweep = new Set(entries.map(({ file }) => file)).size < entries.length;
    const rows = entries.map(({ name, verdict, cycles, estimateError, wallSeconds, isFromStore }, index) => [
      name,
      verdict,
      formatCount(cycles),
      ...(isSweep ? [ratios[index] === undefined ? '-' : formatFixed(ratios[index], 2)] : []),
      formatSignedPercent(estimateError),
      isFromStore ? 'stored' : formatFixed(wallSeconds, 2),
    ]);
    const titles = ['cycles', ...(isSweep ? ['speed-up'] : []), 'estimate', 'seconds'];
    this.log(textTable([flexibleColumn('scenario', 1, 12), leftColumn('verdict'), ...titles.map(rightColumn)], rows).join('\n'));
    for (const entry of entries.filter(({ verdict }) => verdict !== 'as-expected')) {
      this.log(`\n${entry.name}: ${entry.verdict}`);
      for (const reason of entry.reasons) this.log(`  ${fromHere(reason).replaceAll('\n', '\n  ')}`);
    }
    const good = entries.filter(({ verdict }) => verdict === 'as-expected').length;
    const stored = entries.filter(({ isFromStore }) => isFromStore).length;
    const parts = [`${good} of ${total} as expected`];
    if (stored > 0) parts.push(`${stored} taken from the store`);
    if (entries.length < total) parts.push(`${total - entries.length} not run`);
    this.log(`\n${parts.join(', ')}`);
  }

  private async writeReport(entries: readonly SuiteEntry[], total: number, folder: string, outputs: Outputs): Promise<void> {
    const [{ suitePage }, { suiteCsv }, { writeWhole }] = await Promise.all([
      import('../../core/suite/report/suite-page.js'),
      import('../../core/suite/report/suite-csv.js'),
      import('../../core/document/write-whole.js'),
    ]);
    const told = entries.map((entry) => ({ ...entry, reasons: entry.reasons.map(fromHere) }));
    const files = [
      [PAGE, () => suitePage('Suite', told, total)],
      [TABLE, () => suiteCsv(told)],
    ] as const;
    for (const [name, content] of files) {
      const file = join(folder, name);
      await outputs.attempt(file, () => {
        writeWhole(file, content());
        this.log(`written: ${file}`);
      });
    }
  }

  private async writeJunit(entries: readonly SuiteEntry[], file: string): Promise<void> {
    const [{ junitXml }, { writeWhole }] = await Promise.all([import('../junit.js'), import('../../core/document/write-whole.js')]);
    writeWhole(file, junitXml(entries, 'tessera'));
    this.log(`written: ${file}`);
  }
}

function codeOf(entry: SuiteEntry): ExitCode {
  const codes = {
    'as-expected': ExitCode.asExpected,
    missed: ExitCode.missed,
    'machine-failed': ExitCode.machineFailed,
    'bad-input': ExitCode.badInput,
    interrupted: ExitCode.interrupted,
  } as const;
  return codes[entry.verdict];
}
