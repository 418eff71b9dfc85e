import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry } from '../../../core/index.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const machine = (connect: string, more = ''): string => `tessera: 1
machine:
  clocks: { c: 1 GHz }
  blocks: { pe: { use: systolic }, dram: { use: dram-simple }${more} }
  connect: [${connect}]
workload: { layers: { tesseraWorkload: 1, layers: [] } }
mapper: layer-by-layer
`;

describe('one message for one cause, with its line', () => {
  it.each([
    ['a misspelt block at an end', machine('[pe.memory0, drm.port0]'), /:5:\d+: connect drm\.port0: no block 'drm'.*did you mean 'dram\.port0'/],
    ['a misspelt port', machine('[pe.memory0, dram.prt0]'), /:5:\d+: connect dram\.prt0: plugin 'dram-simple' has no port 'prt0'/],
    ['a forgotten connection', machine('[pe.memory0, dram.port0]', ', l2: { use: sram }'), /:4:\d+: l2\.port: the port 'port' of 'l2' is not connected/],
    ['a misspelt plugin', machine('[pe.memory0, dram.port0]').replace('systolic', 'systolc'), /:4:\d+: pe\.use: unknown block plugin 'systolc'/],
    ['a misspelt key', machine('[pe.memory0, dram.port0]').replace('use: systolic', 'use: systolic, with: { rws: 4 }'), /:4:\d+: pe\.with\.rws/],
  ])('%s', async (_, text, expected) => {
    const file = path.join(temporaryFolder('cause'), 's.yaml');
    writeFileSync(file, text);
    const failure = await loadScenario(file, new PluginRegistry(builtinPlugins), {}).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure).toMatch(expected);
    expect(failure.split('\n')).toHaveLength(1);
  });
});
