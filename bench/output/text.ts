import type { BenchDocument, Scope } from '../report.js';
import { shortNumber, verdict } from './numbers.js';
import { measurementRows } from './rows.js';

/** The document for a person at a terminal. */
export function textOf(document: BenchDocument, notes: readonly string[]): string {
  const { name, version, node, cpu, unit, ratios, stored } = document;
  const lines = [`Tessera ${version}, Node ${node}, ${cpu}: ${name}`];
  if (unit !== undefined) lines.push(`unit of the machine: ${shortNumber(unit.eventsPerCpuSecond / 1e6)} million ${unit.name}, a CPU second`);
  const rows = measurementRows(document).map((row) => [row.name, row.inUnits, row.min, row.median, row.max, row.unit]);
  lines.push('', ...columns([['measured', 'unit events (million)', 'min', 'median', 'max', ''], ...rows]));
  if (ratios.length > 0) {
    lines.push('', 'ratios (times more CPU time than this build; above 1 this build is faster)');
    const compared = ratios.map(({ name: label, scope, against, value, bar }) => [
      `${label}, ${scopeText(scope)}, against ${against}`,
      value.toFixed(2),
      bar === null ? '' : `(bar ${bar}: ${verdict(value, bar)})`,
    ]);
    lines.push(...columns(compared));
  }
  if (stored.length > 0) {
    lines.push('', 'seconds of other tools, stored in their records: measured on another, busy machine, so no ratio follows from them');
    lines.push(...columns(stored.map(({ name: label, tool, cpuSeconds, work }) => [`${label}: ${tool}`, shortNumber(cpuSeconds), `CPU s for ${work}`])));
  }
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

const SCOPE_TEXTS: Readonly<Record<Scope, string>> = { process: 'whole process', runLoop: 'run loop', wall: 'wall clock' };

export function scopeText(scope: Scope): string {
  return SCOPE_TEXTS[scope];
}

/** Columns wide enough for all rows: words to the left, numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (isNumberColumn(column, row.length) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function isNumberColumn(column: number, count: number): boolean {
  return column > 0 && column < count - 1;
}
