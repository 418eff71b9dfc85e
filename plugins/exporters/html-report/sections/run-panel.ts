import { formatBytes, type ExperimentResult, type RunResult, type ScheduleResult, type TraceTrack } from 'tessera-sim';
import { drawnLayers, layerCyclesChart, layerErrorChart, layersWithError } from '../charts/layer-charts.js';
import { occupancyChart } from '../charts/occupancy-chart.js';
import { stallChart } from '../charts/stall-chart.js';
import { thinnedNote, unusedSentences } from 'tessera-sim/exporters';
import { ganttData } from '../gantt-data.js';
import { html, NOTHING, type Markup } from '../markup.js';
import type { GanttData, PageData } from '../page-data.js';
import { linkSection } from './links.js';
import { problems } from './problems.js';
import { blockTable, energyTable, layerTable, memoryTable, experimentTables, provenance } from './run-tables.js';
import { statisticSection } from './statistics.js';
import { chartPlace, section } from './table.js';
import { summaryTiles } from './tiles.js';
import { trafficSections } from './traffic.js';

/** Counters beyond these are left to the trace. */
const MOST_CURVES = 16;

/** Everything about one run; `id` makes the places of its charts unique. */
export function runPanel(result: RunResult, id: string, data: PageData, maxSpans: number): Markup {
  const parts = result.kind === 'schedule' ? scheduleParts(result, id, data, maxSpans) : experimentParts(result, id, data);
  return html`${summaryTiles(result)}${problems(result)}${parts}${provenance(result)}`;
}

function scheduleParts(result: ScheduleResult, id: string, data: PageData, maxSpans: number): Markup[] {
  return [
    layerSection(result, id, data),
    ganttSection(result, id, data, maxSpans),
    stallSection(result, id, data),
    memorySection(result, id, data),
    unusedSection(result),
    linkSection(result, id, data),
    statisticSection(result),
  ];
}

function experimentParts(result: ExperimentResult, id: string, data: PageData): Markup[] {
  return [trafficSections(result, id, data), linkSection(result, id, data), experimentTables(result)];
}

function layerSection(result: ScheduleResult, id: string, data: PageData): Markup {
  const rows = drawnLayers(result);
  if (rows.length === 0) return NOTHING;
  data.charts[`${id}-layers`] = layerCyclesChart(rows);
  const cycles = chartPlace(`${id}-layers`, 'Cycles of every layer, estimated and simulated');
  const compared = layersWithError(rows);
  if (compared.length > 0) data.charts[`${id}-errors`] = layerErrorChart(compared);
  const errors = compared.length > 0 ? chartPlace(`${id}-errors`, 'Error of the estimate of every layer') : NOTHING;
  const all = result.simulation.layers.length;
  const left = rows.length < all ? ` Drawn are the ${rows.length} of ${all} layers whose estimate is furthest off.` : '';
  const note = `A layer's share of the run: each moment is divided equally among the layers being computed or, when none is, among those whose data are being moved. So layers that overlap, above all fused ones, still sum to the run.${left}`;
  return section(
    result.estimate === undefined ? 'Layers: simulated cycles' : 'Layers: estimate against simulation',
    note,
    html`<div class="pair">${cycles}${errors}</div>`,
    layerTable(result),
  );
}

function ganttSection(result: ScheduleResult, id: string, data: PageData, maxSpans: number): Markup {
  const gantt = ganttData(result, maxSpans);
  if (gantt === undefined) return NOTHING;
  data.gantts[`${id}-gantt`] = gantt;
  return section('What every block did when', ganttNote(gantt), html`<div class="gantt" data-gantt="${id}-gantt"></div>`);
}

function ganttNote(gantt: GanttData): string {
  const thinned = thinnedNote(gantt);
  const merged = thinned === undefined ? '' : ` To keep this file small, ${thinned}; the chrome-trace exporter shows more of a window of its own.`;
  return `Zoom with the wheel or + and -, move by dragging or with the arrow keys; pale spans are waiting.${merged}`;
}

function stallSection(result: ScheduleResult, id: string, data: PageData): Markup {
  if (result.blocks.length === 0) return NOTHING;
  data.charts[`${id}-stalls`] = stallChart(result, data.activityColours);
  const place = chartPlace(`${id}-stalls`, 'Stall stack of every block');
  return section('Stall stacks of the blocks', 'Each cycle of the run is in exactly one class of each block.', place, blockTable(result), energyTable(result));
}

function memorySection(result: ScheduleResult, id: string, data: PageData): Markup {
  const counters = (result.trace?.tracks ?? []).filter((track) => track.counter !== undefined && track.counter.length > 0);
  const drawn = counters.slice(0, MOST_CURVES);
  const curves = drawn.map((track, index) => occupancyPlace(result, track, `${id}-memory-${index}`, data));
  const note = counters.length > drawn.length ? `The first ${drawn.length} of ${counters.length} curves.` : '';
  return section('Memories: content over time', note, curves.length === 0 ? NOTHING : html`<div class="grid">${curves}</div>`, memoryTable(result));
}

function unusedSection(result: ScheduleResult): Markup {
  const sentences = unusedSentences(result).map((sentence) => html`<p>${sentence}.</p>`);
  return section('Left unused by the mapper', '', ...sentences);
}

function occupancyPlace(result: ScheduleResult, track: TraceTrack, place: string, data: PageData): Markup {
  const memory = track.unit === 'bytes' ? result.memories.find((candidate) => candidate.path === track.block) : undefined;
  data.charts[place] = occupancyChart(track, result.simulation.seconds * 1e12, memory?.capacityBytes ?? undefined);
  const detail = memory === undefined ? '' : `peak ${formatBytes(memory.peakBytes)} of ${formatBytes(memory.capacityBytes ?? Infinity)}`;
  const title = track.path.replace(/\.occupancy$/, '');
  return html`<figure><figcaption>${title} <span class="detail">${detail}</span></figcaption>${chartPlace(place, `Content of ${title} over time`)}</figure>`;
}
