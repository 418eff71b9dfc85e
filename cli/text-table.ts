const MIN_COLUMN_WIDTH = 12;

export interface TableOptions {
  readonly maxWidth?: number;
  /** Columns that are cut before any other, group after group. */
  readonly cutFirst?: readonly (readonly number[])[];
}

/** Plain text in columns, numbers to the right. The widest columns are cut in the middle of their cells to keep 100 columns. */
export function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[], { maxWidth = 100, cutFirst = [] }: TableOptions = {}): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? numberText(cell) : cell)))];
  const isNumber = head.map((_, column) => rows.length > 0 && cells.slice(1).every((row) => NUMBER_TEXT.test(row[column] ?? '')));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const allowed = maxWidth - 2 * (head.length - 1);
  for (const columns of [...cutFirst, [...widths.keys()]]) narrow(widths, columns, allowed);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const text = shorten(cell, widths[column] ?? 0);
        return isNumber[column] === true ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd();
  const [first = [], ...others] = cells;
  return [line(first), widths.map((width) => '-'.repeat(width)).join('  '), ...others.map(line)].join('\n');
}

/** Takes from the widest of the columns until all fit, or these are as narrow as they may be. */
function narrow(widths: number[], columns: readonly number[], allowed: number): void {
  const widest = (): number => columns.reduce((best, column) => (best < 0 || widths[column]! > widths[best]! ? column : best), -1);
  for (let column = widest(); column >= 0 && widths[column]! > MIN_COLUMN_WIDTH; column = widest()) {
    if (widths.reduce((sum, width) => sum + width, 0) <= allowed) return;
    widths[column]! -= 1;
  }
}

function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const left = Math.ceil((width - 2) / 2);
  return `${text.slice(0, left)}..${text.slice(text.length - (width - 2 - left))}`;
}

/** What stands in a column of numbers: figures, a percentage, nothing. */
const NUMBER_TEXT = /^([-+]?[\d,.]+(e[-+]\d+)?( %)?|-|n\/a|NaN|)$/;

/** Integers and large numbers whole, others with five digits. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if ((Number.isInteger(value) || size >= 1e4) && size < 1e15) return Math.round(value).toLocaleString('en-US');
  return size !== 0 && (size < 1e-3 || size >= 1e12) ? value.toExponential(3) : String(Number(value.toPrecision(5)));
}
