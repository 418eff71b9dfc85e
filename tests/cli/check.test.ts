import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { tessera } from './harness.js';

const home = process.cwd();
beforeEach(() => {
  const folder = temporaryFolder('check');
  cpSync(path.join(import.meta.dirname, '../core/certificate/cases'), folder, { recursive: true });
  process.chdir(folder);
});
afterEach(() => process.chdir(home));

const json = (text: string): unknown => JSON.parse(text);

describe('check', () => {
  it('says that a schedule is legal, certifies it and verifies the certificate from elsewhere', async () => {
    const made = await tessera('check', 'ok.yaml', '--certificate', 'out/ok.certificate.json');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/legal; 4 operations checked in [\d.]+ s of CPU time\nnot checked: layer 'gemm': .*\ncertificate: out\/ok\.certificate\.json/);
    expect(await tessera('check', '--verify', 'out/ok.certificate.json')).toMatchObject({ code: 0 });
    writeFileSync('ok.schedule.yaml', `${readFileSync('ok.schedule.yaml', 'utf8')}\n`);
    const changed = await tessera('check', '--verify', 'out/ok.certificate.json', 'ok.yaml', '--json');
    expect(changed.code).toBe(3);
    expect(json(changed.stdout)).toMatchObject({ verified: false, problems: [expect.stringContaining('ok.schedule.yaml')] });
  });

  it('puts violations first, with their lines, and writes the fewest operations that show the first', async () => {
    const { code, stdout } = await tessera('check', 'relabel-transfer.yaml', '--minimise', 'small.schedule.yaml', '--certificate', 'c.json');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Illegal schedule: 1 violation\n {2}relabel-transfer\.schedule\.yaml:\d+: relabelled-data: .*; to mend it, /);
    expect(stdout).toMatch(/1 operation shows relabelled-data \(\d+ checks\): small\.schedule\.yaml/);
    expect(existsSync('c.json')).toBe(false);
    const small = await tessera('check', 'relabel-transfer.yaml', '--set', 'schedule=small.schedule.yaml', '--json');
    expect(json(small.stdout)).toMatchObject({ isLegal: false, operations: 1 });
  });

  it('says that races are decided by time', async () => {
    const { code, stdout } = await tessera('check', 'checked-war-with-release.yaml');
    expect(code).toBe(3);
    expect(stdout).toContain('decided by time, `tessera run` says it');
  });

  it.each([
    [['after-unknown-id.yaml'], 'there is no operation 3'],
    [[], 'which scenario'],
    [['--verify', 'ok.yaml'], 'not a certificate'],
    [['ok.yaml', '--certificate', '.'], 'is a folder'],
    [['ok.yaml', '--verify', 'c.json', '--minimise', 'm.yaml'], 'cannot also be provided'],
  ])('ends with 2 for %j', async (args, message) => {
    const { code, stderr } = await tessera('check', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('run --dump-schedule', () => {
  it('writes the schedule that is executed, and it runs again to the same digest', async () => {
    const first = await tessera('run', 'two-gemm-ok.yaml', '--json', '--dump-schedule', 'dumped.ndjson');
    const second = await tessera('run', 'two-gemm-ok.yaml', '--json', '--set', 'schedule=dumped.ndjson');
    expect(first.code).toBe(0);
    expect((json(second.stdout) as { digests: unknown }).digests).toEqual((json(first.stdout) as { digests: unknown }).digests);
  });

  it('comes from an exporter, too, when it is asked for by name', async () => {
    expect((await tessera('run', 'ok.yaml', '-e', 'schedule', '-o', 'out')).stdout).toContain('schedule.ndjson');
    expect((await tessera('check', 'ok.yaml', '--set', 'schedule=out/schedule.ndjson')).code).toBe(0);
  });
});
