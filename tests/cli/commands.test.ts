import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderName } from '../../core/document/output-files.js';
import type { RunResult } from '../../core/index.js';
import { FILES } from './bad-input-files.js';
import { project, tessera } from './harness.js';
import { SMALL_RECORD } from '../plugins/lib/set/small-schedule.js';
import { temporaryFolder } from '../temporary-folder.js';

const home = process.cwd();
beforeEach(() => process.chdir(project(FILES)));
afterEach(() => process.chdir(home));

const json = <T>(text: string): T => JSON.parse(text) as T;

describe('run', () => {
  it('prints a table that fits 100 columns, and nothing on standard error', async () => {
    const { code, stdout, stderr } = await tessera('run', 's.yaml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('cycles');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints the result document with --json, without the trace', async () => {
    const { stdout } = await tessera('run', 's.yaml', '--json');
    const result = json<RunResult>(stdout);
    expect(result).toMatchObject({ tesseraResult: 1, scenario: 'tiny', outcome: 'finished', seed: 1 });
    expect(Object.keys(result.inputs)).toEqual(['gemm.schedule.yaml', 'machine.yaml', 's.yaml']);
    expect(result).not.toHaveProperty('trace');
  });

  it('runs again from what --print-config prints, from anywhere, with the same digest', async () => {
    const first = json<RunResult>((await tessera('run', 's.yaml', '--json')).stdout);
    const { stdout } = await tessera('run', 's.yaml', '--print-config');
    const elsewhere = path.join(temporaryFolder('full'), 'full.yaml');
    writeFileSync(elsewhere, stdout);
    const second = json<RunResult>((await tessera('run', elsewhere, '--json')).stdout);
    expect(second.digest).toBe(first.digest);
    const changed = json<RunResult>((await tessera('run', elsewhere, '--json', '--set', 'machine.dma.with.setupCycles=99')).stdout);
    expect(changed.digest).not.toBe(first.digest);
  });

  it('ends with 1 when an expectation is missed and says which', async () => {
    writeFileSync('s.yaml', FILES['s.yaml'].replace('{ violations: 0 }', '{ cycles: { atMost: 3 } }'));
    const { code, stdout } = await tessera('run', 's.yaml');
    expect(code).toBe(1);
    expect(stdout).toMatch(/expected cycles\.atMost <= 3, but it is \d+/);
  });

  it('ends with 3 when a bound is reached, with a partial result that says so', async () => {
    writeFileSync('s.yaml', FILES['s.yaml'].replace('seed: 1', 'limits: { maxCycles: 20 }'));
    const { code, stdout } = await tessera('run', 's.yaml', '--json');
    expect(code).toBe(3);
    expect(json<RunResult>(stdout).outcome).toBe('bound');
  });

  it('writes what the exporters make, whole, into the folder asked for', async () => {
    const { code, stdout } = await tessera('run', 's.yaml', '-e', 'table', '-o', 'out/deep');
    expect(code).toBe(0);
    const file = /written: (.*)/.exec(stdout)?.[1] ?? '';
    expect(file.startsWith('out/deep/')).toBe(true);
    expect(readFileSync(file, 'utf8').length).toBeGreaterThan(100);
  });
});

describe('a folder for the results', () => {
  it.each([
    ['resnet18-fused', 'resnet18-fused'],
    ['../../etc/x', 'etc-x'],
    ['a b/c', 'a-b-c'],
    ['...', 'run'],
  ])('of %s is %s', (title, folder) => {
    expect(folderName(title)).toBe(folder);
  });
});

describe('suite', () => {
  const SUITE = 'tesseraSuite: 1\nscenarios: [s.yaml]\naxes:\n  machine.dma.with.setupCycles: [1, 50]\n  machine.l1.with.banks: [8, 16]\n';

  it('runs all combinations of the axes and writes JUnit', async () => {
    writeFileSync('all.yaml', SUITE);
    const { code, stdout } = await tessera('suite', '--runner', 'in-process', 'all.yaml', '--junit', 'junit.xml', '-o', 'report');
    expect(readFileSync('report/suite.csv', 'utf8').split('\r\n')).toHaveLength(6);
    expect(readFileSync('report/suite.html', 'utf8')).toContain('<svg');
    expect(stdout).toContain('speed-up');
    expect(code).toBe(0);
    expect(stdout).toContain('4 of 4 as expected');
    expect(stdout).toContain('s dma.setupCycles=50 l1.banks=16');
    const xml = readFileSync('junit.xml', 'utf8');
    expect(xml).toContain('<testsuites name="tessera" tests="4" failures="0" errors="0" skipped="0"');
    expect(xml.match(/<testcase /g)).toHaveLength(4);
    expect(xml).toContain('classname="s.yaml"');
  });

  it('reads files that its axes name relative to itself, and points to itself when one is missing', async () => {
    mkdirSync('sweeps', { recursive: true });
    writeFileSync('sweeps/wide.yaml', FILES['machine.yaml'].replace('burstBytes: 512', 'burstBytes: 256'));
    writeFileSync('sweeps/all.yaml', 'tesseraSuite: 1\nscenarios: [../s.yaml]\naxes:\n  machine.include: [wide.yaml, ../machine.yaml]\n');
    expect((await tessera('suite', '--runner', 'in-process', 'sweeps/all.yaml')).stdout).toContain('2 of 2 as expected');
    writeFileSync('sweeps/all.yaml', 'tesseraSuite: 1\nscenarios: [../s.yaml]\naxes:\n  machine.include: [wide.yaml, machine.yaml]\n');
    const { code, stdout } = await tessera('suite', '--runner', 'in-process', 'sweeps/all.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain("sweeps/all.yaml:4:32: machine.include: no such file: 'machine.yaml'");
  });

  it('goes on after a scenario that fails, and ends with the worst code', async () => {
    writeFileSync('t.yaml', FILES['s.yaml'].replace('{ violations: 0 }', '{ cycles: 1 }'));
    writeFileSync('u.yaml', FILES['s.yaml'].replace('seed', 'sed'));
    const { code, stdout } = await tessera('suite', '--runner', 'in-process', 't.yaml', 'u.yaml', 's.yaml', '--json');
    expect(code).toBe(2);
    expect(json<{ runs: { name: string; verdict: string }[] }>(stdout).runs.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['t', 'missed'],
      ['u', 'bad-input'],
      ['s', 'as-expected'],
    ]);
  });

  it('takes from the store what it has, and prints the same', async () => {
    writeFileSync('all.yaml', SUITE);
    type Runs = { runs: { name: string; isFromStore?: boolean; wallSeconds: number; result: RunResult }[]; total: number };
    const plain = json<Runs>((await tessera('suite', '--runner', 'in-process', 'all.yaml', '--json')).stdout);
    expect(plain.total).toBe(4);
    expect(Object.keys(plain.runs[0]!)).toEqual(['name', 'file', 'verdict', 'reasons', 'problems', 'wallSeconds', 'result']);
    expect((await tessera('suite', '--runner', 'in-process', 'all.yaml', '--store', 'store')).stdout).toMatch(/4 of 4 as expected\n$/);
    const { code, stdout } = await tessera('suite', '--runner', 'in-process', 'all.yaml', '--store', 'store', '--junit', 'junit.xml');
    expect(code).toBe(0);
    expect(stdout).toContain('4 of 4 as expected, 4 taken from the store');
    expect(readFileSync('junit.xml', 'utf8')).toContain('tests="4" failures="0" errors="0"');
    const stored = json<Runs>((await tessera('suite', '--runner', 'in-process', 'all.yaml', '--store', 'store', '--json')).stdout);
    expect(stored.runs.map(({ isFromStore }) => isFromStore)).toEqual([true, true, true, true]);
    const resultOf = ({ name, result: { engineCpuSeconds: _, ...result } }: Runs['runs'][number]) => ({ name, result });
    expect(stored.runs.map(resultOf)).toEqual(plain.runs.map(resultOf));
  });

  it.each([
    [['-j', '0'], "--jobs: '0' is no number of jobs"],
    [['-j', 'many'], 'expected 1 to 1024, or auto'],
    [['-j', '2', '--runner', 'in-process'], "but 'in-process' runs one"],
    [['--runner', 'pol'], "did you mean 'pool'?"],
    [['--store', 's.yaml'], 's.yaml: is a file; expected a folder'],
    [['--store', 's.yaml/x'], 's.yaml: is a file; expected a folder'],
    [['--store', 'foldr:x'], "--store: unknown store plugin 'foldr'; expected folder or memory; did you mean 'folder'?"],
  ])('refuses %s', async (words, message) => {
    const { code, stderr, stdout } = await tessera('suite', 's.yaml', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('searches folders and passes machines and schedules over', async () => {
    const { stdout } = await tessera('suite', '--runner', 'in-process', '.');
    expect(stdout).toContain('1 of 1 as expected');
  });
});

describe('validate', () => {
  it('holds the estimate against the tolerance, layer by layer', async () => {
    const loose = await tessera('validate', 's.yaml', '--estimator', 'roofline', '--tolerance', '1000%');
    expect(loose.stdout).toMatch(/gemm +gemm +\S+ +\S+ +[-+]?\d/);
    expect(loose.code).toBe(0);
    const strict = await tessera('validate', 's.yaml', '--estimator', 'roofline', '--tolerance', '0%', '--json');
    expect(strict.code).toBe(1);
    expect(json<{ validation: { holds: boolean; tolerance: number } }>(strict.stdout).validation).toMatchObject({ holds: false, tolerance: 0 });
  });
});

describe('workload and import', () => {
  const model = path.resolve(import.meta.dirname, '../../scenarios/models/resnet18.onnx');

  it('lists the layers that were read within 100 columns, and their totals', async () => {
    const { code, stdout } = await tessera('workload', model);
    expect(code).toBe(0);
    expect(stdout).toMatch(/resnet18: \d+ layers, 1,8\d\d,\d{3},\d{3} multiply-accumulates/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    const report = json<{ layers: { operator: string; loops: object; operands: Record<string, { bytes: number; format: string }> }[] }>(
      (await tessera('workload', model, '--json')).stdout,
    );
    expect(stdout).toContain('K64 C3 OY112 OX112 FY7 FX7');
    expect(report.layers[0]).toMatchObject({ operator: 'conv', loops: { K: 64, C: 3 }, operands: { W: { bytes: 64 * 3 * 49 * 4, format: 'fp32' } } });
  });

  it('writes what an importer makes in our own form', async () => {
    const { code, stdout } = await tessera('import', model, '-o', 'layers.json');
    expect(code).toBe(0);
    expect(stdout).toContain('written: layers.json (workload, by importer onnx)');
    expect(json<{ layers: unknown[] }>(readFileSync('layers.json', 'utf8')).layers.length).toBeGreaterThan(20);
  });
});

describe('compare and report', () => {
  it('lays two results side by side and holds the tolerance', async () => {
    writeFileSync('a.json', (await tessera('run', 's.yaml', '--json')).stdout);
    writeFileSync('b.json', (await tessera('run', 's.yaml', '--json', '--set', 'machine.dma.with.setupCycles=200')).stdout);
    const same = await tessera('compare', 'a.json', 'a.json', '--tolerance', '0%');
    expect(same.code).toBe(0);
    const other = await tessera('compare', 'a.json', 'b.json', '--tolerance', '5%');
    expect(other.code).toBe(1);
    expect(other.stdout).toMatch(/gemm +gemm +\S+ +\S+ +\+\d/);
    expect(same.stdout).not.toContain('is slower');
  });

  it('says by which mechanism a run is slower, whichever comes first', async () => {
    writeFileSync('a.json', (await tessera('run', 's.yaml', '--json')).stdout);
    const { stdout: b } = await tessera('run', 's.yaml', '--json', '--set', 'machine.dma.with.setupCycles=200');
    const result = json<{ executed: { order: string } }>(b);
    writeFileSync('b.json', JSON.stringify({ ...result, executed: { ...result.executed, order: 'f'.repeat(64) } }));
    const reason = 'is slower:\n  The same operations began in another order';
    expect((await tessera('compare', 'a.json', 'b.json')).stdout).toContain(`Why B ${reason}`);
    expect((await tessera('compare', 'b.json', 'a.json')).stdout).toContain(`Why A ${reason}`);
    const { stdout } = await tessera('compare', 'a.json', 'b.json', '--json');
    expect(json(stdout)).toMatchObject({ slower: 'B', causes: [{ kind: 'order' }] });
  });

  it('takes an estimate for a result', async () => {
    writeFileSync(
      'a.json',
      '{ "estimator": "mine", "notes": [], "cycles": 10, "seconds": 1e-8, "layers": [{ "layer": "fc", "operator": "gemm", "macs": 1, "cycles": 10, "computeCycles": 10 }] }',
    );
    const { stdout } = await tessera('compare', 'a.json', 'a.json', '--json');
    expect(json<{ total: { difference: number } }>(stdout).total.difference).toBe(0);
  });

  it('makes files from result documents', async () => {
    writeFileSync('a.json', (await tessera('run', 's.yaml', '--json')).stdout);
    const { code, stdout } = await tessera('report', 'a.json', '-e', 'table', '-o', 'r');
    expect(code).toBe(0);
    expect(existsSync(/written: (.*)/.exec(stdout)?.[1] ?? 'absent')).toBe(true);
  });
});

describe('schema and plugin', () => {
  it('prints document schemas and those of plugins', async () => {
    expect(json<{ title: string }>((await tessera('schema', 'scenario')).stdout).title).toBe('Tessera scenario');
    expect(json<{ type: string }>((await tessera('schema', 'systolic')).stdout).type).toBe('object');
    expect((await tessera('schema')).stdout).toContain('machine');
  });

  it('lists plugins and shows one with all that it declares', async () => {
    const { stdout } = await tessera('plugin/list', 'memory', '--json');
    expect(json<{ plugins: { kind: string; name: string }[] }>(stdout).plugins.every(({ kind }) => kind === 'memory')).toBe(true);
    const shown = (await tessera('plugin/show', 'sram')).stdout;
    for (const word of ['capacityBytes', 'Ports', 'Statistics', 'Stall classes', 'default']) expect(shown).toContain(word);
  });
});

describe('import, audit, compare', () => {
  const record = `${JSON.stringify({ tesseraReference: 1, kind: 'multicore-schedule', records: [SMALL_RECORD] })}\n`;
  beforeEach(() => writeFileSync('set.json', record));

  it('import -o FOLDER writes a scenario that runs, and says what was not used', async () => {
    const { code, stderr } = await tessera('import', 'set.json', '-o', 'out');
    expect({ code, told: stderr.includes('not used: set.json: ') }).toEqual({ code: 0, told: true });
    expect(json(readFileSync('out/import.json', 'utf8'))).toMatchObject({
      tesseraImport: 1,
      importer: 'set',
      parts: ['machine', 'schedule', 'estimate'],
      missing: [],
    });
    const kept = json<RunResult>((await tessera('run', 'out/scenario.yaml', '--json')).stdout);
    const direct = json<RunResult>((await tessera('run', 'set.json', '--json')).stdout);
    expect(kept).toMatchObject({ outcome: 'finished', violationCount: 0, estimate: { estimator: 'set', cycles: 20 } });
    expect(direct.digest).toBe(kept.digest);
  });

  it('import says what is missing for a run', async () => {
    writeFileSync('w.layers.yaml', 'tesseraWorkload: 1\nlayers:\n  - { name: a, operator: gemm, loops: { OY: 4, K: 4, C: 4 } }\n');
    const { code, stdout } = await tessera('import', 'w.layers.yaml', '-o', 'out');
    expect({ code, made: existsSync('out/scenario.yaml'), says: stdout.includes('to run it there would have to be a machine too') }).toEqual({
      code: 0,
      made: false,
      says: true,
    });
    expect((await tessera('workload', 'out/workload.json')).stdout).toContain('gemm');
  });

  it('import --replay shows estimate, hardware and the steps between', async () => {
    const { code, stdout } = await tessera('import', 'set.json', '--replay', '--json');
    const replay = json<{ estimate: object; asHardware: { cycles: number }; steps: { cycles: number; addedCycles: number }[] }>(stdout);
    expect({ code, estimate: replay.estimate }).toEqual({ code: 0, estimate: { estimator: 'set', cycles: 20 } });
    expect(replay.steps.reduce((sum, { addedCycles }) => sum + addedCycles, 0)).toBe(replay.asHardware.cycles);
    expect(replay.steps.length).toBeGreaterThan(2);
  });

  it('audit ends with 1 for an estimate that cannot be, with the arithmetic', async () => {
    for (const args of [['set.json'], ['set.json', '--filter', 'small']]) {
      const { code, stdout } = await tessera('audit', ...args);
      expect(code).toBe(1);
      expect(stdout).toContain('! data and core order, transfers free: 75 cycles; estimated: 20');
    }
    const own = await tessera('audit', 's.yaml');
    expect({ code: own.code, says: own.stdout.includes('no estimate to hold against it') }).toEqual({ code: 0, says: true });
  });

  it('compare says in words how two schedules differ, and that one is the same as itself', async () => {
    expect((await tessera('compare', 's.yaml', 's.yaml')).stdout).toContain('They mean the same.');
    writeFileSync(
      'wider.schedule.yaml',
      readFileSync('gemm.schedule.yaml', 'utf8').replace(/bytes: (\d+)/, (_, bytes: string) => `bytes: ${2 * Number(bytes)}`),
    );
    const { code, stdout } = await tessera('compare', 'gemm.schedule.yaml', 'wider.schedule.yaml');
    expect(code).toBe(0);
    expect(stdout).toMatch(/buffers, .* in A; /);
  });
});
