import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { loadScenario } from '../../core/scenario/load.js';
import { runScenario } from '../../core/run/run.js';
import { reasonsOf, verdictOf } from '../../core/result/verdict.js';
import { builtinPlugins } from '../../plugins/index.js';
import { isLongRun } from '../many.js';

const FOLDER = 'scenarios/examples';
const scenarios = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && /^tessera: 1$/m.test(readFileSync(`${FOLDER}/${name}`, 'utf8')));
/** Quick ones of schedules and traffic. */
const QUICK = ['hand-written-schedule.yaml', 'noc-trace.yaml'];

describe('every example', () => {
  it.each(isLongRun ? scenarios : QUICK)('%s ends as it expects', async (name) => {
    const { scenario, registry } = await loadScenario(`${FOLDER}/${name}`, new PluginRegistry(builtinPlugins));
    const result = await runScenario(scenario, registry);
    expect(reasonsOf(result)).toEqual([]);
    expect(verdictOf(result)).toBe('as-expected');
  });
});
