import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { definePlugin, type Plugin } from '../../../core/index.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { temporaryFolder } from '../../temporary-folder.js';

/** Small plugins that never simulate: the loader looks at their declarations only. */
const notRun = (): never => {
  throw new Error('not run in these tests');
};

const core = definePlugin<{ rows: number; mode: string }, 'tiles'>({
  kind: 'core',
  name: 'toy-core',
  version: '1.0.0',
  summary: 'Core for tests',
  configSchema: {
    type: 'object',
    properties: {
      rows: { type: 'integer', minimum: 1, maximum: 1024, default: 16, description: 'Rows', unit: 'rows' },
      mode: { type: 'string', enum: ['weight', 'output'], default: 'weight', description: 'Dataflow' },
    },
  },
  ports: { memory: { description: 'to a memory', role: 'initiator', many: true, optional: true } },
  statistics: { tiles: { unit: 'tiles', description: 'Tiles' } },
  describe: () => ({ kind: 'other' }),
  create: notRun,
});

const memory = definePlugin<{ capacityBytes: number; energy: { readPj: number } }, never>({
  kind: 'memory',
  name: 'toy-memory',
  version: '1.0.0',
  summary: 'Memory for tests',
  configSchema: {
    type: 'object',
    properties: {
      capacityBytes: { type: 'integer', minimum: 1, maximum: 2 ** 40, default: 65536, description: 'Size', unit: 'B' },
      rateHz: { type: 'integer', minimum: 1, description: 'Rate', unit: 'Hz' },
      share: { type: 'number', minimum: 0, maximum: 1, default: 0.5, description: 'Share', unit: 'fraction' },
      energy: {
        type: 'object',
        default: {},
        description: 'Energy',
        properties: { readPj: { type: 'number', minimum: 0, default: 1, unit: 'pJ', description: 'A read' } },
      },
    },
  },
  ports: { port: { description: 'takes requests', role: 'target', many: true } },
  statistics: {},
  describe: () => ({ kind: 'other' }),
  check: (config) => (config.capacityBytes % 2 === 0 ? [] : [{ path: 'capacityBytes', message: 'an odd number of bytes', expected: 'an even number' }]),
  create: notRun,
});

const network = definePlugin<Record<string, unknown>, never>({
  kind: 'network',
  name: 'toy-network',
  version: '1.0.0',
  summary: 'Network for tests',
  configSchema: { type: 'object', properties: { linkWidthBits: { type: 'integer', minimum: 1, default: 64, unit: 'bits', description: 'Width' } } },
  ports: { node: { description: 'node', role: 'both', many: true } },
  statistics: {},
  describe: () => ({ kind: 'other' }),
  create: notRun,
});

const mapper = definePlugin<{ tile?: Record<string, number> }>({
  kind: 'mapper',
  name: 'toy-mapper',
  version: '1.0.0',
  summary: 'Mapper for tests',
  configSchema: { type: 'object', properties: { tile: { type: 'object', description: 'Tile sizes', additionalProperties: { type: 'integer', minimum: 1 } } } },
  map: notRun,
});

const layers = definePlugin<Record<string, unknown>>({
  kind: 'importer',
  name: 'layers',
  version: '1.0.0',
  summary: 'Layers for tests',
  configSchema: { type: 'object', properties: {} },
  produces: ['workload'],
  extensions: ['.layers.yaml'],
  recognise: () => 1,
  read: notRun,
});

const board = definePlugin<{ slowHz: number }>({
  kind: 'importer',
  name: 'toy-board',
  version: '1.0.0',
  summary: 'Machines for tests',
  configSchema: { type: 'object', properties: { slowHz: { type: 'integer', minimum: 1, default: 1e9, unit: 'Hz', description: 'Clock' } } },
  produces: ['machine'],
  extensions: [],
  recognise: ({ bytes }) => (new TextDecoder().decode(bytes).startsWith('board') ? 1 : 0),
  read: (_sources, { slowHz }) => ({
    machine: {
      name: 'board',
      clocks: { slow: slowHz },
      blocks: { pe: { use: 'toy-core' }, dram: { use: 'toy-memory' } },
      connect: [['pe.memory0', 'dram.port0']],
    },
    unused: [],
  }),
});

const experiment = definePlugin<{ load: number }>({
  kind: 'experiment',
  name: 'toy-traffic',
  version: '1.0.0',
  summary: 'Runner for tests',
  configSchema: { type: 'object', properties: { load: { type: 'number', minimum: 0, maximum: 1, description: 'Load' } }, required: ['load'] },
  run: notRun,
});

export const toyPlugins: readonly Plugin[] = [core, memory, network, mapper, layers, board, experiment];

export function toyRegistry(): PluginRegistry {
  return new PluginRegistry(toyPlugins);
}

/** A folder of its own with the given files; it is a project (it has a package.json). */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder('load');
  for (const [name, text] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

export const MACHINE = `
clocks: { core: 1 GHz, slow: 877 MHz }
templates:
  tile:
    blocks:
      pe: { use: toy-core, with: { rows: 32 } }
      l1: { use: toy-memory, with: { capacityBytes: 512 KiB } }
    connect:
      - [pe.memory0, l1.port0]
blocks:
  core: { template: tile, copies: 4 }
  noc: { use: toy-network }
  dram: { use: toy-memory, clock: slow, with: { capacityBytes: 1 GiB } }
connect:
  - { from: 'core{i}.pe.memory1', to: 'noc.node{i}', repeat: 4 }
  - { from: dram.port0, to: noc.node4, latencyCycles: 5, widthBits: 16 B }
`;

export const SCENARIO = `
tessera: 1
name: toy
machine: { include: machine.yaml }
workload: { layers: [] }
mapper: toy-mapper
`;
