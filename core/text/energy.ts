/** Names that are listed before the rest is only counted. */
const NAMED = 4;

/** `without noc, core0.dma and 3 more`: what an energy total leaves out; empty when it has all blocks. */
export function withoutText(missing: readonly string[] | undefined): string {
  if (missing === undefined || missing.length === 0) return '';
  const rest = missing.length - NAMED;
  return `without ${missing.slice(0, NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
