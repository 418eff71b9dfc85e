import type { ExperimentResult } from 'tessera-sim';
import type { CsvCell as Cell } from 'tessera-sim';

/** A table of an experiment over all results, with the columns that any of them has. */
export interface ExperimentTable {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Every table of every experiment (`kind: traffic`: curve, latencyHistogram, links, routers), units in the column names. */
export function experimentTables(results: readonly ExperimentResult[]): ExperimentTable[] {
  const names = new Set(results.flatMap(({ tables }) => Object.keys(tables ?? {})));
  return [...names].map((name) => {
    const columns = [...new Set(results.flatMap(({ tables }) => (tables?.[name] ?? []).flatMap((row) => Object.keys(row))))];
    const units: Readonly<Record<string, string>> = Object.assign({}, ...results.map((result) => result.units ?? {}));
    const rows = results.flatMap(({ name: run, tables }) => (tables?.[name] ?? []).map((row) => [run, ...columns.map((column) => cellOf(row[column]))]));
    return { name, header: ['run', ...columns.map((column) => withUnit(column, units[column]))], rows };
  });
}

/** `packetLatency_cycles`, `load_flits_per_node_per_cycle`; a name that tells its unit stays. */
function withUnit(column: string, unit: string | undefined): string {
  if (unit === undefined || column.toLowerCase().endsWith(unit.toLowerCase())) return column;
  return `${column}_${unit.replaceAll('/', '_per_')}`;
}

/** Lists are joined by blanks: a cell of a spreadsheet holds one value. */
function cellOf(value: unknown): Cell {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object')) return value.join(' ');
  return JSON.stringify(value);
}
