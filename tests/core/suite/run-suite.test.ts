import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Job, SuiteContext, SuiteRunner } from '../../../core/index.js';
import { SuiteStore } from '../../../core/suite/suite-store.js';
import { FolderStore } from '../../../plugins/stores/folder/index.js';
import { MemoryStore } from '../../../plugins/stores/memory/index.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { pointOf, replaceIn, run, suiteProject } from './suite-fixture.js';

const sweep = (folder: string, banks: readonly number[]) => banks.map((value) => pointOf(folder, { 'machine.l1.with.banks': value }));

/** Hands every job over at once and ends them last first. */
class BackwardRunner implements SuiteRunner {
  async run(jobs: AsyncIterable<Job>, _store: unknown, context: SuiteContext): Promise<void> {
    const all: Job[] = [];
    for await (const job of jobs) all.push(job);
    for (const job of all.reverse()) {
      const { summary } = await context.runJob(job, { shouldStop: () => false, onProgress: () => {} });
      context.onEnd(job, summary);
    }
  }
}

describe('a suite', () => {
  it('has its entries in the order of the points, whatever order they end in', async () => {
    const folder = suiteProject();
    const points = [...sweep(folder, [8, 16, 32]), pointOf(folder, {}, 'none.yaml')];
    const forward = await run(points, new SuiteStore(undefined, undefined));
    const ended: number[] = [];
    const backward = await run(points, new SuiteStore(undefined, undefined), { runner: new BackwardRunner(), onEnd: (_, index) => ended.push(index) });
    expect(ended).toEqual([3, 2, 1, 0]);
    expect(backward.map(({ name, verdict, digest }) => [name, verdict, digest])).toEqual(forward.map(({ name, verdict, digest }) => [name, verdict, digest]));
    expect(forward.map(({ verdict }) => verdict)).toEqual(['as-expected', 'as-expected', 'as-expected', 'bad-input']);
  });

  it('keeps of a run what a table needs, not its result', async () => {
    const folder = suiteProject();
    const store = new MemoryStore();
    const [entry] = await run(sweep(folder, [8]), store);
    const { document = '' } = (await store.get(entry!.key!)) ?? {};
    expect(JSON.parse(document)).toHaveProperty('blocks');
    expect(entry).not.toHaveProperty('document');
    expect(JSON.stringify(entry).length).toBeLessThan(2000);
    expect(JSON.stringify(entry).length).toBeLessThan(document.length / 3);
  });

  it('stops between runs when asked, and says what was not run by leaving it out', async () => {
    const folder = suiteProject();
    let ended = 0;
    const entries = await run(sweep(folder, [8, 16, 32]), new MemoryStore(), { onEnd: () => void ended++, shouldStop: () => ended === 1 });
    expect(entries).toHaveLength(1);
  });
});

describe('a suite with a store', () => {
  it('runs only what is not there, and says so', async () => {
    const folder = suiteProject();
    const lasting = FolderStore.open(temporaryFolder('store'));
    const first = await run(sweep(folder, [8, 16]), new SuiteStore(lasting, undefined));
    expect(first.map(({ isFromStore }) => isFromStore)).toEqual([false, false]);
    const started: string[] = [];
    const second = await run(sweep(folder, [8, 32, 16]), new SuiteStore(lasting, undefined), { onStart: ({ name }) => started.push(name) });
    expect(second.map(({ isFromStore }) => isFromStore)).toEqual([true, false, true]);
    expect(started).toHaveLength(1);
    expect([second[0], second[2]].map((entry) => ({ ...entry, isFromStore: false }))).toEqual(first);
  });

  it('runs again what an input has changed for', async () => {
    const folder = suiteProject();
    const lasting = new MemoryStore();
    await run(sweep(folder, [8]), lasting);
    replaceIn(path.join(folder, 'machine.yaml'), '\n', ' # changed\n');
    expect((await run(sweep(folder, [8]), lasting))[0]).toMatchObject({ isFromStore: false });
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, text.length / 2)],
    ['a changed figure', (text: string) => text.replace(/"cycles":(\d)/, '"cycles":9$1')],
    ['of another key', (text: string) => text.replace(/"key":"(.)/, '"key":"x$1')],
    ['something else', () => '{}'],
    ['nothing', () => ''],
  ])('does a run again whose file is damaged, with a warning: %s', async (_, damage) => {
    const folder = suiteProject();
    const place = temporaryFolder('store');
    const lasting = FolderStore.open(place);
    const [first] = await run(sweep(folder, [8]), lasting);
    const [name = ''] = readdirSync(place, { recursive: true }).filter((file) => String(file).endsWith('.json'));
    const file = path.join(place, String(name));
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, damage(whole));
    const warnings: string[] = [];
    const [again] = await run(sweep(folder, [8]), lasting, { warn: (message) => warnings.push(message) });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(file);
    expect(again).toMatchObject({ isFromStore: false, digest: first!.digest });
    expect((await run(sweep(folder, [8]), lasting))[0]).toMatchObject({ isFromStore: true, digest: first!.digest });
  });

  it('does not keep what another try may end otherwise, but its output has it', async () => {
    const [lasting, spool] = [new MemoryStore(), new MemoryStore()];
    const store = new SuiteStore(lasting, spool);
    const summary = { verdict: 'interrupted', reasons: [], problems: [], wallSeconds: 0, isReproducible: false } as const;
    await store.put('k', { summary, document: '{}' });
    expect([await lasting.has('k'), await spool.has('k'), await store.has('k')]).toEqual([false, true, false]);
    expect(await store.get('k')).toEqual({ summary, document: '{}' });
  });
});
