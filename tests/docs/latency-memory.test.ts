import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { busyCycles } from '../../core/index.js';
import { agreeTo } from '../../core/plugin/consent/agree-to.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { loadScenario } from '../../core/scenario/load.js';
import { runSchedule } from '../../core/run/run.js';
import { builtinPlugins } from '../../plugins/index.js';

const FOLDER = 'docs/examples/latency-memory';

describe('the example of docs/writing-a-plugin.md', () => {
  it('runs in its scenario, from a file, and shows up in statistics, stall stack and trace', async () => {
    const { scenario, registry } = await loadScenario(`${FOLDER}/scenario.yaml`, new PluginRegistry(builtinPlugins), { plugins: agreeTo(['all']) });
    const result = await runSchedule(scenario, registry, { trace: true });
    expect(result.outcome).toBe('finished');
    expect(result.expectations.map(({ holds }) => holds)).toEqual([true, true, true]);
    const dram = result.blocks.find(({ path }) => path === 'dram');
    // Five reads of 512 bytes and four writes of 256: 30 cycles each, then 8 bytes a cycle, one after the other.
    expect(busyCycles(dram!)).toBe(5 * (30 + 64) + 4 * (30 + 32));
    const track = result.trace?.tracks.find(({ path }) => path === 'dram.service');
    expect(track?.spans?.length).toBe(9 * 4);
  });

  it('is quoted truly', () => {
    const page = readFileSync('docs/writing-a-plugin.md', 'utf8');
    const code = readFileSync(`${FOLDER}/index.js`, 'utf8');
    const quoted = /takeNext\(\) \{[\s\S]*?\n\}/.exec(page)?.[0] ?? 'missing';
    const expectation = readFileSync('tests/docs/latency-memory.test.ts', 'utf8')
      .split('\n')
      .find((line) => line.includes('expect(busyCycles('));
    expect(page).toContain(expectation?.trim());
    const flat = (text: string): string => text.replace(/\s+/g, ' ');
    expect(flat(code)).toContain(flat(quoted));
  });
});
