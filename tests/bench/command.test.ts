import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLongRun, some } from '../many.js';

const root = path.resolve(import.meta.dirname, '../..');
const bench = (...args: string[]) => spawnSync(process.execPath, [path.join(root, 'dist', 'bench', 'main.js'), ...args], { encoding: 'utf8' });

describe('npm run bench', () => {
  it.each(
    some([
      [['nock'], "no benchmark 'nock'; there are kernel, startup, quickstart, schedule, suite, dram, noc"],
      [['noc', '--against', 'no-such-folder'], 'there is no package.json'],
      [['noc', '--peer', 'booksim2=no-such-binary'], "there is no program 'no-such-binary'"],
    ]),
  )('ends with 2 for %j, and measures nothing', (args, message) => {
    const { status, stdout, stderr } = bench(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it.runIf(isLongRun)('says how it is used', () => {
    const { status, stdout } = bench('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--against DIR');
  });
});
