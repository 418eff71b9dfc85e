import { describe, expect, it } from 'vitest';
import type { SuiteEntry } from '../../../core/suite/run-suite.js';
import { MemoryStore } from '../../../plugins/stores/memory/index.js';
import { isLongRun, some } from '../../many.js';
import { builtins, pointOf, run, suiteProject, WORKER_PROGRAM } from '../../core/suite/suite-fixture.js';

/** An experiment that does what it is told, to itself or to its process. */
const TROUBLE = `import { definePlugin } from 'tessera-sim';
const wait = () => new Promise((resolve) => setTimeout(resolve, 10));
export default definePlugin({
  kind: 'experiment', name: 'trouble', version: '1.0.0', summary: 'For tests',
  configSchema: { type: 'object', additionalProperties: false, properties: { how: { type: 'string', default: 'none' } } },
  async run({ how }, { shouldStop, seed }) {
    if (how === 'exit') process.exit(3);
    if (how === 'settles nothing') await new Promise(() => {});
    if (how === 'kill') process.kill(process.pid, 'SIGKILL');
    if (how === 'crash') { setTimeout(() => { throw new TypeError('thrown out of a timer'); }, 0); await wait(); }
    while (how === 'wait' && !shouldStop()) await wait();
    while (how === 'never ends') await wait();
    return { metrics: { pid: process.pid, seed } };
  },
});
`;

const trouble = (): string => suiteProject({ 'trouble.js': TROUBLE, 't.yaml': 'tessera: 1\nkind: trouble\nplugins: [./trouble.js]\n' });
const how = (folder: string, ...ways: string[]) => ways.map((way, index) => pointOf(folder, { 'with.how': way, seed: index }, 't.yaml'));
const pool = (workers: number, stopSeconds = 5) => ({ runner: builtins.get('runner', 'pool').create({ stopSeconds }), workers, mayResume: false });

/** How a worker ends, and what is said of it. */
const CRASHES: readonly (readonly [how: string, reason: string])[] = [
  ['exit', 'the worker process ended during this run (exit code 3)'],
  ['kill', '(signal SIGKILL)'],
  ['crash', 'trouble.js:10): TypeError: thrown out of a timer; plugins in it: experiment plugin'],
  ['settles nothing', 'a promise that never ends'],
];

async function pidsOf(entries: readonly SuiteEntry[], store: MemoryStore): Promise<(number | undefined)[]> {
  const documents = await Promise.all(entries.map(async ({ key = '' }) => (await store.get(key))?.document));
  return documents.map((text) => (text === undefined ? undefined : (JSON.parse(text) as { metrics: { pid: number } }).metrics.pid));
}

/** All but what a clock says, and who measured it. */
function withoutSeconds(document: string | undefined): unknown {
  const { engineCpuSeconds: _, ...rest } = JSON.parse(document ?? '{}') as Record<string, unknown>;
  return rest;
}

describe('the pool', () => {
  it('has the results of one after the other, bit for bit and in their order, whatever the number of workers', async () => {
    const folder = suiteProject();
    const sets = some([8, 16, 32], 2).flatMap((banks) => [1, 50].map((cycles) => ({ 'machine.l1.with.banks': banks, 'machine.dma.with.setupCycles': cycles })));
    const points = [...sets.map((set) => pointOf(folder, set)), pointOf(folder, {}, 'none.yaml')];
    const expected = new MemoryStore();
    const forward = await run(points, expected);
    for (const workers of isLongRun ? [1, 3] : [2]) {
      const store = new MemoryStore();
      const entries = await run(points, store, pool(workers));
      expect(entries.map(({ name, verdict, digest }) => [name, verdict, digest])).toEqual(forward.map(({ name, verdict, digest }) => [name, verdict, digest]));
      for (const { key = '' } of forward) expect(withoutSeconds((await store.get(key))?.document)).toEqual(withoutSeconds((await expected.get(key))?.document));
    }
  });

  it('gives many jobs to one worker', async () => {
    const folder = trouble();
    const store = new MemoryStore();
    const pids = await pidsOf(await run(how(folder, 'a', 'b', 'c', 'd'), store, pool(1)), store);
    expect(new Set(pids).size).toBe(1);
    expect(pids[0]).not.toBe(process.pid);
  });

  it('loses one job with a worker that crashes, says why, and replaces the worker', async () => {
    const crashes = some(CRASHES, 1);
    const store = new MemoryStore();
    const entries = await run(how(trouble(), ...crashes.flatMap(([way]) => ['none', way]), 'none'), store, pool(1));
    const crashed = entries.filter((_, index) => index % 2 === 1);
    expect(entries.filter((_, index) => index % 2 === 0).map(({ verdict }) => verdict)).toEqual([...crashes.map(() => 'as-expected'), 'as-expected']);
    expect(crashed.map(({ verdict }) => verdict)).toEqual(crashes.map(() => 'machine-failed'));
    const reasons = crashed.flatMap((entry) => entry.reasons);
    crashes.forEach(([, reason], index) => expect(reasons[index]).toContain(reason));
    const pids = await pidsOf(entries, store);
    expect(new Set(pids.filter((pid) => pid !== undefined)).size).toBe(crashes.length + 1);
  });

  it('keeps the limits of a scenario', async () => {
    const folder = suiteProject();
    const [entry] = await run([pointOf(folder, { 'limits.maxCycles': 5 })], new MemoryStore(), pool(1));
    expect(entry).toMatchObject({ verdict: 'machine-failed', reasons: [expect.stringContaining('limits.maxCycles was reached')] });
  });

  it('stops all that runs when asked, and keeps what they have', async () => {
    const folder = trouble();
    let started = 0;
    const store = new MemoryStore();
    const options = { ...pool(2), onStart: () => void started++, shouldStop: () => started === 2 };
    const entries = await run(how(folder, 'wait', 'wait', 'wait'), store, options);
    expect(entries.map(({ verdict }) => verdict)).toEqual(['interrupted', 'interrupted']);
    expect((await pidsOf(entries, store)).every((pid) => pid !== undefined)).toBe(true);
  });

  it('kills a worker that does not stop', async () => {
    const folder = trouble();
    let started = 0;
    const options = { ...pool(1, 0.1), onStart: () => void started++, shouldStop: () => started === 1 };
    const entries = await run(how(folder, 'never ends', 'a'), new MemoryStore(), options);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ verdict: 'interrupted', reasons: [expect.stringContaining('did not stop within 0.1 s')] });
  });

  it('says so when no worker can be started', async () => {
    const folder = suiteProject();
    const broken = run([pointOf(folder)], new MemoryStore(), { ...pool(2), workerProgram: `${WORKER_PROGRAM}.none` });
    await expect(broken).rejects.toThrow(/a worker process cannot be started \(exit code 1\): Error: Cannot find module/);
  });
});
