import type { RunResult } from '../../../../core/index.js';
import { busiestFirst, cellText, formatBytes, formatCount, formatEnergy, formatPercent, formatSignedPercent, layerRows, utilisation, waitingClasses, type LinkUse } from '../../table/api.js';
import { html, NOTHING, type Markup } from '../markup.js';
import { htmlTable, section } from './table.js';

/** All layers in numbers, folded away under the charts. */
export function layerTable(result: RunResult): Markup {
  const columns = [
    { title: 'layer' },
    { title: 'operator' },
    { title: 'MACs', numeric: true },
    { title: 'estimated (cycles)', numeric: true },
    { title: 'simulated (cycles)', numeric: true },
    { title: 'error', numeric: true },
    { title: 'computing', numeric: true },
  ];
  const rows = layerRows(result).map((row) => [
    row.layer,
    row.operator,
    formatCount(row.macs),
    formatCount(row.estimatedCycles),
    formatCount(row.simulatedCycles),
    formatSignedPercent(row.error),
    row.computeCycles === undefined || !row.simulatedCycles ? '-' : formatPercent(row.computeCycles / row.simulatedCycles),
  ]);
  return folded(`All ${rows.length} layers in numbers`, htmlTable(columns, rows));
}

export function blockTable(result: RunResult): Markup {
  const columns = [{ title: 'block' }, { title: 'plugin' }, { title: 'busy', numeric: true }, { title: 'largest waits' }, { title: 'energy', numeric: true }];
  const rows = result.blocks.map((block) => {
    const waits = waitingClasses(block).slice(0, 3).map(({ name, share }) => `${name} ${formatPercent(share)}`);
    const energy = Object.values(block.energyPj).reduce((a, b) => a + b, 0);
    return [block.path, block.plugin, formatPercent(utilisation(result, block.path)), waits.join(', '), energy > 0 ? formatEnergy(energy) : '-'];
  });
  return folded(`All ${rows.length} blocks in numbers`, htmlTable(columns, rows));
}

export function energyTable(result: RunResult): Markup {
  const total = result.simulation.energyPj ?? 0;
  const parts = result.blocks.flatMap((block) => Object.entries(block.energyPj).map(([component, energy]) => ({ path: block.path, component, energy })));
  const rows = parts
    .filter(({ energy }) => energy > 0)
    .sort((a, b) => b.energy - a.energy)
    .map(({ path, component, energy }) => [path, component, formatEnergy(energy), formatPercent(total > 0 ? energy / total : undefined)]);
  const columns = [{ title: 'block' }, { title: 'component' }, { title: 'energy', numeric: true }, { title: 'share', numeric: true }];
  return folded(`Energy by component (${rows.length})`, htmlTable(columns, rows));
}

export function memoryTable(result: RunResult): Markup {
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
  return folded(`All ${rows.length} links that carried something`, htmlTable([{ title: 'link' }, ...columns], rows));
}

/** What a runner measured instead of layers and blocks. */
export function runnerTables(result: RunResult): Markup {
  const metrics = Object.entries(result.metrics ?? {}).map(([name, value]) => [name, formatCount(value)]);
  const tables = Object.entries(result.tables ?? {}).map(([name, rows]) => {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const columns = names.map((title) => ({ title, numeric: typeof rows[0]?.[title] === 'number' }));
    return section(name, '', htmlTable(columns, rows.map((row) => names.map((column) => cellText(row[column])))));
  });
  return html`${section('Metrics', '', htmlTable([{ title: 'metric' }, { title: 'value', numeric: true }], metrics))}${tables}`;
}

/** Where the numbers come from: all that is needed to get them again. */
export function provenance(result: RunResult): Markup {
  const facts = [
    ['scenario', result.scenario],
    ['file', result.file ?? '-'],
    ['seed', String(result.seed)],
    ['mapper', result.mapper ?? '-'],
    ['estimator', result.estimate?.estimator ?? '-'],
    ['digest of the result', result.digest],
    ...Object.entries(result.versions).map(([name, version]) => [`version of ${name}`, version]),
  ];
  const inputs = Object.entries(result.inputs).map(([name, hash]) => [name, html`<code>${hash}</code>`]);
  const notes = result.estimate?.notes ?? [];
  const remarks = notes.length === 0 ? NOTHING : html`<p class="note">The estimate leaves out: ${notes.join('; ')}.</p>`;
  const files = inputs.length === 0 ? NOTHING : htmlTable([{ title: 'input' }, { title: 'SHA-256' }], inputs);
  return section('Inputs and versions', '', htmlTable([{ title: 'what' }, { title: 'value' }], facts), files, remarks);
}

function folded(title: string, content: Markup): Markup {
  return content.text === '' ? NOTHING : html`<details><summary>${title}</summary>${content}</details>`;
}
