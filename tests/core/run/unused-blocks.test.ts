import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import type { ScheduleResult } from '../../../core/result/run-result.js';
import { runScenario } from '../../../core/run/run.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { unusedSentences } from '../../../plugins/lib/exporters/unused-text.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const layers = 'workload: { layers: tessera:scenarios/models/two-layers.yaml }\n';

async function run(text: string): Promise<ScheduleResult> {
  const file = path.join(temporaryFolder('unused'), 's.yaml');
  writeFileSync(file, `tessera: 1\nname: s\n${text}`);
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins), { allow: [tmpdir()] });
  return (await runScenario(scenario, registry)) as ScheduleResult;
}

const BASE = `{ from: "core{i}.dma.network", to: "noc.node{3i}", repeat: 4 }, { from: "core{i}.l1.port3", to: "noc.node{3i+1}", repeat: 4 }, [dram.port0, noc.node2]`;

const quadcore = (blocks: string, connect: string): string =>
  `machine:\n  include: tessera:scenarios/machines/quadcore.yaml\n  blocks: { ${blocks} }\n  connect: [${BASE}, ${connect}]\n`;

const withLayer = (layer: string): string => {
  const file = path.join(temporaryFolder('layer'), 'layers.yaml');
  writeFileSync(file, `tesseraWorkload: 1\nname: one\nlayers:\n  - { name: only, ${layer} }\n`);
  return `workload: { layers: ${file} }\nmapper: layer-by-layer\n`;
};

const DECODE = 'machine: { include: tessera:scenarios/machines/decode.yaml }\n';

describe('what a mapper leaves unused', () => {
  it.each(['layer-by-layer', 'depth-first'])('a shared second level of memory, with the reason (%s)', async (mapper) => {
    const machine = quadcore('l2: { use: sram, with: { capacityBytes: 4 MiB, wordBits: 64 } }', '[l2.port0, noc.node5]');
    const { unused } = await run(`${machine}${layers}mapper: ${mapper}\n`);
    const named = unused?.filter(({ block }) => block === 'l2');
    expect(named).toHaveLength(1);
    expect(named?.[0]?.reason).toMatch(/plans no level of memory between cores and home.*core0\.l1.*'dram'/);
  });

  it('a PIM unit, also where its memory holds all tensors, and the layers that it could execute', async () => {
    const { unused, memories } = await run(DECODE + withLayer('operator: gemm, loops: { B: 1, K: 256, C: 256 }'));
    expect(memories.find(({ path: at }) => at === 'dram')?.bytesRead).toBeGreaterThan(0);
    expect(unused).toEqual([{ block: 'dram', kind: 'pim', reason: expect.stringContaining('though only is of an operator that it executes') }]);
  });

  it('a PIM unit that has no operator for the layers', async () => {
    const { unused } = await run(DECODE + withLayer('operator: relu, loops: { B: 1, K: 256 }'));
    expect(unused?.[0]?.reason).toMatch(/^no layer has an operator that it executes \(/);
  });

  it('a second home memory, and memories of cores that the setting leaves out, in one sentence', async () => {
    const machine = quadcore('dram2: { use: dram-simple }', '[dram2.port0, noc.node5]');
    const result = await run(`${machine}${layers}mapper: { use: layer-by-layer, with: { cores: [core1] } }\n`);
    expect(unusedSentences(result)).toEqual([
      'core0.l1, core2.l1, core3.l1 were not used: the setting `cores` leaves its cores out',
      "dram2 was not used: mapper 'layer-by-layer' keeps all tensors in one home memory, 'dram'",
    ]);
  });

  it('nothing of a machine that is used, and nothing of a schedule that somebody wrote', async () => {
    const used = await run(`machine: { include: tessera:scenarios/machines/singlecore.yaml }\n${layers}mapper: layer-by-layer\n`);
    expect(used.unused).toBeUndefined();
    const written = await run(
      'machine: { include: tessera:scenarios/machines/singlecore.yaml, blocks: { dram: { use: pim-bank } } }\nschedule: tessera:scenarios/examples/hand-written.schedule.yaml\n',
    );
    expect(written.unused).toBeUndefined();
  });
});
