/** What a cell of a CSV file holds. */
export type CsvCell = string | number | undefined;

/**
 * A CSV file after RFC 4180: CRLF, a header line, quotes where a cell holds a comma, quote or line break. A text that a spreadsheet
 * would take for a formula begins with an apostrophe.
 */
export function csvText(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

/** Numbers in full precision; what is missing or no number stays empty. */
function cellText(cell: CsvCell): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = isFormula(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Names come from anybody's file: `=HYPERLINK(...)` as the name of a layer is a text. A signed number is a number. */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
}
