import { cellText } from './format.js';
import { visibleLine } from './visible.js';

/** A column of a text table. */
export interface TextColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut when the table would be too wide; columns with a lower number are cut before others, `true` is 1. */
  readonly flexible?: boolean | number;
  /** Characters that a cut leaves. */
  readonly least?: number;
  /** Names are cut in the middle, since both ends tell them apart; prose at its end. */
  readonly cut?: 'middle' | 'end';
}

/** Anything is printed as `cellText` says; text as it is, on one line. */
export type TextCell = string | number | null | undefined;

const GAP = '  ';
const NARROWEST = 8;
const TERMINAL_WIDTH = 100;

export const leftColumn = (title: string): TextColumn => ({ title });
export const rightColumn = (title: string): TextColumn => ({ title, align: 'right' });
export const flexibleColumn = (title: string, turn = 1, least = NARROWEST): TextColumn => ({ title, flexible: turn, least });

/** Lines of an aligned table, none wider than `width` as long as the flexible columns allow it. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly TextCell[])[], width = TERMINAL_WIDTH): string[] {
  const cells = rows.map((row) => row.map((cell) => visibleLine(cellText(cell))));
  const widths = fitWidths(columns, cells, width);
  const line = (row: readonly string[]): string =>
    columns
      .map((column, i) => pad(row[i] ?? '', widths[i] ?? 0, column))
      .join(GAP)
      .trimEnd();
  return [line(columns.map((column) => column.title)), line(widths.map((size) => '-'.repeat(size))), ...cells.map(line)];
}

/** Natural widths; what is too much is taken from the widest flexible column first, turn by turn. */
function fitWidths(columns: readonly TextColumn[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map((column, i) => rows.reduce((most, row) => Math.max(most, (row[i] ?? '').length), column.title.length));
  let excess = widths.reduce((sum, size) => sum + size, 0) + GAP.length * (columns.length - 1) - width;
  const turns = [...new Set(columns.map(turnOf))].filter((turn) => turn > 0).sort((a, b) => a - b);
  for (const turn of turns) {
    for (let widest = widestOf(turn, columns, widths); excess > 0 && widest >= 0; widest = widestOf(turn, columns, widths)) {
      widths[widest]! -= 1;
      excess--;
    }
  }
  return widths;
}

/** 0: never cut. */
function turnOf({ flexible: turn = false }: TextColumn): number {
  return Number(turn);
}

function widestOf(turn: number, columns: readonly TextColumn[], widths: readonly number[]): number {
  let widest = -1;
  columns.forEach((column, i) => {
    const size = widths[i] ?? 0;
    if (turnOf(column) === turn && size > (column.least ?? NARROWEST) && (widest < 0 || size > (widths[widest] ?? 0))) widest = i;
  });
  return widest;
}

function pad(text: string, size: number, { align, cut }: TextColumn): string {
  const fitted = text.length > size && cut === 'end' ? `${text.slice(0, size - 2).trimEnd()}..` : shorten(text, size);
  return align === 'right' ? fitted.padStart(size) : fitted.padEnd(size);
}

/** Cuts in the middle: layer names differ at both ends. */
export function shorten(text: string, size: number): string {
  if (text.length <= size) return text;
  const head = Math.ceil((size - 2) / 2);
  return `${text.slice(0, head)}..${text.slice(text.length - (size - 2 - head))}`;
}

/** Words to lines of at most `width`, later lines indented. */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  const start = text.length - text.trimStart().length;
  let line = text.slice(0, start);
  for (const word of text.slice(start).split(' ')) {
    const longer = line.trim() === '' ? `${line}${word}` : `${line} ${word}`;
    if (longer.length > width && line.trim() !== '') {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
