import { formatLoad, latencyBins, loadCurve, networkStalls, saturationOf, type LoadPoint, type ExperimentResult } from 'tessera-sim';
import { atLoad, criterionSentence, LOAD_COLUMNS, loadCells, saturatedSentence, saturationSentence } from 'tessera-sim/exporters';
import { latencyHistogram } from '../charts/latency-histogram.js';
import { acceptedRateChart, loadLatencyChart } from '../charts/load-charts.js';
import { stallCauseChart } from '../charts/stall-cause-chart.js';
import { html, NOTHING, type Markup } from '../markup.js';
import type { PageData } from '../page-data.js';
import { chartFigure, htmlTable, section } from './table.js';

/** What a `kind: traffic` measured: its load-latency curve, how latencies are spread, what flits waited for. */
export function trafficSections(result: ExperimentResult, id: string, data: PageData): Markup {
  return html`${curveSection(result, id, data)}${packetSection(result, id, data)}`;
}

function curveSection(result: ExperimentResult, id: string, data: PageData): Markup {
  const points = loadCurve(result);
  if (points.length === 0) return NOTHING;
  const saturation = saturationOf(result);
  const verdict = saturation === undefined ? '' : `The network ${saturationSentence(saturation)}. `;
  const unstable = points.every(({ stable }) => stable) ? '' : 'At loads that are not stable latencies tell how long the measurement lasted.';
  const sentences = [criterionSentence(result), saturatedSentence(points), unstable].filter((sentence) => sentence !== '');
  const note = [`${verdict}Rates in flits per node and cycle, latencies in cycles.`, ...sentences].join(' ');
  return section('Load and latency', note, curveCharts(points, result, id, data), curveTable(points));
}

/** A single load is no curve. */
function curveCharts(points: readonly LoadPoint[], result: ExperimentResult, id: string, data: PageData): Markup {
  if (points.length < 2) return NOTHING;
  const saturation = saturationOf(result);
  data.charts[`${id}-load-latency`] = loadLatencyChart(points, saturation);
  data.charts[`${id}-accepted`] = acceptedRateChart(points, saturation);
  const latency = chartFigure(`${id}-load-latency`, 'Latency over load', '', 'Packet latency over offered load');
  const accepted = chartFigure(`${id}-accepted`, 'Accepted traffic', 'on the dotted line all that is offered', 'Accepted over offered load');
  return html`<div class="pair">${latency}${accepted}</div>`;
}

function curveTable(points: readonly LoadPoint[]): Markup {
  const rows = points.map((point) => loadCells(point).map((cell) => (cell === 'NO' ? html`<strong class="missed">no</strong>` : cell)));
  return htmlTable(
    LOAD_COLUMNS.map((title) => ({ title, numeric: true })),
    rows,
  );
}

function packetSection(result: ExperimentResult, id: string, data: PageData): Markup {
  const bins = latencyBins(result);
  const bars = networkStalls(result).map(({ load, ...stalls }) => ({ name: load === undefined ? result.name : formatLoad(load), ...stalls }));
  const figures: Markup[] = [];
  if (bins.length > 0) {
    data.charts[`${id}-latency`] = latencyHistogram(bins, result.metrics);
    figures.push(chartFigure(`${id}-latency`, 'Latency of the packets', atLoad(result).trim(), 'Histogram of packet latencies'));
  }
  if (bars.length > 0) {
    data.charts[`${id}-stall-causes`] = stallCauseChart(bars, loadCurve(result).length > 0 ? 'Offered load' : 'Run');
    figures.push(chartFigure(`${id}-stall-causes`, 'What flits waited for', 'virtual channels with a flit that could not move', 'Causes of waiting'));
  }
  return section('Packets', '', figures.length === 0 ? NOTHING : html`<div class="pair">${figures}</div>`);
}
