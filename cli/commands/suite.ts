import { Args, Flags } from '@oclif/core';
import { estimateError } from '../../core/analysis/comparison.js';
import type { SuiteEntry } from '../../core/suite/run-suite.js';
import { fromHere, sharedFlags, TesseraCommand } from '../base-command.js';
import { ExitCode, worstExitCode } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import { ProgressLine } from '../progress-line.js';

export default class Suite extends TesseraCommand {
  static override summary = 'Run all scenarios of files and folders, one after the other';
  static override description = `Folders are searched for scenarios (\`tessera: 1\`) and suites (\`tesseraSuite: 1\`, with axes to sweep). One that fails does not
stop the others. Exit code: that of the worst one; 130 when interrupted.`;
  static override strict = false;
  static override examples = [
    { description: 'All scenarios of a folder', command: '<%= config.bin %> suite scenarios/examples' },
    { description: 'For CI: JUnit beside the table', command: '<%= config.bin %> suite scenarios --junit junit.xml' },
  ];
  static override args = { target: Args.string({ description: 'Scenario, suite or folder (several may be given)', required: true }) };
  static override flags = {
    junit: Flags.string({ description: 'Write a JUnit XML file', helpValue: 'FILE' }),
    ...sharedFlags,
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Suite);
    const [{ builtinRegistry, loadOptionsOf }, { loadSuite }, { runSuite }, { resultDocument }] = await Promise.all([
      import('../engine.js'),
      import('../../core/suite/jobs.js'),
      import('../../core/suite/run-suite.js'),
      import('../../core/result/verdict.js'),
    ]);
    const jobs = loadSuite(argv as string[]);
    const interrupt = new Interrupt();
    const line = new ProgressLine(flags.progress);
    const entries = await runSuite(jobs, await builtinRegistry(), {
      ...(await loadOptionsOf(flags)),
      shouldStop: () => interrupt.isRequested,
      onStart: (job, index, total, progress) => line.follow(progress, `[${index + 1}/${total}] ${job.name}`),
      onEnd: () => line.clear(),
    }).finally(() => interrupt.dispose());
    await this.print(entries, jobs.length);
    if (flags.junit !== undefined) await this.writeJunit(entries, flags.junit);
    this.endWith(interrupt.isRequested ? ExitCode.interrupted : worstExitCode(entries.map(codeOf)));
    return {
      runs: entries.map((entry) => ({
        ...entry,
        file: fromHere(entry.file),
        reasons: entry.reasons.map(fromHere),
        ...(entry.result === undefined ? {} : { result: resultDocument(entry.result) }),
      })),
      total: jobs.length,
    };
  }

  private async print(entries: readonly SuiteEntry[], total: number): Promise<void> {
    const { flexibleColumn, formatCount, formatFixed, formatSignedPercent, leftColumn, rightColumn, textTable } = await import('../../core/text/index.js');
    const rows = entries.map(({ name, verdict, result, wallSeconds }) => {
      const schedule = result?.kind === 'schedule' ? result : undefined;
      const error = schedule === undefined ? undefined : estimateError(schedule);
      const cycles = schedule === undefined ? undefined : Math.round(schedule.simulation.cycles);
      return [name, verdict, formatCount(cycles), formatSignedPercent(error), formatFixed(wallSeconds, 2)];
    });
    this.log(textTable([flexibleColumn('scenario', 1, 12), leftColumn('verdict'), ...['cycles', 'estimate', 'seconds'].map(rightColumn)], rows).join('\n'));
    for (const entry of entries.filter(({ verdict }) => verdict !== 'as-expected')) {
      this.log(`\n${entry.name}: ${entry.verdict}`);
      for (const reason of entry.reasons) this.log(`  ${fromHere(reason).replaceAll('\n', '\n  ')}`);
    }
    const good = entries.filter(({ verdict }) => verdict === 'as-expected').length;
    this.log(`\n${good} of ${total} as expected${entries.length < total ? `, ${total - entries.length} not run` : ''}`);
  }

  private async writeJunit(entries: readonly SuiteEntry[], file: string): Promise<void> {
    const [{ junitXml }, { writeWhole }] = await Promise.all([import('../junit.js'), import('../../core/document/output-files.js')]);
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
