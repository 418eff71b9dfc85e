import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentationPages } from './pages.js';

const LONGEST_LINE = 160;
const LONGEST_TABLE_ROW = 240;

const pages = documentationPages();
const linesOf = (page: string): string[] => readFileSync(page, 'utf8').split('\n');

describe.each(pages)('%s', (page) => {
  it('has no long lines', () => {
    const limit = (line: string): number => (line.startsWith('|') ? LONGEST_TABLE_ROW : LONGEST_LINE);
    expect(linesOf(page).filter((line) => line.length > limit(line))).toEqual([]);
  });

  it('names only files that exist', () => {
    const named = linesOf(page).flatMap((line) =>
      [...line.matchAll(/(?<!\]\()(?<![\w./-])(?:core|plugins|cli|tools|tests|bench|schemas|scenarios|docs)\/[\w./*{}<>-]*[\w/]/g)].map(([file]) => file),
    );
    const files = named.filter((file) => !/[*{<]|[A-Z]{3}/.test(file));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('links to pages and headings that exist', () => {
    const links = linesOf(page).flatMap((line) => [...line.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string));
    const broken = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(target).includes(heading);
}

/** As GitHub makes anchors: lower case, blanks to hyphens, other signs left out. */
function headingsOf(page: string): string[] {
  return linesOf(page)
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
}
