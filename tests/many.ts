/** `npm run test:long` runs every test with all its cases; `npm test` runs those of them that a developer waits for. */
export const isLongRun = process.env['TESSERA_TESTS'] === 'long';

/** Cases of a property: `all` of them in the long run, `few` (a tenth) in the fast one. */
export function caseCount(all: number, few = Math.ceil(all / 10)): number {
  return isLongRun ? all : few;
}

/** The whole list in the long run, `few` of its entries in the fast one: the first, and others at equal distances. */
export function some<T>(list: readonly T[], few = 1): readonly T[] {
  if (isLongRun || few >= list.length) return list;
  return Array.from({ length: few }, (_, i) => list[Math.floor((i * list.length) / few)]!);
}
