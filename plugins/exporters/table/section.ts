import { formatCount } from './format.js';
import type { Style } from './style.js';
import { textGrid, type Column } from './text-grid.js';

/** How sections are laid out. */
export interface Layout {
  readonly width: number;
  readonly maxRows: number;
  readonly style: Style;
}

export const right = (title: string): Column => ({ title, align: 'right' });
export const flexible = (title: string): Column => ({ title, flexible: true });

/** A heading, an aligned table, and how many rows it leaves out. */
export function section(title: string, columns: readonly Column[], rows: readonly (readonly string[])[], { style, width, maxRows }: Layout): string[] {
  return [style.heading(title), ...textGrid(columns, rows.slice(0, maxRows), width), ...moreLine(rows.length, maxRows)];
}

export function moreLine(count: number, shown: number): string[] {
  return count > shown ? [`... and ${formatCount(count - shown)} more`] : [];
}
