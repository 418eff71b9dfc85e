import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../core/index.js';
import { FolderStore } from '../../../plugins/stores/folder/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const KEY = 'ab'.repeat(32);
const summary: RunSummary = { verdict: 'missed', reasons: ['a\n"b"'], problems: [], wallSeconds: 0.1, isReproducible: true, estimateError: Infinity };
const document = JSON.stringify({ cycles: 0.1 + 0.2, text: '\u2028 "}', list: [1e300, -1, null] });

describe('the folder store', () => {
  it('gives back what was put, also numbers that JSON cannot write, and to another process', async () => {
    const place = path.join(temporaryFolder('store'), 'deep', 'er');
    await FolderStore.open(place).put(KEY, { summary, document });
    expect(await FolderStore.open(place).get(KEY)).toEqual({ summary, document });
    expect(await FolderStore.open(place).has(KEY)).toBe(true);
  });

  it('has one whole JSON file a result and nothing beside it', async () => {
    const place = temporaryFolder('store');
    const store = FolderStore.open(place);
    for (const reasons of [['first'], ['second']]) await store.put(KEY, { summary: { ...summary, reasons }, document });
    expect(readdirSync(place, { recursive: true })).toEqual(['ab', path.join('ab', `${KEY}.json`)]);
    expect((await store.get(KEY))?.summary.reasons).toEqual(['second']);
  });

  it('knows nothing of other keys', async () => {
    const store = FolderStore.open(temporaryFolder('store'));
    expect(await store.has(KEY)).toBe(false);
    expect(await store.get(KEY)).toBeUndefined();
  });

  it('refuses a place that is a file', () => {
    const file = path.join(temporaryFolder('store'), 'file');
    writeFileSync(file, '');
    expect(() => FolderStore.open(file)).toThrow(/is a file; expected a folder/);
  });
});
