import {
  busiestLinks,
  cellText,
  flexibleColumn,
  formatCount,
  formatFixed,
  formatPercent,
  loadCurve,
  networkMaps,
  rightColumn,
  saturationOf,
  vcShares,
  wrapText,
  type ExperimentResult,
  type TextColumn,
} from 'tessera-sim';
import {
  atLoad,
  carriedText,
  hasMap,
  criterionSentence,
  LOAD_COLUMNS,
  loadCells,
  otherTables,
  saturatedSentence,
  saturationSentence,
} from 'tessera-sim/exporters';
import { section, type Layout } from './section.js';

const SHOWN_LINKS = 8;

/** What an experiment measured: its load-latency curve and busiest links as people read them, then its metrics and other tables. */
export function experimentSections(result: ExperimentResult, layout: Layout): string[][] {
  return [curve(result, layout), network(result, layout), metrics(result, layout), ...tables(result, layout), left(result, layout)];
}

function curve(result: ExperimentResult, layout: Layout): string[] {
  const points = loadCurve(result);
  if (points.length === 0) return [];
  const saturation = saturationOf(result);
  const lines = section('Load and latency (rates in flits/node/cycle, latencies in cycles)', LOAD_COLUMNS.map(rightColumn), points.map(loadCells), layout);
  const verdict = saturation === undefined ? '' : `The network ${saturationSentence(saturation)}.`;
  return [...lines, ...[verdict, criterionSentence(result), saturatedSentence(points)].filter((sentence) => sentence !== '')];
}

function network(result: ExperimentResult, layout: Layout): string[] {
  const map = networkMaps(result).find(({ path }) => path === '');
  if (map === undefined) return [];
  const busiest = busiestLinks(map).slice(0, SHOWN_LINKS);
  const columns = [flexibleColumn('link'), rightColumn('carried'), rightColumn('utilisation'), flexibleColumn('by virtual channel (%)')];
  const body = busiest.map((link) => [
    link.label,
    carriedText(link),
    formatPercent(link.utilisation),
    vcShares(link)
      .map((share) => formatFixed(share * 100, 1))
      .join(' '),
  ]);
  return section(`Links (the ${busiest.length} busiest of ${map.links.length})${atLoad(result)}`, columns, body, layout);
}

function metrics(result: ExperimentResult, layout: Layout): string[] {
  const entries = Object.entries(result.metrics ?? {});
  if (entries.length === 0) return [];
  const units = result.units ?? {};
  const columns = [flexibleColumn('metric'), rightColumn('value'), ...(result.units === undefined ? [] : [flexibleColumn('unit')])];
  return section(
    `Metrics${atLoad(result)}`,
    columns,
    entries.map(([name, value]) => [name, formatCount(value), units[name] ?? '']),
    layout,
  );
}

function tables(result: ExperimentResult, layout: Layout): string[][] {
  return Object.entries(otherTables(result)).map(([name, rows]) => {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const columns = names.map((title): TextColumn => ({ title, flexible: true, align: typeof rows[0]?.[title] === 'number' ? 'right' : 'left' }));
    const body = rows.map((row) => names.map((column) => cellText(row[column])));
    return rows.length === 0 ? [] : section(name, columns, body, layout);
  });
}

/** Names the tables that are too long for a terminal. */
function left(result: ExperimentResult, { width, style }: Layout): string[] {
  if (!hasMap(result)) return [];
  const names = ['latencyHistogram', 'links', 'routers'].filter((name) => result.tables?.[name] !== undefined).join(', ');
  return wrapText(`Whole tables (${names}): -e html-report draws them, -e csv and -e json write them.`, width).map((line) => style.dim(line));
}
