import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry } from '../../core/index.js';
import { loadSuite } from '../../core/suite/points.js';
import { builtinPlugins } from '../../plugins/index.js';
import { temporaryFolder } from '../temporary-folder.js';

const page = readFileSync('docs/scenarios.md', 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string);
const block = (begin: string): string => blocks.find((text) => text.startsWith(begin)) ?? `no example begins with ${begin}`;

function file(name: string, text: string): string {
  const folder = temporaryFolder('docs');
  writeFileSync(path.join(folder, 'package.json'), '{}');
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

describe('the examples of docs/scenarios.md', () => {
  it('are all here', () => {
    expect(blocks).toHaveLength(4);
  });

  it('load: the scenario', async () => {
    const { scenario } = await loadScenario(file('s.yaml', block('tessera: 1')), new PluginRegistry(builtinPlugins));
    expect(scenario.machine?.blocks.find(({ path: at }) => at === 'core3.l1')?.config['capacityBytes']).toBe(262_144);
    expect(scenario.outputs.map(({ use }) => use)).toEqual(['csv', 'chrome-trace']);
  });

  it('load: the machine', async () => {
    const machine = file('machine.yaml', block('tesseraMachine: 1'));
    const main = path.join(path.dirname(machine), 's.yaml');
    writeFileSync(main, 'tessera: 1\nmachine: { include: machine.yaml }\nworkload: { layers: { tesseraWorkload: 1, layers: [] } }\nmapper: layer-by-layer\n');
    const { scenario } = await loadScenario(main, new PluginRegistry(builtinPlugins));
    expect(scenario.machine?.blocks.map(({ path: at }) => at)).toContain('core1.pe');
    expect(scenario.machine?.blocks.find(({ path: at }) => at === 'core1.pe')?.config['dataflow']).toBe('output-stationary');
  });

  it('load: the suite', () => {
    const folder = temporaryFolder('docs');
    for (const name of ['docs', 'scenarios/quickstart']) mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{}');
    writeFileSync(path.join(folder, 'scenarios/quickstart/layer-by-layer.yaml'), 'tessera: 1\n');
    writeFileSync(path.join(folder, 'docs/all.yaml'), block('tesseraSuite: 1'));
    const jobs = loadSuite([path.join(folder, 'docs/all.yaml')]);
    expect(jobs.map(({ name }) => name)).toHaveLength(6);
    expect(jobs[5]?.set).toEqual({ 'limits.maxWallSeconds': 60, 'machine.noc.with.linkWidthBits': 256, 'machine.dram.with.channels': 4 });
  });

  it('load: the suite with parameters that move together', () => {
    const suite = file('s.suite.yaml', block('tesseraSuite: 1\nname: more').replace('../scenarios', 'tessera:scenarios'));
    const jobs = loadSuite([suite]);
    expect(jobs).toHaveLength(6);
    expect(jobs[5]?.set).toEqual({ 'machine.dram.with.channels': 4, 'machine.core.copies': 8, 'machine.noc.with.columns': 4 });
  });
});
