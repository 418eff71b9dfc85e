/** Emphasis for a terminal, or none: text is only coloured when asked. */
export interface Style {
  heading(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

const same = (text: string): string => text;
const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;

export const PLAIN: Style = { heading: same, good: same, bad: same, dim: same };
export const COLOURED: Style = { heading: sgr(1), good: sgr(32), bad: sgr(31), dim: sgr(2) };
