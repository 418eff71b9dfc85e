import { basename } from 'node:path';
import type { CrosscheckFile, CrosscheckRecord } from '../../core/reference/crosscheck.js';

const MISSES_SHOWN = 12;
/** A record whose error in any metric is above this is listed by name. */
const MISS_PCT = 5;

/** The accuracy page as Markdown: a table of all metrics by file, then the worst records by name. */
export function accuracyPage(files: readonly CrosscheckFile[], unchecked: readonly string[]): string {
  return [
    '# Accuracy',
    '',
    'Measured results of other simulators against ours, made by `npm run accuracy` from the records in `tests/golden/` (their sources stand in the',
    'files). Errors are in per cent of the measured value; a record that could not be run counts as a miss. Run other records of the same form',
    'with `tessera crosscheck FILE...`.',
    '',
    '| records | metric | n | mean error | median | worst | worst record |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...files.flatMap(metricRows),
    '',
    '## Time',
    'CPU seconds of all records of a file that say what the reference tool took. Its seconds are those of the record, ours those of the machine',
    'that made this page, at its load of that hour: no ratio follows from them.',
    '',
    '| records | reference, as recorded | Tessera |',
    '| --- | ---: | ---: |',
    ...files.map(timeRow),
    '',
    '## Misses',
    `Records with an error above ${MISS_PCT} % in any metric, the worst ${MISSES_SHOWN} of each file.`,
    '',
    ...files.flatMap(missRows),
    ...(unchecked.length === 0
      ? []
      : ['## Not run by `crosscheck` yet', `No crosscheck plugin for: ${unchecked.join(', ')}. Tests hold some of these records against the models directly.`]),
    '',
  ].join('\n');
}

function metricRows(file: CrosscheckFile): string[] {
  return Object.entries(file.summary).map(([metric, summary]) => {
    const errors = [summary.meanAbsErrorPct, summary.medianAbsErrorPct, summary.worstAbsErrorPct].map((value) => `${value.toFixed(2)} %`);
    return `| ${basename(file.file)} | ${metric} | ${summary.n} | ${errors.join(' | ')} | ${summary.worstId} |`;
  });
}

function timeRow(file: CrosscheckFile): string {
  const timed = file.records.filter((record) => record.failed === undefined && record.referenceCpuSeconds !== null);
  const reference = timed.reduce((sum, record) => sum + (record.referenceCpuSeconds ?? 0), 0);
  const ours = timed.reduce((sum, record) => sum + record.cpuSeconds, 0);
  return `| ${basename(file.file)} | ${reference.toFixed(1)} s | ${ours.toFixed(1)} s |`;
}

function worstPct(record: CrosscheckRecord): number {
  if (record.failed !== undefined) return Infinity;
  return Math.max(0, ...Object.values(record.metrics).map((metric) => Math.abs(metric.errorPct)));
}

function missRows(file: CrosscheckFile): string[] {
  const misses = file.records.filter((record) => worstPct(record) > MISS_PCT).sort((a, b) => worstPct(b) - worstPct(a));
  const title = `**${basename(file.file)}**: ${misses.length} of ${file.records.length}`;
  const rows = misses.slice(0, MISSES_SHOWN).map((record) => `- ${record.id}: ${record.failed ?? worstMetric(record)}`);
  return [title, '', ...rows, ...(rows.length > 0 ? [''] : [])];
}

function worstMetric(record: CrosscheckRecord): string {
  const [name, metric] = Object.entries(record.metrics).sort((a, b) => Math.abs(b[1].errorPct) - Math.abs(a[1].errorPct))[0] ?? [];
  if (name === undefined || metric === undefined) return 'no metric';
  return `${name} ${metric.simulated.toPrecision(6)} against ${metric.expected.toPrecision(6)} (${metric.errorPct.toFixed(1)} %)`;
}
