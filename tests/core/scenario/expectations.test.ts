import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry } from '../../../core/index.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const HEAD = `tessera: 1
machine: { include: tessera:scenarios/machines/singlecore.yaml }
workload: { layers: { tesseraWorkload: 1, layers: [] } }
mapper: layer-by-layer
expect:
`;

async function expectations(lines: string, head = HEAD): Promise<unknown[]> {
  const file = path.join(temporaryFolder('expect'), 's.yaml');
  writeFileSync(file, `${head}${lines}`);
  const { scenario } = await loadScenario(file, new PluginRegistry(builtinPlugins), {});
  return scenario.expectations.map(({ place: _, ...rest }) => rest);
}

describe('expectations with units', () => {
  it.each([
    ['seconds: "<= 2 us"', { metric: 'seconds', atMost: 2e-6 }],
    ['seconds: { atLeast: 1 ns, atMost: 2us }', { metric: 'seconds', atLeast: 1e-9, atMost: 2e-6 }],
    ['energyPj: "<= 3 uJ"', { metric: 'energyPj', atMost: 3e6 }],
    ['cycles: "<= 2 us"', { metric: 'cycles', atMost: 2000 }],
    ['cycles: ">= 500 cycles"', { metric: 'cycles', atLeast: 500 }],
    ['cycles: { near: 1 us, within: 2% }', { metric: 'cycles', near: 1000, within: 0.02 }],
    ['dram.peakBytes: "<= 4 KiB"', { metric: 'dram.peakBytes', atMost: 4096 }],
    ['dram.bytesRead: { equals: 1 KiB }', { metric: 'dram.bytesRead', equals: 1024 }],
    ['violations: "= 0"', { metric: 'violations', equals: 0 }],
    ['cycles: 42', { metric: 'cycles', equals: 42 }],
  ])('%s', async (line, expected) => {
    expect(await expectations(`  ${line}\n`)).toEqual([expected]);
  });

  it.each([
    ['energyPj: "<= 2 us"', /s\.yaml:6:3: expect\.energyPj: '2 us' does not fit; expected a number in pJ/],
    ['cycles: { atMost: 2 KiB }', /s\.yaml:6:21: expect\.cycles\.atMost: '2 KiB' does not fit; expected a number in cycles.*us/],
    ['seconds: "about 2 us"', /s\.yaml:6:12: expect\.seconds: 'about 2 us'/],
    ['cycels: "<= 2 us"', /s\.yaml:6:3: expect\.cycels: unknown metric 'cycels'.*did you mean 'cycles'/],
  ])('%s is refused with its place, in one message', async (line, message) => {
    const failure = await expectations(`  ${line}\n`).catch((error: Error) => error.message);
    expect(failure).toMatch(message);
    expect(String(failure).split('\n')).toHaveLength(1);
  });

  it('of an experiment are numbers, with a percent sign if wanted', async () => {
    const traffic = 'tessera: 1\nkind: traffic\nwith: { load: 0.1 }\nexpect:\n';
    expect(await expectations('  load: "<= 20%"\n', traffic)).toEqual([{ metric: 'load', atMost: 0.2 }]);
    await expect(expectations('  latencyP99: "<= 2 us"\n', traffic)).rejects.toThrow(/units when it has run/);
  });
});
