import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/extension-points.md', 'utf8');

/** The points that the sources declare, with the constants that hold them. */
function declaredPoints(): { name: string; constant: string }[] {
  return ['core', 'plugins'].flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(path.join(room, file), 'utf8').matchAll(/export const (\w+) = extensionPoint<.*>\('([^']+)'\)/g)])
      .map(([, constant = '', name = '']) => ({ name, constant })),
  );
}

describe('docs/extension-points.md', () => {
  it('names every extension point and no other, and what holds it is public where the page says', async () => {
    const listed = [...page.matchAll(/^\| `([a-z-]+\.[a-z-]+)` \| `(\w+)`, `([^`]+)` \|/gm)].map(([, name = '', constant = '', module = '']) => ({
      name,
      constant,
      module,
    }));
    const sorted = (points: readonly { name: string; constant: string }[]): string[] => points.map(({ name, constant }) => `${name} ${constant}`).sort();
    expect(sorted(listed)).toEqual(sorted(declaredPoints()));
    for (const { name, constant, module } of listed) {
      const exported = (await import(module)) as Record<string, { name: string } | undefined>;
      expect(exported[constant]?.name, `${constant} of ${module}`).toBe(name);
    }
  });

  it.each([
    ['core/model/transaction.ts', 'export class Transaction {', ['id', 'trafficClass']],
    ['core/schedule/resolve/operation.ts', 'export interface ResolvedRegion {', []],
    ['core/plugin/block-plugin.ts', 'export interface BlockContext<', []],
  ])('names every member of %s', (file, begin, left: readonly string[]) => {
    const body = readFileSync(file, 'utf8').split(begin)[1]!.split('\n}')[0]!;
    const members = [...body.matchAll(/^ {2}(?:readonly |get )?(\w+)(?:\?)?(?:\(|:)/gm)].map(([, name = '']) => name).filter((name) => name !== 'constructor');
    expect(members.length).toBeGreaterThan(5);
    expect(members.filter((name) => !left.includes(name) && !new RegExp(`\`${name}[\`(]`).test(page))).toEqual([]);
  });
});
