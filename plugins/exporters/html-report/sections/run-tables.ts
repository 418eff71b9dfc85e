import {
  blockEnergyPj,
  busiestFirst,
  busiestLinks,
  cellText,
  compareEstimate,
  energyParts,
  formatBytes,
  formatCount,
  formatEnergy,
  formatFixed,
  formatPercent,
  formatSignedPercent,
  utilisation,
  vcShares,
  waitingClasses,
  type LinkUse,
  type ExperimentResult,
  type NetworkMap,
  type RunResult,
  type ScheduleResult,
} from 'tessera-sim';
import { atLoad, carriedText, otherTables } from 'tessera-sim/exporters';
import { html, NOTHING, type Markup } from '../markup.js';
import { htmlTable, section } from './table.js';

/** All layers in numbers, folded away under the charts. */
export function layerTable(result: ScheduleResult): Markup {
  const columns = [
    { title: 'layer' },
    { title: 'operator' },
    { title: 'MACs', numeric: true },
    { title: 'estimated (cycles)', numeric: true },
    { title: 'simulated (cycles)', numeric: true },
    { title: 'error', numeric: true },
    { title: 'computing', numeric: true },
  ];
  const rows = compareEstimate(result).layers.map(({ layer, operator, macs, cycles, reference }) => [
    layer,
    operator,
    formatCount(macs),
    formatCount(cycles.value),
    formatCount(cycles.reference),
    formatSignedPercent(cycles.relativeError),
    reference === undefined || reference.cycles === 0 ? '-' : formatPercent(reference.computeCycles / reference.cycles),
  ]);
  return folded(`All ${rows.length} layers in numbers`, htmlTable(columns, rows));
}

export function blockTable(result: ScheduleResult): Markup {
  const columns = [{ title: 'block' }, { title: 'plugin' }, { title: 'busy', numeric: true }, { title: 'largest waits' }, { title: 'energy', numeric: true }];
  const rows = result.blocks.map((block) => {
    const waits = waitingClasses(block)
      .slice(0, 3)
      .map(({ name, share }) => `${name} ${formatPercent(share)}`);
    const energy = blockEnergyPj(block);
    return [block.path, block.plugin, formatPercent(utilisation(result, block.path)), waits.join(', '), energy > 0 ? formatEnergy(energy) : '-'];
  });
  return folded(`All ${rows.length} blocks in numbers`, htmlTable(columns, rows));
}

export function energyTable(result: ScheduleResult): Markup {
  const rows = energyParts(result).map(({ block, component, energyPj, share }) => [block, component, formatEnergy(energyPj), formatPercent(share)]);
  const columns = [{ title: 'block' }, { title: 'component' }, { title: 'energy', numeric: true }, { title: 'share', numeric: true }];
  return folded(`Energy by component (${rows.length})`, htmlTable(columns, rows));
}

export function memoryTable(result: ScheduleResult): Markup {
  const columns = ['peak', 'capacity', 'filled', 'read', 'written'].map((title) => ({ title, numeric: true }));
  const rows = result.memories.map(({ path, capacityBytes, peakBytes, bytesRead, bytesWritten }) => [
    path,
    formatBytes(peakBytes),
    formatBytes(capacityBytes ?? Infinity),
    formatPercent(capacityBytes ? peakBytes / capacityBytes : undefined),
    formatBytes(bytesRead),
    formatBytes(bytesWritten),
  ]);
  return htmlTable([{ title: 'memory' }, ...columns], rows);
}

export function linkTable(uses: readonly LinkUse[]): Markup {
  const hasEnergy = uses.some(({ energyPj }) => energyPj !== undefined);
  const columns = ['moved', 'utilisation', ...(hasEnergy ? ['energy'] : [])].map((title) => ({ title, numeric: true }));
  const energyOf = ({ energyPj }: LinkUse): string[] => (hasEnergy ? [energyPj === undefined ? '-' : formatEnergy(energyPj)] : []);
  const rows = busiestFirst(uses).map((use) => [use.name, formatBytes(use.bytes), formatPercent(use.utilisation), ...energyOf(use)]);
  return folded(`${titleOf(rows.length, 'links that carried something')}`, htmlTable([{ title: 'link' }, ...columns], rows.slice(0, MOST_ROWS)));
}

/** Rows of a table in the page; the whole one is in the other exporters' files. */
const MOST_ROWS = 400;

/** Links inside a network, busiest first. */
export function networkLinkTable(map: NetworkMap): Markup {
  const columns = [
    { title: 'link' },
    { title: 'from', numeric: true },
    { title: 'to', numeric: true },
    ...['carried', 'utilisation', 'by virtual channel (%)'].map((title) => ({ title, numeric: true })),
  ];
  const nameOf = (router: number): string => map.routers[router]!.name;
  const rows = busiestLinks(map).map((link) => [
    link.label,
    nameOf(link.from),
    nameOf(link.to),
    carriedText(link),
    formatPercent(link.utilisation),
    vcShares(link)
      .map((share) => formatFixed(share * 100, 1))
      .join(' '),
  ]);
  return folded(`${titleOf(rows.length, 'links')} in numbers, busiest first`, htmlTable(columns, rows.slice(0, MOST_ROWS)));
}

/** What an experiment measured instead of layers and blocks, beyond what is drawn. */
export function experimentTables(result: ExperimentResult): Markup {
  const units = result.units ?? {};
  const metrics = Object.entries(result.metrics).map(([name, value]) => [name, formatCount(value), units[name] ?? '']);
  const columns = [{ title: 'metric' }, { title: 'value', numeric: true }, { title: 'unit' }];
  const tables = Object.entries(otherTables(result)).map(([name, rows]) => section(name, '', experimentTable(rows, units)));
  return html`${section(`Metrics${atLoad(result)}`, '', htmlTable(columns, metrics))}${tables}`;
}

function experimentTable(rows: readonly Readonly<Record<string, unknown>>[], units: Readonly<Record<string, string>>): Markup {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name) => ({ title: units[name] === undefined ? name : `${name} (${units[name]})`, numeric: typeof rows[0]?.[name] === 'number' }));
  const table = htmlTable(
    columns,
    rows.slice(0, MOST_ROWS).map((row) => names.map((name) => cellText(row[name]))),
  );
  return rows.length > FOLDED_FROM ? folded(`${titleOf(rows.length, 'rows')}`, table) : table;
}

/** Longer tables are opened by the reader. */
const FOLDED_FROM = 30;

function titleOf(count: number, what: string): string {
  return count > MOST_ROWS ? `The first ${MOST_ROWS} of ${formatCount(count)} ${what} (the csv exporter writes all)` : `All ${formatCount(count)} ${what}`;
}

/** Where the numbers come from: all that is needed to get them again. */
export function provenance(result: RunResult): Markup {
  const estimate = result.kind === 'schedule' ? result.estimate : undefined;
  const facts = [
    ['scenario', result.scenario],
    ...Object.entries(result.set).map(([path, value]) => [`set: ${path}`, typeof value === 'string' ? value : JSON.stringify(value)]),
    ['file', result.file ?? '-'],
    ['seed', String(result.seed)],
    ...(result.kind === 'experiment'
      ? [['experiment', result.experiment]]
      : [
          ['mapper', result.mapper ?? '-'],
          ['estimator', estimate?.estimator ?? '-'],
        ]),
    ['digest of the result', result.digest],
    ...Object.entries(result.versions).map(([name, version]) => [`version of ${name}`, version]),
  ];
  const inputs = Object.entries(result.inputs).map(([name, hash]) => [name, html`<code>${hash}</code>`]);
  const notes = estimate?.notes ?? [];
  const remarks = notes.length === 0 ? NOTHING : html`<p class="note">The estimate leaves out: ${notes.join('; ')}.</p>`;
  const files = inputs.length === 0 ? NOTHING : htmlTable([{ title: 'input' }, { title: 'SHA-256' }], inputs);
  return section('Inputs and versions', '', htmlTable([{ title: 'what' }, { title: 'value' }], facts), files, remarks);
}

function folded(title: string, content: Markup): Markup {
  return content.text === '' ? NOTHING : html`<details><summary>${title}</summary>${content}</details>`;
}
