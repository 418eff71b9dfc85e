import type { RunResult } from 'tessera-sim';
import { cellText, formatBytes, formatCount, formatPercent } from './format.js';
import { LOAD_COLUMNS, loadCells, loadCurve, saturationOf, saturationSentence } from './load-curve.js';
import { busiestLinks, networkMaps, vcShares, type MapLink } from './network-maps.js';
import { flexible, right, section, type Layout } from './section.js';
import { wrapText, type Column } from './text-grid.js';

type Tables = NonNullable<RunResult['tables']>;

const SHOWN_LINKS = 8;

/** What a runner measured: its load-latency curve and busiest links as people read them, then its metrics and other tables. */
export function runnerSections(result: RunResult, layout: Layout): string[][] {
  return [curve(result, layout), network(result, layout), metrics(result, layout), ...tables(result, layout), left(result, layout)];
}

/** Tables of a runner without those that have sections of their own. */
export function otherTables(result: RunResult): Tables {
  const drawn = new Set<string>();
  if (loadCurve(result).length > 0) drawn.add('curve');
  if (hasMap(result)) for (const name of ['links', 'routers', 'latencyHistogram']) drawn.add(name);
  return Object.fromEntries(Object.entries(result.tables ?? {}).filter(([name]) => !drawn.has(name)));
}

function hasMap(result: RunResult): boolean {
  return networkMaps(result).some(({ path }) => path === '');
}

function curve(result: RunResult, layout: Layout): string[] {
  const points = loadCurve(result);
  if (points.length === 0) return [];
  const saturation = saturationOf(result);
  const lines = section('Load and latency (rates in flits/node/cycle, latencies in cycles)', LOAD_COLUMNS.map(right), points.map(loadCells), layout);
  return saturation === undefined ? lines : [...lines, `The network ${saturationSentence(saturation)}.`];
}

function network(result: RunResult, layout: Layout): string[] {
  const map = networkMaps(result).find(({ path }) => path === '');
  if (map === undefined) return [];
  const busiest = busiestLinks(map).slice(0, SHOWN_LINKS);
  const columns = [flexible('link'), right('carried'), right('utilisation'), flexible('by virtual channel (%)')];
  const body = busiest.map((link) => [link.label, carriedText(link), formatPercent(link.utilisation), vcShares(link).map((share) => (share * 100).toFixed(1)).join(' ')]);
  return section(`Links (the ${busiest.length} busiest of ${map.links.length})${atLoad(result)}`, columns, body, layout);
}

/** `3,195 flits`, or bytes where a network does not count flits. */
export function carriedText({ flits, bytes }: MapLink): string {
  return flits === undefined ? formatBytes(bytes) : `${formatCount(flits)} flits`;
}

/** Metrics and links of a curve belong to one of its loads. */
export function atLoad({ metrics: all }: RunResult): string {
  const load = all?.['load'];
  return typeof load === 'number' ? ` at load ${Number(load.toFixed(4))}` : '';
}

function metrics(result: RunResult, layout: Layout): string[] {
  const entries = Object.entries(result.metrics ?? {});
  if (entries.length === 0) return [];
  const units = result.units ?? {};
  const columns = [flexible('metric'), right('value'), ...(result.units === undefined ? [] : [flexible('unit')])];
  return section(`Metrics${atLoad(result)}`, columns, entries.map(([name, value]) => [name, formatCount(value), units[name] ?? '']), layout);
}

function tables(result: RunResult, layout: Layout): string[][] {
  return Object.entries(otherTables(result)).map(([name, rows]) => {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const columns = names.map((title): Column => ({ title, flexible: true, align: typeof rows[0]?.[title] === 'number' ? 'right' : 'left' }));
    const body = rows.map((row) => names.map((column) => cellText(row[column])));
    return rows.length === 0 ? [] : section(name, columns, body, layout);
  });
}

/** Names the tables that are too long for a terminal. */
function left(result: RunResult, { width, style }: Layout): string[] {
  if (!hasMap(result)) return [];
  const names = ['latencyHistogram', 'links', 'routers'].filter((name) => result.tables?.[name] !== undefined).join(', ');
  return wrapText(`Whole tables (${names}): -e html-report draws them, -e csv and -e json write them.`, width).map((line) => style.dim(line));
}
