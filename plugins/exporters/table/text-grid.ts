/** A column of a text table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut (in the middle) when the table would be too wide. */
  readonly flexible?: boolean;
}

const GAP = '  ';
const NARROWEST = 8;

/** Lines of an aligned table, none wider than `width` as long as the flexible columns allow it. */
export function textGrid(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = fitWidths(columns, rows, width);
  const line = (cells: readonly string[]): string =>
    columns.map((column, i) => pad(cells[i] ?? '', widths[i] ?? 0, column.align ?? 'left')).join(GAP).trimEnd();
  return [line(columns.map((column) => column.title)), line(widths.map((size) => '-'.repeat(size))), ...rows.map(line)];
}

/** Natural widths; what is too much is taken from the widest flexible column first. */
function fitWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map((column, i) => Math.max(column.title.length, ...rows.map((row) => (row[i] ?? '').length)));
  let excess = widths.reduce((sum, size) => sum + size, 0) + GAP.length * (columns.length - 1) - width;
  while (excess > 0) {
    const widest = widestFlexible(columns, widths);
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

function widestFlexible(columns: readonly Column[], widths: readonly number[]): number {
  let widest = -1;
  columns.forEach((column, i) => {
    const size = widths[i] ?? 0;
    if (column.flexible === true && size > NARROWEST && (widest < 0 || size > (widths[widest] ?? 0))) widest = i;
  });
  return widest;
}

function pad(text: string, size: number, align: 'left' | 'right'): string {
  const cut = shorten(text, size);
  return align === 'right' ? cut.padStart(size) : cut.padEnd(size);
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
