import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agreeTo } from '../../core/plugin/consent/agree-to.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { runExperiment } from '../../core/run/run.js';
import { loadScenario } from '../../core/scenario/load.js';
import { builtinPlugins } from '../../plugins/index.js';

const FOLDER = 'docs/examples/dram-extension';

describe('the example of docs/models/dram.md', () => {
  it('runs in its scenario, from a file: own commands checked and counted, an own scheduler and an own controller plugin', async () => {
    const run = async (set: Readonly<Record<string, unknown>> = {}) => {
      const { scenario, registry } = await loadScenario(`${FOLDER}/scenario.yaml`, new PluginRegistry(builtinPlugins), { set, plugins: agreeTo(['all']) });
      return runExperiment(scenario, registry);
    };
    const { metrics, tables, expectations } = await run();
    expect(expectations.map(({ holds }) => holds)).toEqual([true, true]);
    const [guard, para] = tables!['controllerPlugins']!;
    expect(metrics['commands.VRR']).toBe(Number(guard!['refreshes']) + Number(para!['neighbourRefreshes']));
    const more = await run({ 'with.memory.scheduler.with.cap': 8 });
    expect(more.metrics['commands.ACT']).toBeLessThan(metrics['commands.ACT']!);
    await expect(run({ 'with.memory.scheduler.with.cap': 0 })).rejects.toThrow(/cap/);
  });

  it('is quoted truly', () => {
    const page = readFileSync('docs/models/dram.md', 'utf8');
    const code = readFileSync(`${FOLDER}/index.js`, 'utf8');
    const quotes = [...page.matchAll(/```js\n([\s\S]*?)\n```/g)].map(([, quote]) => quote!);
    expect(quotes).toHaveLength(4);
    for (const quote of quotes) expect(code).toContain(quote);
  });
});
