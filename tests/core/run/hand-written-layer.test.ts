import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import type { ScheduleResult } from '../../../core/result/run-result.js';
import { runScenario } from '../../../core/run/run.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder('hand-written-layer');

const I = { tensor: 'X', role: 'activation', index: { M: 'OX', K: 'C' } };
const W = { tensor: 'W', role: 'weight', index: { N: 'K', K: 'C' } };
const O = { tensor: 'O', role: 'output', index: { M: 'OX', N: 'K' } };
const BIAS = { tensor: 'B', role: 'weight', index: { N: 'K' } };

interface Changes {
  readonly layer?: Record<string, unknown>;
  /** Of the second of two tiles. */
  readonly tile?: Record<string, unknown>;
  readonly buffers?: Record<string, unknown>;
  readonly operations?: readonly unknown[];
}

/** Two tiles of a product on one core; what it comes to. */
async function run({ layer, tile, buffers, operations }: Changes): Promise<ScheduleResult> {
  const tensor = (dims: Record<string, number>, role: string): unknown => ({ dims, format: 'int8', role, home: 'dram' });
  const compute = { kind: 'compute', queue: 'core0.pe', layer: 'gemm', operator: 'gemm', loops: { OX: 16, K: 32, C: 32 }, reads: [], writes: [] };
  const schedule = {
    tesseraSchedule: 1,
    name: 's',
    tensors: {
      X: tensor({ M: 32, K: 32 }, 'input'),
      W: tensor({ N: 32, K: 32 }, 'constant'),
      B: tensor({ N: 32 }, 'constant'),
      O: tensor({ M: 32, N: 32 }, 'output'),
    },
    buffers: buffers ?? {},
    layers: { gemm: { operator: 'gemm', loops: { OX: 32, K: 32, C: 32 }, ...layer } },
    operations: operations ?? [compute, { ...compute, at: { OX: 16 }, ...tile }],
  };
  writeFileSync(path.join(folder, 's.json'), JSON.stringify(schedule));
  writeFileSync(
    path.join(folder, 's.yaml'),
    `tessera: 1
name: s
machine:
  include: tessera:scenarios/machines/singlecore.yaml
  blocks: { core0: { blocks: { l1: { with: { capacityBytes: 16 KiB, banks: 1 } } } } }
schedule: s.json
`,
  );
  const { scenario, registry } = await loadScenario(path.join(folder, 's.yaml'), new PluginRegistry(builtinPlugins));
  return (await runScenario(scenario, registry)) as ScheduleResult;
}

const messages = ({ violations }: ScheduleResult): string[] => violations.map(({ rule, message }) => `${rule}: ${message}`);

describe('operands of a layer', () => {
  it('are told by their roles where they are called otherwise, in any order, a bias apart', async () => {
    const { digests } = await run({});
    for (const operands of [
      { I, W, O },
      { A: I, B: W, Y: O },
      { Y: O, bias: BIAS, B: W, A: I },
    ])
      expect((await run({ layer: { operands } })).digests).toEqual(digests);
  });

  it('are both factors and the output, or none', async () => {
    for (const operands of [{ O }, { I, O }, { I, W }]) {
      await expect(run({ layer: { operands } })).rejects.toThrow(/layers\.gemm\.operands: operator 'gemm' is a product of two operands.*two factors/);
    }
  });

  it('have partial sums of a format that exists', async () => {
    await expect(run({ layer: { operands: { I, W, O: { ...O, partialFormat: 'int99' } } } })).rejects.toThrow(/operands\.O\.partialFormat.*int99/);
  });
});

describe('loops of a layer', () => {
  it('are those that it has, also where a class is stated or a tile begins', async () => {
    await expect(run({ layer: { loopClasses: { Q: 'row' } } })).rejects.toThrow(/layers\.gemm\.loopClasses: there is no loop 'Q'; expected OX, K, C/);
    expect(messages(await run({ tile: { at: { OX: 16, Q: 3 } } }))).toEqual(["shape-mismatch: operation 1: layer 'gemm' has no loop Q"]);
    expect(messages(await run({ tile: { at: { OX: 16, Q: 0 } } }))).toEqual([]);
  });

  it.each([0, -16])('have no tile of size %s', async (size) => {
    await expect(run({ tile: { loops: { OX: size, K: 32, C: 32 } } })).rejects.toThrow(
      `operation 1.loops.OX: a tile of size ${size}; expected an integer >= 1`,
    );
  });
});

describe('buffers without addresses', () => {
  const sizes: Record<string, { bytes: number; address?: number }> = {
    fixed: { bytes: 1600, address: 6400 },
    a: { bytes: 6400 },
    b: { bytes: 3200 },
    c: { bytes: 4800 },
  };
  const declared = (names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, { memory: 'core0.l1', ...sizes[name] }]));
  const used = (names: readonly string[]): unknown[] =>
    names.map((buffer) => ({ kind: 'transfer', queue: 'core0.dma', reads: [{ tensor: 'W' }], writes: [{ buffer }] }));

  it('fit or do not fit in the order of their use, whatever that of their declaration', async () => {
    for (const names of [
      ['fixed', 'a', 'b', 'c'],
      ['c', 'b', 'a', 'fixed'],
    ]) {
      expect((await run({ buffers: declared(names), operations: used(['a', 'b', 'c']) })).outcome).not.toBe('deadlock');
      await expect(run({ buffers: declared(names), operations: used(['b', 'c', 'a']) })).rejects.toThrow(/buffers\.a: needs 6400 bytes/);
    }
  });

  it('are refused before anything runs when no order can help', async () => {
    const more = { ...declared(['fixed', 'a', 'b', 'c']), d: { memory: 'core0.l1', bytes: 640 } };
    await expect(run({ buffers: more, operations: [] })).rejects.toThrow(/buffers\.d: needs 640 bytes, but 384 of/);
  });
});
