import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLUGIN_KINDS } from '../../core/index.js';
import { FILES } from './bad-input-files.js';
import { project, tessera, tesseraProcess } from './harness.js';
import { writesPassingFolder } from './new-plugin.js';
import { temporaryFolder } from '../temporary-folder.js';

const BIN = path.resolve(import.meta.dirname, '../../bin/tessera.js');

describe('the built command', () => {
  it('ends cleanly on Ctrl-C, with what is finished', async () => {
    const schedule = FILES['gemm.schedule.yaml']
      .replace(
        /operations:[\s\S]*/,
        'operations:\n  - repeat: { index: t, count: 3000000 }\n    operations:\n      - { kind: transfer, queue: dma, reads: [{ tensor: W }], writes: [{ buffer: weights }] }\n',
      )
      .replace(/layers:\n.*\n/, '');
    const started =
      "import { definePlugin } from 'tessera';\nexport default definePlugin({ kind: 'memory', name: 'told', version: '1.0.0', summary: 'Says when it is made', configSchema: { type: 'object', properties: {} }, ports: { port: { role: 'target', many: true, optional: true, description: 'none' } }, statistics: {}, describe: () => ({ kind: 'other' }), create: () => { process.stderr.write('made'); return {}; } });";
    const folder = project({
      ...FILES,
      'gemm.schedule.yaml': schedule,
      'plugin.js': started,
      's.yaml': FILES['s.yaml']
        .replace('seed: 1', 'plugins: [./plugin.js]')
        .replace(
          'include: machine.yaml',
          'include: machine.yaml, blocks: { told: { use: told } }, connect: [[pe.memory0, l1.port0], [dma.local, l1.port1], [dma.network, noc.node0], [dram.port0, noc.node1], [told.port0, noc.node2]]',
        ),
    });
    const child = spawn(process.execPath, [BIN, 'run', 's.yaml', '--json', '--allow-plugins', 'plugin.js'], { cwd: folder });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes('made')) setTimeout(() => child.kill('SIGINT'), 300);
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'made' });
    const result = JSON.parse(stdout) as { outcome: string; operations: { finished: number } };
    expect(result.outcome).toBe('interrupted');
    expect(result.operations.finished).toBeGreaterThan(0);
  });
});

describe('a model that throws while it runs', () => {
  it('ends the run with 3 and is named with its block, its plugin and the time', async () => {
    const cwd = temporaryFolder('new');
    await tessera('plugin/new', 'memory', 'brittle', '--dir', path.join(cwd, 'brittle'));
    const file = path.join(cwd, 'brittle/index.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace('  takeNext() {\n', "  takeNext() {\n    throw new TypeError('no bits left');\n"));
    const { code, stdout, stderr } = await tesseraProcess(['run', 'brittle/scenario.yaml', '--allow-plugins', 'brittle/index.js'], { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^error: store: plugin 'brittle' failed at tick \d+: TypeError: no bits left\n$/);
  });
});

describe('plugins from elsewhere', () => {
  it.each(PLUGIN_KINDS)('plugin new %s writes a folder that passes as it is, outside the repository', writesPassingFolder);

  it('plugin test finds a planted fault', async () => {
    const cwd = temporaryFolder('new');
    await tesseraProcess(['plugin', 'new', 'memory', 'forgetful'], { cwd });
    const file = path.join(cwd, 'forgetful/index.js');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('    port.send(this.current);\n', '    if (this.context.statistics.reads !== 5) port.send(this.current);\n'),
    );
    const { code, stdout } = await tesseraProcess(['plugin', 'test', 'forgetful'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED +forgetful answers every request/);
  });

  it('are found as npm packages from the folder of the scenario, and shown with --plugin', async () => {
    const cwd = project({});
    const folder = path.join(cwd, 'node_modules/tessera-plugin-mem');
    await tesseraProcess(['plugin', 'new', 'memory', 'mem', '--dir', folder]);
    const scenario = readFileSync(path.join(folder, 'scenario.yaml'), 'utf8')
      .replace('./index.js', 'tessera-plugin-mem')
      .replace('copy.schedule', 'node_modules/tessera-plugin-mem/copy.schedule');
    writeFileSync(path.join(cwd, 's.yaml'), scenario);
    expect((await tesseraProcess(['run', 's.yaml', '--allow-plugins', 'tessera-plugin-mem'], { cwd })).code).toBe(0);
    const shown = await tesseraProcess(['plugin', 'show', 'mem', '--plugin', 'tessera-plugin-mem'], { cwd });
    expect(shown.stdout).toContain('accessCycles');
  });

  it('run reference records, and a record that cannot run is a miss', async () => {
    const cwd = project({
      'records.json': JSON.stringify({
        tesseraReference: 1,
        kind: 'mine',
        source: {},
        records: [
          {
            id: 'exact',
            config: { rows: 16, columns: 16 },
            workload: { M: 10, N: 32, K: 32 },
            expected: { cycles: 40, name: 'x' },
            reference_cpu_seconds: 0.5,
          },
          { id: 'off', config: { rows: 16, columns: 16 }, workload: { M: 10, N: 32, K: 32 }, expected: { cycles: 50 } },
          { id: 'broken', config: {}, workload: {}, expected: { cycles: 50 } },
        ],
      }),
    });
    await tesseraProcess(['plugin', 'new', 'crosscheck', 'mine', '--dir', 'mine'], { cwd });
    const call = ['crosscheck', 'records.json', '--plugin', './mine/index.js'];
    const { code, stdout } = await tesseraProcess([...call, '--json'], { cwd });
    expect(code).toBe(0);
    const { files } = JSON.parse(stdout) as { files: { kind: string; records: Record<string, unknown>[]; summary: Record<string, unknown> }[] };
    expect(files[0]).toMatchObject({ file: 'records.json', kind: 'mine' });
    expect(files[0]?.records[0]).toMatchObject({ id: 'exact', metrics: { cycles: { expected: 40, simulated: 40, errorPct: 0 } }, referenceCpuSeconds: 0.5 });
    expect(files[0]?.records[2]).toMatchObject({ id: 'broken', metrics: {}, failed: expect.stringContaining('not complete') as string });
    expect(files[0]?.summary['cycles']).toMatchObject({ n: 3, meanAbsErrorPct: 40, medianAbsErrorPct: 20, worstAbsErrorPct: 100, worstId: 'broken' });
    expect((await tesseraProcess([...call, '--tolerance', '25%'], { cwd })).code).toBe(1);
    const exact = await tesseraProcess([...call, '--tolerance', '1%', '--filter', 'exact'], { cwd });
    expect(exact.code).toBe(0);
    expect(exact.stdout).toMatch(/cycles +1 +0\.000 % +0\.000 % +0\.000 % +exact/);
  });
});
