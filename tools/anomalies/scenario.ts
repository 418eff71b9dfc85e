import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { loadScenario, type LoadResult } from '../../core/scenario/load.js';
import { builtinPlugins } from '../../plugins/index.js';
import type { RandomCase } from './machines.js';

/** The scenario file of a case: tiles of array, vector core, SRAM and DMA engine at a network, with one DRAM. */
export function scenarioOf(drawn: RandomCase): object {
  return {
    tessera: 1,
    name: drawn.name,
    machine: {
      clocks: { core: '1 GHz', memory: `${drawn.memoryMegahertz} MHz` },
      referenceClock: 'core',
      templates: { tile: tileOf(drawn) },
      blocks: {
        core: { template: 'tile', copies: drawn.cores },
        noc: { ...drawn.network, clock: 'core' },
        dram: { ...drawn.dram, clock: 'memory' },
      },
      connect: [
        { from: 'core{i}.dma.network', to: 'noc.node{3i}', repeat: drawn.cores },
        { from: 'core{i}.l1.port3', to: 'noc.node{3i+1}', repeat: drawn.cores },
        ['dram.port0', 'noc.node2'],
      ],
    },
    workload: { layers: drawn.layers.map((layer) => ({ ...layer })) },
    mapper: { use: drawn.mapper },
  };
}

function tileOf(drawn: RandomCase): object {
  return {
    clock: 'core',
    blocks: {
      pe: { use: 'systolic', with: drawn.array },
      vec: { use: 'vector', with: { lanes: 16 } },
      l1: { use: 'sram', with: drawn.sram },
      dma: { use: 'dma', with: drawn.dma },
    },
    connect: [
      ['pe.memory0', 'l1.port0'],
      ['vec.memory0', 'l1.port1'],
      ['dma.local', 'l1.port2'],
    ],
  };
}

const builtins = new PluginRegistry(builtinPlugins);

/** Loads the scenario of a case as a person's file would be. */
export async function loadCase(drawn: RandomCase, set: Readonly<Record<string, unknown>> = {}): Promise<LoadResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-anomalies-'));
  try {
    const file = path.join(folder, 'scenario.yaml');
    writeFileSync(file, JSON.stringify(scenarioOf(drawn)));
    return await loadScenario(file, builtins, { set });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
