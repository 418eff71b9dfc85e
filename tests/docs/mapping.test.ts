import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { checkNest, formatNest, type LoopNest } from '../../core/index.js';

const page = readFileSync('docs/mapping.md', 'utf8');

function block(kind: string): string {
  return new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
}

describe('the example of docs/mapping.md', () => {
  const { rows } = (parse(block('yaml')) as { mappings: { rows: LoopNest } }).mappings;

  it('is valid', () => {
    checkNest(
      rows,
      { loops: { OX: 64, K: 21, C: 16 }, operands: ['I', 'W', 'O'] },
      { axes: { core: 4 }, hasMemory: (path) => /^(dram|core[0-3]\.l1)$/.test(path) },
    );
  });

  it('is printed as the page shows', () => {
    expect(formatNest(rows)).toBe(block('text').trimEnd());
  });
});
