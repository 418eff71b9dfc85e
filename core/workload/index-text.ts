import type { IndexExpression, IndexTerm } from './region-map.js';

const TERM = /([+-])?\s*(?:(\d+)\s*\*\s*)?([A-Za-z][A-Za-z0-9_]*|\d+)\s*/y;

/**
 * Reads `2*OY + FY - 1` as an index expression; `*` is the whole dimension.
 * @returns a sentence about what is wrong when it is no such sum.
 */
export function parseIndex(dim: string, text: string | number, size: number | undefined): IndexExpression | string {
  const source = String(text).trim();
  if (source === '*') return size === undefined ? `'*' needs the size of ${dim} under 'sizes'` : { dim, terms: [], window: size };
  const terms = new Map<string, number>();
  let offset = 0;
  let position = 0;
  while (position < source.length) {
    TERM.lastIndex = position;
    const match = TERM.exec(source);
    if (match === null || (position > 0 && match[1] === undefined)) return `'${source}' is no sum of loops, such as '2*OY + FY - 1'`;
    const sign = match[1] === '-' ? -1 : 1;
    const factor = sign * Number(match[2] ?? 1);
    const word = match[3] as string;
    if (/^\d/.test(word)) offset += factor * Number(word);
    else terms.set(word, (terms.get(word) ?? 0) + factor);
    position = TERM.lastIndex;
  }
  const list: IndexTerm[] = [...terms].filter(([, coefficient]) => coefficient !== 0).map(([loop, coefficient]) => ({ loop, coefficient }));
  return { dim, terms: list, ...(offset === 0 ? {} : { offset }) };
}
