import { Args, Flags } from '@oclif/core';
import type { CrosscheckFile, CrosscheckRecord } from '../../core/reference/crosscheck.js';
import { visibleLine } from '../../core/text/visible.js';
import { TesseraCommand } from '../base-command.js';
import { ExitCode } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import { writeOver } from '../output-guard.js';

export default class Crosscheck extends TesseraCommand {
  static override summary = 'Run measured reference records and show how far the simulation is off';
  static override description = `Each record (configuration, workload, measured values of another simulator or a chip) runs through the plugin for its kind.
A record that cannot be run, or takes longer than --timeout, is listed with the reason and counts as a miss. With --tolerance, exit code 1 when any value is further off.`;
  static override strict = false;
  static override examples = [
    { description: 'All records of a file', command: '<%= config.bin %> crosscheck tests/golden/noc-booksim2.json' },
    { description: 'Some of them, as JSON', command: '<%= config.bin %> crosscheck tests/golden/noc-booksim2.json --filter mesh --json' },
    { description: 'As a check', command: '<%= config.bin %> crosscheck tests/golden/dram-ramulator2.json --tolerance 3%' },
  ];
  static override args = { file: Args.string({ description: 'File of reference records, JSON (several may be given)', required: true }) };
  static override flags = {
    tolerance: Flags.string({ char: 't', description: 'Largest error of any value, e.g. 5%', helpValue: 'SHARE' }),
    filter: Flags.string({ char: 'f', description: 'Only records whose id contains this text, or matches /REGEX/', helpValue: 'TEXT' }),
    timeout: Flags.integer({ description: 'Seconds that a record may take; then it counts as a miss', default: 600, min: 1, helpValue: 'SECONDS' }),
    summary: Flags.boolean({ description: 'Print the summary of each file only' }),
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
    progress: Flags.boolean({ description: 'Show which record runs on standard error (only on a terminal)', allowNo: true, default: true }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Crosscheck);
    const [{ registryWith }, { crosscheckFile, withinTolerance }, { readTolerance }] = await Promise.all([
      import('../engine.js'),
      import('../../core/reference/crosscheck.js'),
      import('../tolerance.js'),
    ]);
    const tolerance = flags.tolerance === undefined ? Infinity : readTolerance(flags.tolerance);
    const registry = await registryWith(flags.plugin ?? []);
    const interrupt = new Interrupt();
    const files: CrosscheckFile[] = [];
    for (const file of argv as string[]) {
      const onRecord = (record: CrosscheckRecord, index: number, total: number): void => showRecord(flags.progress, `${index}/${total} ${record.id}`);
      const checked = await crosscheckFile(file, registry, {
        shouldStop: () => interrupt.isRequested,
        onRecord,
        maxSecondsPerRecord: flags.timeout,
        ...(flags.filter === undefined ? {} : { filter: flags.filter }),
      });
      files.push(checked);
      showRecord(flags.progress, '');
      await this.printFile(checked, flags.summary);
    }
    interrupt.dispose();
    const holds = withinTolerance(files, tolerance);
    this.endWith(interrupt.isRequested ? ExitCode.interrupted : flags.tolerance === undefined || holds ? ExitCode.asExpected : ExitCode.missed);
    return { files };
  }

  private async printFile(file: CrosscheckFile, summaryOnly: boolean): Promise<void> {
    const text = await import('../../core/text/index.js');
    this.log(`${file.file} (${file.kind}, ${file.records.length} records)`);
    if (!summaryOnly) this.log(recordTable(file, text));
    this.log(`\n${summaryTable(file, text)}`);
    for (const record of file.records.filter(({ failed }) => failed !== undefined)) this.log(`not run: ${record.id}: ${record.failed}`);
    this.log('');
  }
}

/** Loaded when something is printed, as everything that `--help` does not need. */
type Text = typeof import('../../core/text/index.js');

/** References are met to a thousandth of a per cent, or not. */
const PLACES = 3;

function recordTable({ records }: CrosscheckFile, { flexibleColumn, rightColumn, textTable, ...format }: Text): string {
  const columns = [flexibleColumn('record', 1, 12), flexibleColumn('metric', 1, 12), ...['expected', 'simulated', 'error', 'CPU time'].map(rightColumn)];
  return textTable(
    columns,
    records.flatMap((record) => recordRows(record, format)),
  ).join('\n');
}

function recordRows(
  { id, failed, metrics, cpuSeconds }: CrosscheckRecord,
  { formatCount, formatSignedPercent, formatSeconds }: Pick<Text, 'formatCount' | 'formatSignedPercent' | 'formatSeconds'>,
): string[][] {
  const time = formatSeconds(cpuSeconds);
  if (failed !== undefined) return [[id, 'not run', '-', '-', '-', time]];
  return Object.entries(metrics).map(([name, { expected, simulated, errorPct }], index) => [
    index === 0 ? id : '',
    name,
    formatCount(expected, PLACES),
    formatCount(simulated, PLACES),
    formatSignedPercent(errorPct / 100, PLACES),
    time,
  ]);
}

function summaryTable({ summary }: CrosscheckFile, { flexibleColumn, formatPercent, rightColumn, textTable }: Text): string {
  const columns = [
    flexibleColumn('metric', 2, 12),
    ...['n', 'mean |error|', 'median |error|', 'worst |error|'].map(rightColumn),
    flexibleColumn('worst record', 1, 12),
  ];
  const percent = (errorPct: number): string => formatPercent(errorPct / 100, PLACES);
  const rows = Object.entries(summary).map(([name, { n, meanAbsErrorPct, medianAbsErrorPct, worstAbsErrorPct, worstId }]) => [
    name,
    n,
    percent(meanAbsErrorPct),
    percent(medianAbsErrorPct),
    percent(worstAbsErrorPct),
    worstId,
  ]);
  return textTable(columns, rows).join('\n');
}

function showRecord(wanted: boolean, text: string): void {
  if (!wanted || process.stderr.isTTY !== true) return;
  writeOver(process.stderr, visibleLine(text).slice(0, 79).padEnd(79));
  writeOver(process.stderr, '');
}
