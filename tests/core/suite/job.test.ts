import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/index.js';
import type { Job } from '../../../core/plugin/suite-plugins.js';
import { jobKey } from '../../../core/suite/job.js';
import { JobWorker } from '../../../core/suite/run-job.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { builtins, jobOf, replaceIn, suiteProject } from './suite-fixture.js';

const control = { shouldStop: () => false, onProgress: () => {} };
const overJson = (job: Job): Job => JSON.parse(JSON.stringify(job)) as Job;
const runJob = (job: Job, folder?: string) => new JobWorker(builtins, folder).run(job, control);

const identity = { file: 's.yaml', inputs: { a: '1', b: '2' }, set: { x: 1, y: 2 }, seed: 1, version: '1' };

describe('the key of a job', () => {
  it('is that of the canonical JSON, whatever the order of inputs', () => {
    expect(jobKey(identity)).toBe(jobKey({ ...identity, inputs: { b: '2', a: '1' } }));
    expect(jobKey(identity)).toBe(digestOf({ ...identity, set: Object.entries(identity.set) }));
  });

  it.each([
    ['file', { file: 't.yaml' }],
    ['content of an input', { inputs: { a: '1', b: '3' } }],
    ['name of an input', { inputs: { a: '1', c: '2' } }],
    ['value that is set', { set: { x: 1, y: 3 } }],
    ['type of a value', { set: { x: '1', y: 2 } }],
    ['order in which is set', { set: { y: 2, x: 1 } }],
    ['seed', { seed: 2 }],
    ['version', { version: '2' }],
  ])('changes with the %s', (_, change) => {
    expect(jobKey({ ...identity, ...change })).not.toBe(jobKey(identity));
  });

  it('does not change with the place of the project, but with every file that the run reads', async () => {
    const folder = suiteProject();
    const before = await jobOf(folder);
    expect(Object.keys(before.inputs)).toEqual(['gemm.schedule.yaml', 'machine.yaml', 's.yaml']);
    const elsewhere = path.join(temporaryFolder('moved'), 'project');
    renameSync(folder, elsewhere);
    expect((await jobOf(elsewhere)).key).toBe(before.key);
    for (const name of Object.keys(before.inputs)) {
      replaceIn(path.join(elsewhere, name), '\n', ' # changed\n');
      const after = await jobOf(elsewhere);
      expect(after.key, name).not.toBe(before.key);
      replaceIn(path.join(elsewhere, name), ' # changed\n', '\n');
    }
    expect((await jobOf(elsewhere)).key).toBe(before.key);
  });
});

describe('the inputs of a job', () => {
  it('have the modules of a plugin and the files beside them', async () => {
    const plugin = `import { readFileSync } from 'node:fs';\nimport { point } from './point.js';\nreadFileSync(new URL('./data.txt', import.meta.url));\nexport default point;\n`;
    const point = `export const point = { kind: 'extension', name: 'mine', version: '1.0.0', summary: 's', point: { name: 'mine' }, value: 1 };\n`;
    const folder = suiteProject({ 'plugin/index.js': plugin, 'plugin/point.js': point, 'plugin/data.txt': 'x', 'plugin/package.json': '{"type":"module"}' });
    replaceIn(path.join(folder, 's.yaml'), 'tessera: 1', 'tessera: 1\nplugins: [./plugin/index.js]');
    const { inputs } = await jobOf(folder);
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(['plugin/index.js', 'plugin/point.js', 'plugin/data.txt']));
  });

  it('have the file that an experiment reads when it runs', async () => {
    const { inputs } = await jobOf(path.resolve('scenarios/examples'), {}, 'noc-trace.yaml');
    expect(Object.keys(inputs)).toContain('tessera:scenarios/examples/noc-trace.packets.txt');
  });

  it('are looked at again for every point: a sweep whose files change under it makes other jobs', async () => {
    const folder = suiteProject();
    const { JobMaker } = await import('../../../core/suite/job.js');
    const maker = new JobMaker(builtins, {}, process.cwd());
    const point = (banks: number) => ({ name: 'p', file: path.join(folder, 's.yaml'), set: { 'machine.l1.with.banks': banks }, setPlaces: {} });
    const first = await maker.make(point(8));
    expect((await maker.make(point(16))).inputs).toEqual(first.inputs);
    writeFileSync(path.join(folder, 'other.yaml'), '');
    replaceIn(path.join(folder, 'machine.yaml'), '\n', ' # changed\n');
    expect((await maker.make(point(16))).inputs).not.toEqual(first.inputs);
  });
});

describe('plugins of a job', () => {
  const PLUGIN =
    "export default { kind: 'experiment', name: 'mine', version: '1.0.0', summary: 's', configSchema: { type: 'object' }, run: () => ({ metrics: {} }) };";

  it('are agreed to where the suite runs, once; a worker runs what the job says was agreed to, and nothing else', async () => {
    const folder = suiteProject({ 'p.js': PLUGIN, 't.yaml': 'tessera: 1\nkind: mine\nplugins: [./p.js]\n' });
    const asked: string[] = [];
    const { JobMaker } = await import('../../../core/suite/job.js');
    const maker = new JobMaker(builtins, { plugins: ({ at }) => void asked.push(path.basename(at)) }, process.cwd());
    const jobs = [];
    for (const seed of [1, 2, 3]) jobs.push(await maker.make({ name: 'p', file: path.join(folder, 't.yaml'), set: { seed }, setPlaces: {} }));
    expect(asked).toEqual(['p.js']);
    const [job] = jobs.map(overJson);
    expect((await runJob(job!)).summary.verdict).toBe('as-expected');
    for (const code of [[], ['0'.repeat(64)]]) {
      const { summary } = await runJob({ ...job!, code });
      expect(summary).toMatchObject({ verdict: 'bad-input', reasons: [expect.stringContaining('nobody has agreed to run')] });
    }
  });
});

describe('a job as JSON', () => {
  it('comes back as it was, and its run has the digest of a direct one', async () => {
    const folder = suiteProject();
    const job = await jobOf(folder, { 'machine.dma.with.setupCycles': 50, seed: 7 });
    expect(overJson(job)).toEqual(job);
    expect(job.seed).toBe(7);
    const { summary, document = '' } = await runJob(overJson(job));
    expect(summary).toMatchObject({ verdict: 'as-expected', isReproducible: true });
    expect(JSON.parse(document)).toMatchObject({ seed: 7, set: job.set, digest: summary.digest });
    const { summary: other } = await runJob(await jobOf(folder));
    expect(other.digest).not.toBe(summary.digest);
  });

  it('runs where the same project lies in another folder', async () => {
    const [here, there] = [suiteProject(), suiteProject()];
    const job = overJson(await jobOf(here));
    const { summary } = await runJob({ ...job, project: '.' }, there);
    expect(summary.verdict).toBe('as-expected');
  });

  it('takes places of what is set along: files are named from the suite that names them', async () => {
    const folder = suiteProject();
    mkdirSync(path.join(folder, 'sweeps'));
    const { JobMaker } = await import('../../../core/suite/job.js');
    const place = { file: path.join(folder, 'sweeps/all.yaml') };
    const set = { 'machine.include': '../machine.yaml' };
    const file = path.join(folder, 's.yaml');
    const job = await new JobMaker(builtins, {}, process.cwd()).make({ name: 'p', file, set, setPlaces: { 'machine.include': place } });
    expect((await runJob(overJson(job))).summary.verdict).toBe('as-expected');
  });
});

describe('a worker refuses', () => {
  it('an input that has changed, by its name, and runs nothing', async () => {
    const folder = suiteProject();
    const job = await jobOf(folder);
    replaceIn(path.join(folder, 'machine.yaml'), '\n', ' # changed\n');
    const { summary, document } = await runJob(job);
    expect(document).toBeUndefined();
    expect(summary.verdict).toBe('bad-input');
    expect(summary.problems).toHaveLength(1);
    expect(summary.problems[0]).toMatchObject({ file: path.join(folder, 'machine.yaml'), expected: expect.stringContaining(job.inputs['machine.yaml']!) });
    expect(summary.reasons[0]).toContain('has changed since');
  });

  it('an input that is missing, another build, and a job that is not the one of its key', async () => {
    const folder = suiteProject();
    const job = await jobOf(folder);
    const reasonOf = async (other: Job) => (await runJob(other)).summary.reasons[0];
    expect(await reasonOf({ ...job, version: '0.0.1' })).toContain('made by Tessera 0.0.1');
    expect(await reasonOf({ ...job, seed: 99 })).toContain('does not fit its key');
    renameSync(path.join(folder, 'gemm.schedule.yaml'), path.join(folder, 'gone.yaml'));
    expect(await reasonOf(job)).toContain('missing here');
  });
});
