import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { certify } from '../../../core/run/certify.js';
import { checkLoaded, preparedToCheck } from '../../../core/run/check-scenario.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';

const files = ['scenarios/quickstart', 'scenarios/examples'].flatMap((folder) =>
  readdirSync(folder)
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith('.yaml') && isOfSchedule(readFileSync(file, 'utf8'))),
);

/** Other kinds test a network or a memory alone. */
function isOfSchedule(text: string): boolean {
  return /^tessera: 1$/m.test(text) && !/^kind:/m.test(text);
}

describe('the schedule of every scenario', () => {
  it.each(files)('%s is legal to both codes', async (file) => {
    const loaded = await loadScenario(file, new PluginRegistry(builtinPlugins));
    expect(await checkLoaded(loaded)).toMatchObject({ isLegal: true });
    const { certificate, faults } = certify(loaded, await preparedToCheck(loaded, {}), '.');
    expect(faults).toEqual([]);
    expect(certificate.schedule.operations).toBeGreaterThan(0);
  });
});
