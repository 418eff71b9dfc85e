import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { agreeToPlugin, tileScenario, tileSchedule } from '../../bench/benchmarks/schedule-document.js';
import { TesseraBuild } from '../../bench/measure/build.js';
import { temporaryFolder } from '../temporary-folder.js';

const root = path.resolve(import.meta.dirname, '../..');

const config = process.env['TESSERA_CONFIG'];
afterEach(() => void (process.env['TESSERA_CONFIG'] = config));

describe('the tile schedule', () => {
  it('runs on units that take ten cycles for each operation, one after the other', () => {
    const folder = temporaryFolder('bench-schedule');
    copyFileSync(path.join(root, 'bench', 'scenarios', 'ten-cycle-unit.mjs'), path.join(folder, 'ten-cycle-unit.mjs'));
    writeFileSync(path.join(folder, 'tiles.schedule.json'), JSON.stringify(tileSchedule(300)));
    writeFileSync(path.join(folder, 'x.yaml'), JSON.stringify(tileScenario('tiles.schedule.json', './ten-cycle-unit.mjs')));
    agreeToPlugin(path.join(folder, 'ten-cycle-unit.mjs'), folder);
    const { document, cycles } = TesseraBuild.own(root).run(path.join(folder, 'x.yaml'));
    expect(document.operations?.finished).toBe(300);
    expect(cycles).toBe(300 * 10);
  });
});
