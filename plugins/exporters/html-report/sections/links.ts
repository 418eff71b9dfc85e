import {
  busiestFirst,
  formatCount,
  linkUses,
  namedMeshes,
  networkMaps,
  stallsIn,
  vcUtilisation,
  waitedCycles,
  type LinkUse,
  type NetworkMap,
  type RunResult,
} from 'tessera-sim';
import { atLoad, carriedText } from 'tessera-sim/exporters';
import { linkBars, linkChart, type LinkBar } from '../charts/link-charts.js';
import { cellMap, cellSize } from '../charts/network-map/cell-map.js';
import { linkMap } from '../charts/network-map/link-map.js';
import { wrapsRound } from '../charts/network-map/strokes.js';
import { stallCauseChart } from '../charts/stall-cause-chart.js';
import { vcChart } from '../charts/vc-chart.js';
import { html, NOTHING, type Markup } from '../markup.js';
import type { PageData } from '../page-data.js';
import { linkTable, networkLinkTable } from './run-tables.js';
import { chartFigure, chartPlace, section } from './table.js';

/** More links than this (a 32 x 32 mesh has 3968) are drawn as cells of routers. */
const MOST_STROKES = 4200;
/** Bars of links that fit beside a heat map. */
const BESIDE_MAP = 12;

/** Links of the machine, and the inside of its networks as heat maps. */
export function linkSection(result: RunResult, id: string, data: PageData): Markup {
  const uses = result.kind === 'schedule' ? linkUses(result) : [];
  const maps = [...networkMaps(result), ...unreported(result, uses)];
  const networks = maps.map((map, index) => networkFigures(result, map, `${id}-network-${index}`, data));
  const links = section(
    'Links',
    'Utilisation is the share of the run in which a link carried something; a link of unlimited width has none.',
    busiestFigure(linkBars(busiestFirst(uses)), `${id}-links`, data),
    linkTable(uses),
  );
  return html`${networks}${links}`;
}

/** Meshes that only their links' names tell of. */
function unreported(result: RunResult, uses: readonly LinkUse[]): NetworkMap[] {
  const reported = new Set(networkMaps(result).map(({ path }) => path));
  return namedMeshes(uses).filter(({ path }) => !reported.has(path));
}

function busiestFigure(bars: readonly LinkBar[], place: string, data: PageData, most?: number): Markup {
  if (!bars.some(({ utilisation }) => utilisation > 0)) return NOTHING;
  data.charts[place] = linkChart(bars, most);
  return chartFigure(place, 'Busiest links', '', 'Utilisation of the busiest links');
}

function networkFigures(result: RunResult, map: NetworkMap, place: string, data: PageData): Markup {
  const title = result.kind === 'experiment' ? `Network${atLoad(result)}` : `Network ${map.path}`;
  // Links inside a machine's networks are among the links of the machine.
  const busiest =
    map.path === ''
      ? busiestFigure(
          map.links.map((link) => ({ name: link.label, utilisation: link.utilisation, carried: carriedText(link) })),
          `${place}-links`,
          data,
          BESIDE_MAP,
        )
      : NOTHING;
  const beside = html`${channelFigure(map, `${place}-vcs`, data)}${causeFigure(result, map, `${place}-causes`, data)}${busiest}`;
  const heat = html`<figure><div class="scroll">${heatMap(map, place, data)}</div></figure>`;
  return section(title, mapNote(map), html`<div class="pair">${heat}<div>${beside}</div></div>`, map.path === '' ? networkLinkTable(map) : NOTHING);
}

function heatMap(map: NetworkMap, place: string, data: PageData): Markup {
  data.charts[place] = isCoarse(map) ? cellMap(map) : linkMap(map);
  return chartPlace(place, `Heat map of the links of network ${map.path}`);
}

function isCoarse({ links }: NetworkMap): boolean {
  return links.length > MOST_STROKES;
}

function mapNote(map: NetworkMap): string {
  const { routers, links, topology } = map;
  const what = `${topology === '' ? '' : `${topology}: `}${formatCount(routers.length)} routers, ${formatCount(links.length)} links between them.`;
  if (!isCoarse(map))
    return `${what} Each direction is a stroke of its own, on the right of its way, coloured by the share of the run in which it carried something.${wrapsRound(map) ? ' A stub at the edge leads round to the other side.' : ''}`;
  const { x, y } = cellSize(map);
  return `${what} Too many to draw: a cell stands for ${x} x ${y} places and has the colour of the busiest link that leaves one of its routers.`;
}

function channelFigure(map: NetworkMap, place: string, data: PageData): Markup {
  const shares = vcUtilisation(map);
  if (shares.length < 2) return NOTHING;
  data.charts[place] = vcChart(shares);
  return chartFigure(place, 'Virtual channels', '', 'Utilisation of the virtual channels');
}

/** What flits waited for in a block; a network alone has it in a section of its own. */
function causeFigure(result: RunResult, { path }: NetworkMap, place: string, data: PageData): Markup {
  if (result.kind === 'experiment') return NOTHING;
  const block = result.blocks.find((candidate) => candidate.path === path);
  const values = Object.fromEntries(Object.entries(block?.statistics ?? {}).map(([name, { value }]) => [name, value]));
  const stalls = stallsIn(values);
  if (waitedCycles(stalls.causes) === 0) return NOTHING;
  data.charts[place] = stallCauseChart([{ name: path, ...stalls }], 'Network');
  return chartFigure(place, 'What flits waited for', '', 'Causes of waiting');
}
