import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/errors.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { ToolContexts } from '../../../core/plugin/tool-contexts.js';
import type { ScheduleResult } from '../../../core/result/run-result.js';
import { prepare } from '../../../core/run/prepare.js';
import { runScenario } from '../../../core/run/run.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { caseCount } from '../../many.js';
import { temporaryFolder } from '../../temporary-folder.js';

type Json = Record<string, unknown>;

const registry = (): PluginRegistry => new PluginRegistry(builtinPlugins);
const folder = temporaryFolder('renamed');
let written = 0;

/** Every string of a value that is a key of `names`, and every such key of an object, under its new name; keys in the order of `rank`. */
function renamed(value: unknown, names: ReadonlyMap<string, string>, rank: ((key: string) => number) | undefined): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((part) => renamed(part, names, rank));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => [names.get(key) ?? key, renamed(part, names, rank)]);
  if (rank !== undefined) entries.sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries);
}

/** A number for a name that has nothing to do with its letters' order. */
function scattered(seed: number): (key: string) => number {
  return (key) => [...key].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, seed);
}

/** Loops and buffers get other names, declarations another order; tensors keep theirs, dimensions too (their order is that of memory). */
function disguised(schedule: Json, seed: number): Json {
  const layers = schedule['layers'] as Record<string, { loops: Json; operands: Json }>;
  const rank = seed === 0 ? undefined : scattered(seed);
  const loops = new Map(Object.values(layers).flatMap((layer) => Object.keys(layer.loops).map((loop) => [loop, `loop_${seed}_${loop}`] as const)));
  const buffers = new Map(Object.keys(schedule['buffers'] as Json).map((name) => [name, `b${scattered(seed)(name)}.${name}`]));
  const withLoops = Object.entries(layers).map(([name, layer]) => {
    const operands = Object.fromEntries(Object.entries(layer.operands).map(([operand, form]) => [operand, withMap(form as Json, loops)]));
    return [name, { ...layer, loops: renamed(layer.loops, loops, rank), operands }];
  });
  const operations = (schedule['operations'] as Json[]).map((operation) => ({
    ...operation,
    ...(operation['at'] === undefined ? {} : { at: renamed(operation['at'], loops, rank) }),
    ...(operation['loops'] === undefined ? {} : { loops: renamed(operation['loops'], loops, rank) }),
    ...Object.fromEntries(
      ['reads', 'writes', 'releases'].flatMap((key) => (operation[key] === undefined ? [] : [[key, renamed(operation[key], buffers, undefined)]])),
    ),
  }));
  const reordered = (value: unknown): unknown =>
    rank === undefined ? value : Object.fromEntries(Object.entries(value as Json).sort(([a], [b]) => rank(a) - rank(b)));
  return {
    ...schedule,
    tensors: reordered(schedule['tensors']),
    buffers: reordered(renamed(schedule['buffers'], buffers, undefined)),
    layers: reordered(Object.fromEntries(withLoops)),
    ...(schedule['mappings'] === undefined ? {} : { mappings: withMap(schedule['mappings'] as Json, loops) }),
    operations,
  };
}

/** Only terms speak of loops; a map's dimensions keep their names. */
function withMap(operand: Json, loops: ReadonlyMap<string, string>): Json {
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === 'loop' ? (loops.get(String(part)) ?? part) : rename(part)]));
  };
  return rename(operand) as Json;
}

/** The digests of a schedule on the quad-core machine. */
async function digestsOf(schedule: Json): Promise<{ timing: string; counts: string }> {
  const own = path.join(folder, String(written++));
  mkdirSync(own);
  writeFileSync(path.join(own, 's.schedule.json'), JSON.stringify({ tesseraSchedule: 1, ...schedule }));
  writeFileSync(path.join(own, 's.yaml'), 'tessera: 1\nname: s\nmachine: { include: tessera:scenarios/machines/quadcore.yaml }\nschedule: s.schedule.json\n');
  const loaded = await loadScenario(path.join(own, 's.yaml'), registry());
  const result = (await runScenario(loaded.scenario, loaded.registry)) as ScheduleResult;
  expect(result.violations).toEqual([]);
  const { timing, counts } = result.digests;
  return { timing, counts };
}

/** What a mapper makes of two layers, as a file would hold it. */
async function mappedSchedule(mapper: string): Promise<Json> {
  const file = path.join(folder, `${mapper}.yaml`);
  writeFileSync(
    file,
    `tessera: 1\nname: m\nmachine: { include: tessera:scenarios/machines/quadcore.yaml }\nworkload: { layers: tessera:scenarios/models/two-layers.yaml }\nmapper: { use: ${mapper} }\n`,
  );
  const { scenario, registry: plugins } = await loadScenario(file, registry());
  const { schedule } = await prepare(scenario, plugins, new ToolContexts(plugins));
  const { operations, operationCount: _, ...header } = schedule;
  return { ...header, operations: [...operations] };
}

describe('names in a schedule', () => {
  it.each(['layer-by-layer', 'depth-first'])('mean nothing: loops, buffers and the order of declarations (%s)', async (mapper) => {
    const schedule = JSON.parse(JSON.stringify(await mappedSchedule(mapper))) as Json;
    const plain = await digestsOf(schedule);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), async (seed) => {
        expect(await digestsOf(disguised(schedule, seed))).toEqual(plain);
      }),
      { numRuns: caseCount(20, 1), seed: 1 },
    );
  });

  it('mean nothing where addresses are given out either', async () => {
    const gemm = (names: { in: string; out: string; m: string; n: string; k: string }, reversed: boolean): Json => {
      const order = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> => Object.fromEntries(reversed ? [...entries].reverse() : entries);
      const tensor = (rows: number, columns: number, role: string): Json => ({ dims: { R: rows, S: columns }, format: 'int8', role, home: 'dram' });
      return {
        name: 'gemm',
        tensors: order([
          ['X', tensor(64, 32, 'input')],
          ['W', tensor(16, 32, 'constant')],
          ['O', tensor(64, 16, 'output')],
        ]),
        buffers: order([
          [names.in, { memory: 'core0.l1', bytes: 2048 }],
          ['w', { memory: 'core0.l1', bytes: 512 }],
          [names.out, { memory: 'core0.l1', bytes: 1024 }],
        ]),
        layers: {
          gemm: {
            operator: 'gemm',
            loops: order([
              [names.m, 64],
              [names.n, 16],
              [names.k, 32],
            ]),
            operands: {
              I: { tensor: 'X', role: 'activation', index: { R: names.m, S: names.k } },
              W: { tensor: 'W', role: 'weight', index: { R: names.n, S: names.k } },
              O: { tensor: 'O', role: 'output', index: { R: names.m, S: names.n } },
            },
          },
        },
        operations: [
          { kind: 'transfer', queue: 'core0.dma', reads: [{ tensor: 'X' }], writes: [{ buffer: names.in }] },
          { kind: 'transfer', queue: 'core0.dma', reads: [{ tensor: 'W' }], writes: [{ buffer: 'w' }] },
          {
            kind: 'compute',
            queue: 'core0.pe',
            layer: 'gemm',
            operator: 'gemm',
            loops: { [names.m]: 64, [names.n]: 16, [names.k]: 32 },
            reads: [
              { buffer: names.in, operand: 'I' },
              { buffer: 'w', operand: 'W' },
            ],
            writes: [{ buffer: names.out, tensor: 'O', operand: 'O' }],
          },
          { kind: 'transfer', queue: 'core0.dma', reads: [{ buffer: names.out }], writes: [{ tensor: 'O' }] },
        ],
      };
    };
    const standard = await digestsOf(gemm({ in: 'a', out: 'z', m: 'OX', n: 'K', k: 'C' }, false));
    expect(await digestsOf(gemm({ in: 'z', out: 'a', m: 'M', n: 'N', k: 'K' }, true))).toEqual(standard);
    const { operands: _, ...layer } = (gemm({ in: 'a', out: 'z', m: 'OX', n: 'K', k: 'C' }, false)['layers'] as Record<string, Json>)['gemm']!;
    expect(await digestsOf({ ...gemm({ in: 'a', out: 'z', m: 'OX', n: 'K', k: 'C' }, false), layers: { gemm: layer } })).toEqual(standard);
    const renamedOnly = gemm({ in: 'a', out: 'z', m: 'M', n: 'N', k: 'K' }, false);
    const bare = { operator: 'gemm', loops: { M: 64, N: 16, K: 32 } };
    await expect(digestsOf({ ...renamedOnly, layers: { gemm: bare } })).rejects.toThrow(InputError);
    await expect(digestsOf({ ...renamedOnly, layers: { gemm: bare } })).rejects.toThrow(/layers\.gemm\.loops\.M.*no loop 'M'/s);
    const classes = { M: 'row', N: 'column', K: 'reduction' };
    expect(await digestsOf({ ...renamedOnly, layers: { gemm: { ...bare, loopClasses: classes } } })).toEqual(standard);
  });
});
