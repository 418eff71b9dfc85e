import { csvText, type CsvCell } from '../../text/csv.js';
import type { SuiteEntry } from '../run-suite.js';
import { speedUps } from './speed-up.js';

/** One row a run: its name, the value of every axis, how it ended, its figures with their units in the header, and its speed-up. */
export function suiteCsv(entries: readonly SuiteEntry[]): string {
  const axes = union(entries.map(({ set }) => Object.keys(set)));
  const figures = union(entries.map(({ figures: own = {} }) => Object.keys(own)));
  const units = new Map(entries.flatMap(({ figures: own = {} }) => Object.entries(own).map(([name, { unit }]) => [name, unit] as const)));
  const titles = figures.map((name) => ((units.get(name) ?? '') === '' ? name : `${name} [${units.get(name) as string}]`));
  const ratios = speedUps(entries);
  const rows = entries.map((entry, index): CsvCell[] => [
    entry.name,
    ...axes.map((axis) => valueCell(entry.set[axis])),
    entry.verdict,
    ...figures.map((name) => entry.figures?.[name]?.value),
    entry.energyMissing?.join(' '),
    ratios[index],
    entry.digest,
  ]);
  return csvText(['run', ...axes, 'verdict', ...titles, 'energy without', 'speed-up', 'digest'], rows);
}

function valueCell(value: unknown): CsvCell {
  if (value === undefined || typeof value === 'number') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Names in the order in which they first come. */
export function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
