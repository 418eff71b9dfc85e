import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Operations of one tile: load, compute, store. */
export const OPERATIONS_A_TILE = 3;

const TILE_BYTES = 64;

/** Loads a tile, computes it, stores the result, double buffered, again and again: any number of operations in a few lines of text. */
export function tileSchedule(operations: number): Record<string, unknown> {
  const tiles = Math.ceil(operations / OPERATIONS_A_TILE);
  const elements = tiles * TILE_BYTES;
  const box = { N: [`=${TILE_BYTES}*t`, `=${TILE_BYTES}*t+${TILE_BYTES}`] };
  return {
    tesseraSchedule: 1,
    name: 'tiles',
    tensors: {
      X: { dims: { N: elements }, format: 'int8', role: 'input', home: 'dram' },
      Y: { dims: { N: elements }, format: 'int8', role: 'output', home: 'dram' },
    },
    buffers: Object.fromEntries(['X0', 'X1', 'Y0', 'Y1'].map((name) => [name, { memory: 'l1', bytes: TILE_BYTES }])),
    layers: { copy: { operator: 'relu', loops: { N: elements } } },
    operations: [
      {
        repeat: { index: 't', count: tiles },
        operations: [
          { kind: 'transfer', queue: 'dma', reads: [{ tensor: 'X', box }], writes: [{ buffer: 'X{t%2}' }] },
          {
            kind: 'compute',
            queue: 'core',
            layer: 'copy',
            at: { N: `=${TILE_BYTES}*t` },
            loops: { N: TILE_BYTES },
            reads: [{ buffer: 'X{t%2}' }],
            writes: [{ buffer: 'Y{t%2}', tensor: 'Y', box }],
          },
          { kind: 'transfer', queue: 'dma', reads: [{ buffer: 'Y{t%2}' }], writes: [{ tensor: 'Y', box }] },
        ],
      },
    ],
  };
}

/** The scenario around it: two units that take ten cycles for everything (`plugin`), and memories that nobody asks. */
export function tileScenario(schedule: string, plugin: string): Record<string, unknown> {
  return {
    tessera: 1,
    name: 'bench-schedule',
    plugins: [plugin],
    machine: {
      tesseraMachine: 1,
      name: 'two units',
      clocks: { core: '1 GHz' },
      blocks: { dma: { use: 'ten-cycle-unit' }, core: { use: 'ten-cycle-unit' }, l1: { use: 'unasked-memory' }, dram: { use: 'unasked-memory' } },
      connect: [
        ['core.memory', 'l1.unit'],
        ['dma.memory', 'dram.unit'],
      ],
    },
    schedule,
  };
}

/** As if the user of this process had been asked before: earlier builds, which ask nobody, know no flag for it. */
export function agreeToPlugin(file: string, configFolder: string): void {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const consents = { tesseraConsents: 1, plugins: [{ sha256, at: file, agreed: new Date().toISOString() }] };
  writeFileSync(path.join(configFolder, 'plugins.json'), JSON.stringify(consents), { mode: 0o600 });
  process.env['TESSERA_CONFIG'] = configFolder;
}
