/** The section of a Markdown page under `## title`, up to the next of its level; undefined when there is none. */
export function sectionOf(page: string, title: string): string | undefined {
  const from = startOf(page, title);
  if (from < 0) return undefined;
  return page.slice(from, endOf(page, from)).trimEnd();
}

/** The page with that section replaced, or with it at the end. `section` begins with its heading. */
export function withSection(page: string, title: string, section: string): string {
  const from = startOf(page, title);
  if (from < 0) return `${page.trimEnd()}\n\n${section}\n`;
  const rest = page.slice(endOf(page, from));
  return `${page.slice(0, from)}${section}\n${rest === '' ? '' : `\n${rest}`}`;
}

function startOf(page: string, title: string): number {
  const heading = `## ${title}\n`;
  if (page.startsWith(heading)) return 0;
  const before = page.indexOf(`\n${heading}`);
  return before < 0 ? -1 : before + 1;
}

function endOf(page: string, from: number): number {
  const next = page.indexOf('\n## ', from);
  return next < 0 ? page.length : next + 1;
}
