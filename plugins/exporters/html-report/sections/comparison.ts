import {
  averageComputeStack,
  COMPUTE_UNITS,
  compareRuns,
  experimentsOf,
  formatFixed,
  formatLoad,
  loadCurve,
  saturationOf,
  schedulesOf,
  shortDigest,
  type ComputeUnit,
  type RunResult,
  type ScheduleResult,
  UNIT_WORDS,
} from 'tessera-sim';
import { BUSY_COLUMNS, busyCells, causeSentences, OVERVIEW_COLUMNS, overviewCells, saturationSentence, verdictSentence } from 'tessera-sim/exporters';
import { curvesChart } from '../charts/load-charts.js';
import { runStackChart } from '../charts/stall-chart.js';
import { html, NOTHING, type Markup } from '../markup.js';
import type { PageData } from '../page-data.js';
import { HUES } from '../palette.js';
import { chartPlace, htmlTable, section, type TableCell } from './table.js';

/** The first tab of several runs: which is faster, by how much, and why. */
export function comparisonPanel(results: readonly RunResult[], data: PageData): Markup {
  const schedules = schedulesOf(results);
  const verdicts = compareRuns(schedules).map(
    (comparison) =>
      html`<div class="verdict"><p class="headline">${verdictSentence(comparison)}</p><ul>${causeSentences(comparison).map((sentence) => html`<li>${sentence}</li>`)}</ul></div>`,
  );
  return html`${section('Which run is faster, and why', '', ...verdicts)}${COMPUTE_UNITS.map((unit) => stacksSection(schedules, unit, data))}${curvesSection(results, data)}${section('Runs', '', overview(results))}`;
}

/** Arrays apart from vector units: each works on layers of its own, and a mean of both tells of neither. */
function stacksSection(schedules: readonly ScheduleResult[], unit: ComputeUnit, data: PageData): Markup {
  if (schedules.every((result) => averageComputeStack(result, unit).length === 0)) return NOTHING;
  const place = `runs-stacks-${unit}`;
  data.charts[place] = runStackChart(schedules, unit, data.activityColours);
  return section(
    `Where the average ${UNIT_WORDS[unit]} spends its cycles`,
    'A bar is as long as its run; the differences between the colours of two bars sum to the difference between the runs.',
    chartPlace(place, `Where the average ${UNIT_WORDS[unit]} of each run spends its cycles`),
  );
}

function overview(results: readonly RunResult[]): Markup {
  const columns = [
    { title: 'run' },
    { title: 'outcome' },
    ...[...OVERVIEW_COLUMNS, ...BUSY_COLUMNS.map((name) => `${name} busy`)].map((title) => ({ title, numeric: true })),
    { title: 'digest' },
  ];
  return htmlTable(columns, results.map(overviewRow));
}

function overviewRow(result: RunResult): TableCell[] {
  return [result.name, result.outcome, ...overviewCells(result), ...busyCells(result), html`<code>${shortDigest(result.digest)}</code>`];
}

/** Load-latency curves of several runs in one plot, for example of several routings. */
function curvesSection(results: readonly RunResult[], data: PageData): Markup {
  const runs = experimentsOf(results)
    .map((result) => ({ name: result.name, points: loadCurve(result), saturation: saturationOf(result) }))
    .filter(({ points }) => points.length > 0);
  if (runs.length < 2) return NOTHING;
  data.charts['runs-curves'] = curvesChart(runs.slice(0, HUES.length));
  const left = runs.length > HUES.length ? ` Drawn are the first ${HUES.length} of ${runs.length} runs.` : '';
  const columns = [{ title: 'run' }, { title: 'lowest load', numeric: true }, { title: 'its mean latency (cycles)', numeric: true }, { title: 'saturation' }];
  const rows = runs.map(({ name, points: [lowest], saturation }) => [
    name,
    formatLoad(lowest!.load),
    formatFixed(lowest!.packetLatency, 1),
    saturation === undefined ? '-' : saturationSentence(saturation),
  ]);
  return section(
    'Load and latency',
    `Mean packet latency over offered load.${left}`,
    chartPlace('runs-curves', 'Load-latency curves of the runs'),
    htmlTable(columns, rows),
  );
}
