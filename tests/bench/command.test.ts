import { copyFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tileScenario, tileSchedule } from '../../bench/benchmarks/schedule-document.js';
import { TesseraBuild } from '../../bench/measure/build.js';
import { temporaryFolder } from '../temporary-folder.js';
import { some } from '../many.js';

const root = path.resolve(import.meta.dirname, '../..');
const bench = (...args: string[]) => spawnSync(process.execPath, [path.join(root, 'dist', 'bench', 'main.js'), ...args], { encoding: 'utf8' });

describe('npm run bench', () => {
  it.each(some([
    [['nock'], "no benchmark 'nock'; there are kernel, startup, quickstart, schedule, dram, noc"],
    [['noc', '--against', 'no-such-folder'], 'there is no package.json'],
    [['noc', '--peer', 'booksim2=no-such-binary'], "there is no program 'no-such-binary'"],
  ]))('ends with 2 for %j, and measures nothing', (args, message) => {
    const { status, stdout, stderr } = bench(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it('says how it is used', () => {
    const { status, stdout } = bench('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--against DIR');
  });
});

describe('the tile schedule', () => {
  it('runs on units that take ten cycles for each operation, one after the other', () => {
    const folder = temporaryFolder('bench-schedule');
    copyFileSync(path.join(root, 'bench', 'scenarios', 'ten-cycle-unit.mjs'), path.join(folder, 'ten-cycle-unit.mjs'));
    writeFileSync(path.join(folder, 'tiles.schedule.json'), JSON.stringify(tileSchedule(300)));
    writeFileSync(path.join(folder, 'x.yaml'), JSON.stringify(tileScenario('tiles.schedule.json', './ten-cycle-unit.mjs')));
    const { document, cycles } = TesseraBuild.own(root).run(path.join(folder, 'x.yaml'));
    expect(document.operations.finished).toBe(300);
    expect(cycles).toBe(300 * 10);
  });
});
