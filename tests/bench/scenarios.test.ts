import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { storedSeconds } from '../../bench/benchmarks/stored-records.js';
import { STORED_NOTE } from '../../bench/report.js';
import { loadScenario, loadSuite, PluginRegistry, runScenario } from '../../core/index.js';
import { builtinPlugins } from '../../plugins/index.js';

const root = path.resolve(import.meta.dirname, '../..');
const scenarios = path.join(root, 'bench', 'scenarios');

async function run(file: string) {
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins));
  return runScenario(scenario, registry);
}

describe('scenarios of the benchmarks', () => {
  it('ten-operations has ten operations', async () => {
    const result = await run(path.join(scenarios, 'ten-operations.yaml'));
    expect(result).toMatchObject({ outcome: 'finished', violations: [], operations: { finished: 10 } });
  });

  it.each(['hundred-points', 'hundred-tiny-points'])('%s has a hundred points', (name) => {
    expect(loadSuite([path.join(scenarios, `${name}.suite.yaml`)])).toHaveLength(100);
  });
});

describe('seconds stored in records', () => {
  it('come with what they were for, and where they were not measured', () => {
    expect(storedSeconds('x', root, 'dram-ramulator2.json', 'r2_ddr4_2400r_x8_1r/speed_seq')).toEqual([
      { name: 'x', tool: 'Ramulator 2.1 (c5b1c3a)', cpuSeconds: 0.2064, work: '40000 requests', note: STORED_NOTE },
    ]);
  });

  it('are left out where there are none', () => {
    expect(storedSeconds('x', root, 'dram-ramulator2.json', 'no such record')).toEqual([]);
    expect(storedSeconds('x', root, 'no-such-file.json', 'x')).toEqual([]);
  });
});
