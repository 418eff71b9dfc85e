import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/index.js';
import { crosscheckFile } from '../../../core/reference/crosscheck.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The first record of a golden file, with another workload: it would take hours. */
function endless(golden: string, workload: Readonly<Record<string, unknown>>): string {
  const document = JSON.parse(readFileSync(path.join(ROOT, 'tests/golden', golden), 'utf8')) as { records: { workload: object }[] };
  const [record] = document.records;
  const file = path.join(temporaryFolder('crosscheck'), golden);
  writeFileSync(file, JSON.stringify({ ...document, records: [{ ...record, id: 'endless', workload: { ...record?.workload, ...workload } }] }));
  return file;
}

describe('a reference record without end', () => {
  const registry = new PluginRegistry(builtinPlugins);

  it.each([
    ['a sample period', 'noc-booksim2.json', { sample_period: 1e9 }],
    ['accesses', 'dram-ramulator2.json', { n: 1e9 }],
    ['gaps', 'dram-ramulator2.json', { n: 1000, burst: 1, gap: 9_000_000 }],
  ])('has failed after its time, and no part of it is compared: %s', async (_, golden, workload) => {
    const { records } = await crosscheckFile(endless(golden, workload), registry, { maxSecondsPerRecord: 0.05 });
    expect(records).toMatchObject([{ id: 'endless', metrics: {}, failed: 'it took longer than a record may' }]);
  });

  it('is no result when it was interrupted', async () => {
    let asked = 0;
    const { records } = await crosscheckFile(endless('noc-booksim2.json', { sample_period: 1e9 }), registry, { shouldStop: () => asked++ > 2 });
    expect(asked).toBeGreaterThan(2);
    expect(records).toEqual([]);
  });
});
