import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry } from '../../../core/index.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const QUADCORE = 'machine: { include: tessera:scenarios/machines/quadcore.yaml }\n';
const WORK = 'workload: { layers: { tesseraWorkload: 1, layers: [] } }\nmapper: layer-by-layer\n';

/** Ends of the connections of the loaded machine, and its cores. */
async function machine(text: string, set: Record<string, unknown> = {}, files: Record<string, string> = {}) {
  const folder = temporaryFolder('copies');
  for (const [name, content] of Object.entries({ 's.yaml': `tessera: 1\n${text}${WORK}`, ...files })) writeFileSync(path.join(folder, name), content);
  const { scenario } = await loadScenario(path.join(folder, 's.yaml'), new PluginRegistry(builtinPlugins), { set });
  const loaded = scenario.machine!;
  return {
    cores: loaded.blocks.filter(({ path: at }) => at.endsWith('.pe')).map(({ path: at }) => at),
    toNetwork: loaded.connections.filter(({ to }) => to.startsWith('noc.')).map(({ from }) => from),
  };
}

describe('the number of copies as a parameter', () => {
  it.each([1, 2, 4])('%i copies: connections that repeated for the copies follow', async (copies) => {
    const { cores, toNetwork } = await machine(QUADCORE, { 'machine.core.copies': copies });
    expect(cores).toEqual(Array.from({ length: copies }, (_, i) => `core${i}.pe`));
    expect(toNetwork).toHaveLength(2 * copies + 1);
  });

  it('is set in the machine too, also where the file says `repeat: core`', async () => {
    const base = `tesseraMachine: 1
clocks: { c: 1 GHz }
templates: { tile: { blocks: { pe: { use: systolic }, l1: { use: sram }, dma: { use: dma } }, connect: [[pe.memory0, l1.port0], [dma.local, l1.port1]] } }
blocks: { core: { template: tile, copies: 2 }, noc: { use: ideal }, dram: { use: dram-simple } }
connect:
  - { from: 'core{i}.dma.network', to: 'noc.node{i+1}', repeat: core }
  - [dram.port0, noc.node0]
`;
    const { toNetwork } = await machine('machine: { include: m.yaml, set: { core.copies: 5 } }\n', {}, { 'm.yaml': base });
    expect(toNetwork).toEqual([...Array.from({ length: 5 }, (_, i) => `core${i}.dma.network`), 'dram.port0']);
    const unknown = machine('machine: { include: m.yaml }\n', {}, { 'm.yaml': base.replace('repeat: core', 'repeat: cores') });
    await expect(unknown).rejects.toThrow(/m\.yaml:6:\d+: connect\.0\.repeat: unknown block with copies 'cores'.*did you mean 'core'/);
  });

  it('reaches into chiplets', async () => {
    const both = 'machine: { clocks: { c: 1 GHz }, chiplets: { die: { include: "tessera:scenarios/machines/quadcore.yaml" } } }\n';
    const { cores } = await machine(both, { 'machine.die.core.copies': 2 });
    expect(cores).toEqual(['die.core0.pe', 'die.core1.pe']);
  });

  it.each([0, 1.5, 'four'])('%s copies are refused in one message', async (copies) => {
    const failure = await machine(QUADCORE, { 'machine.core.copies': copies }).catch((error: Error) => error.message);
    expect(failure).toMatch(/^command line: machine\.blocks\.core\.copies: .*expected an integer/);
    expect(String(failure).split('\n')).toHaveLength(1);
  });

  it('an unknown block is named with the nearest parameter', async () => {
    await expect(machine(QUADCORE, { 'machine.cor.copies': 2 })).rejects.toThrow(/no parameter 'cor\.copies'/);
  });
});
