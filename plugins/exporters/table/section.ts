import { formatCount, textTable, type TextColumn } from 'tessera-sim';
import type { Style } from './style.js';

/** How sections are laid out. */
export interface Layout {
  readonly width: number;
  readonly maxRows: number;
  readonly style: Style;
}

/** A heading, an aligned table, and how many rows it leaves out. */
export function section(title: string, columns: readonly TextColumn[], rows: readonly (readonly string[])[], { style, width, maxRows }: Layout): string[] {
  return [style.heading(title), ...textTable(columns, rows.slice(0, maxRows), width), ...moreLine(rows.length, maxRows)];
}

export function moreLine(count: number, shown: number): string[] {
  return count > shown ? [`... and ${formatCount(count - shown)} more`] : [];
}
