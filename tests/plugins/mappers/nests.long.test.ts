import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundingBox,
  boxVolume,
  completeBox,
  completeConfig,
  describeMachine,
  type BlockPlugin,
  type Box,
  type MapperPlugin,
  type RegionAccess,
  type Schedule,
  type ScheduleOperation,
  type Workload,
} from '../../../core/index.js';
import {
  checkNest,
  formatNest,
  machineForNests,
  mapNetwork,
  nestFacts,
  nestOperandsOf,
  WORKER_AXIS,
  type MappedLayer,
  type MappedNetwork,
} from '../../../plugins/lib/mapping/index.js';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import { caseCount } from '../../many.js';
import { atOnce, toolContext } from '../../tool-context.js';
import dramSimple from '../../../plugins/memories/dram-simple/index.js';
import systolic from '../../../plugins/cores/systolic/index.js';
import { describedTiles } from './machines.js';
import { NetworkBuilder, residualNetwork } from './networks.js';
import { replay } from './replay.js';

const KIB = 1024;

interface Mapped {
  readonly network: MappedNetwork;
  readonly schedule: Schedule;
  readonly operations: readonly ScheduleOperation[];
}

/** Maps a workload, and holds every nest of the schedule against its layer and the machine. */
function map(plugin: unknown, workload: Workload, cores: number, kib: number, config: Record<string, unknown> = {}): Mapped {
  const mapper = plugin as MapperPlugin;
  const machine = describedTiles(cores, kib * KIB);
  const schedule = atOnce(mapper.map({ workload, machine, config: completeConfig(mapper.configSchema, config, 'mapper.with') }, toolContext));
  const mapped = { network: mapNetwork(workload, true), schedule, operations: [...schedule.operations] };
  const nests = machineForNests(machine, { [WORKER_AXIS]: Array.from({ length: cores }, (_, core) => `core${core}.l1`) });
  for (const { name, part, layer } of sharesOf(mapped)) {
    const loops = name === layer.name ? layer.loops : Object.fromEntries(Object.entries(part).map(([loop, [low, high]]) => [loop, high - low]));
    const operands = [...layer.inputs, ...layer.outputs].map((operand) => operand.name);
    checkNest(schedule.mappings![name]!, { loops, operands }, nests, `mappings.${name}`);
  }
  return mapped;
}

interface ComputedShare {
  readonly name: string;
  readonly layer: MappedLayer;
  readonly part: Box;
  readonly tiles: number;
}

/** What each core computes of each layer, with the nest that its operations name. */
function sharesOf({ network, operations }: Mapped): ComputedShare[] {
  const shares = new Map<string, ComputedShare>();
  for (const { kind, layer, queue, mapping, at = {}, loops = {} } of operations) {
    if (kind !== 'compute') continue;
    const box = Object.fromEntries(Object.entries(loops).map(([loop, size]) => [loop, [at[loop] ?? 0, (at[loop] ?? 0) + size] as const]));
    const key = `${layer} ${queue}`;
    const known = shares.get(key);
    if (known !== undefined) expect(mapping).toBe(known.name);
    const mapped = network.layers.find(({ name }) => name === layer) as MappedLayer;
    const part = known === undefined ? box : boundingBox(known.part, box);
    shares.set(key, { name: mapping as string, layer: mapped, part, tiles: (known?.tiles ?? 0) + 1 });
  }
  return [...shares.values()];
}

/** What one operand's tiles come to, by the nest or by the operations. */
interface Moved {
  /** Tiles that come to lie in local memories, or leave them. */
  tiles: number;
  elements: number;
  bytes: number;
  /** To or from home; undefined when the layer has several nests. */
  atHome: number | undefined;
}

function movedByNests(mapped: Mapped, layer: MappedLayer): Record<string, Moved> {
  const own = sharesOf(mapped).filter((share) => share.layer === layer);
  const isOne = own[0]!.name === layer.name;
  const operands = nestOperandsOf(mapped.network, layer);
  const found: Record<string, Moved> = {};
  let tiles = 0;
  for (const { name, part } of isOne ? own.slice(0, 1) : own) {
    const facts = nestFacts(mapped.schedule.mappings![name]!, layer.loops, operands, 1, isOne ? undefined : part);
    tiles += facts.tiles;
    for (const { operand, parent, residencies, residentElements, sharedElements, tileBytes, resumed } of facts.storages) {
      expect(resumed).toBe(0);
      if (parent === undefined) continue;
      const moved = (found[operand] ??= { tiles: 0, elements: 0, bytes: 0, atHome: isOne ? 0 : undefined });
      moved.tiles += residencies;
      moved.elements += residentElements;
      moved.bytes = Math.max(moved.bytes, tileBytes);
      if (isOne) moved.atHome! += sharedElements;
    }
  }
  expect(tiles).toBe(own.reduce((sum, share) => sum + share.tiles, 0));
  return found;
}

function movedByOperations({ schedule, operations }: Mapped, layer: MappedLayer, isOne: boolean): Record<string, Moved> {
  const elements = ({ tensor, box }: RegionAccess): number => boxVolume(completeBox(schedule.tensors[tensor as string]!.dims, box ?? {}));
  const found: Record<string, Moved> = {};
  for (const { name, role, tensor } of [...layer.inputs, ...layer.outputs]) {
    const moved: Moved = { tiles: 0, elements: 0, bytes: 0, atHome: isOne ? 0 : undefined };
    for (const { kind, layer: of, reads = [], writes = [] } of operations) {
      if (kind !== 'transfer' || of !== layer.name || reads[0]?.tensor !== tensor) continue;
      const [local, home] = role === 'output' ? [reads, writes] : [writes, reads];
      for (const access of local) {
        if (!('mode' in access) || access.mode !== 'add') moved.tiles++;
        moved.elements += elements(access);
        moved.bytes = Math.max(moved.bytes, schedule.buffers[access.buffer as string]!.bytes);
      }
      if (isOne) for (const access of home) moved.atHome! += elements(access);
    }
    found[name] = moved;
  }
  return found;
}

/** Every layer's nests say exactly what its operations do. */
function expectFacts(mapped: Mapped): void {
  for (const layer of mapped.network.layers) {
    const isOne = layer.name in mapped.schedule.mappings!;
    expect(movedByOperations(mapped, layer, isOne), layer.name).toEqual(movedByNests(mapped, layer));
  }
}

describe('nests of layer-by-layer', () => {
  it.each([
    [1, 8],
    [2, 8],
    [3, 16],
    [4, 32],
  ])('say what operations do, on %i cores with %i KiB', (cores, kib) => {
    expectFacts(map(layerByLayer, residualNetwork(), cores, kib));
  });

  it('are one a layer, named after it, where shares are equal', () => {
    const { network, schedule } = map(layerByLayer, residualNetwork(), 4, 16);
    expect(Object.keys(schedule.mappings!)).toEqual(network.layers.map(({ name }) => name));
  });

  it('are one for each size of share where cores do not get the same', () => {
    const net = new NetworkBuilder('odd');
    const workload = net.build(net.conv('c', net.input('image', { B: 1, C: 64, Y: 10, X: 10 }), { K: 8 }));
    const mapped = map(layerByLayer, workload, 4, 64, { split: 'OY' });
    expect(Object.keys(mapped.schedule.mappings!).sort()).toEqual(['c:OY=2', 'c:OY=3']);
    expectFacts(mapped);
  });

  it('keep a cut sum in its place', () => {
    const net = new NetworkBuilder('deep');
    const mapped = map(layerByLayer, net.build(net.gemm('fc', net.input('x', { Y: 4, C: 4096 }), 16)), 1, 4);
    expect(formatNest(mapped.schedule.mappings!['fc']!)).toMatch(/for C in \d+\s+\[core0\.l1/);
    expectFacts(mapped);
  });

  it('leave everything at home where a core has no memory of its own', () => {
    const machine = describeMachine({
      name: 'bare',
      clocks: { core: 1e9 },
      blocks: [
        { path: 'dram', plugin: dramSimple as unknown as BlockPlugin, config: {}, clock: 'core' },
        { path: 'pe', plugin: systolic as unknown as BlockPlugin, config: { rows: 8, columns: 8 }, clock: 'core' },
      ],
      connections: [{ from: 'pe.memory0', to: 'dram.port0' }],
    });
    const net = new NetworkBuilder('bare');
    const workload = net.build(net.gemm('fc', net.input('x', { Y: 4, C: 64 }), 16));
    const config = completeConfig((layerByLayer as unknown as MapperPlugin).configSchema, {}, 'mapper.with');
    const schedule = atOnce((layerByLayer as unknown as MapperPlugin).map({ workload, machine, config }, toolContext));
    expect(replay(schedule, machine).faults).toEqual([]);
    expect(schedule.buffers).toEqual({});
    expect(schedule.mappings!['fc']!.levels.map(({ storage }) => storage)).toEqual([{ I: 'dram', W: 'dram', O: 'dram' }, {}]);
  });

  it('are right for random convolutions', () => {
    const shape = fc.record({
      C: fc.integer({ min: 1, max: 20 }),
      K: fc.integer({ min: 1, max: 40 }),
      Y: fc.integer({ min: 5, max: 20 }),
      X: fc.integer({ min: 5, max: 20 }),
      F: fc.constantFrom(1, 2, 3, 5),
      stride: fc.constantFrom(1, 2, 3),
    });
    fc.assert(
      fc.property(shape, fc.constantFrom(1, 2, 3, 4, 8), fc.constantFrom(4, 8, 32), ({ C, K, Y, X, F, stride }, cores, kib) => {
        const net = new NetworkBuilder('random');
        expectFacts(map(layerByLayer, net.build(net.conv('c', net.input('image', { B: 1, C, Y, X }), { K, F, stride })), cores, kib));
      }),
      { numRuns: caseCount(300, 25), seed: 11 },
    );
  });
});

describe('nests of depth-first', () => {
  it.each([
    [1, {}],
    [4, {}],
    [3, { tile: { OY: 4 } }],
    [2, { tile: { OY: 4, OX: 8 } }],
    [4, { halo: 'recomputed', tile: { OY: 4 } }],
    [2, { placement: 'layers', tile: { OY: 4 } }],
  ])('cover every layer of a stack, on %i cores with %o', (cores, config) => {
    const stack = ['stem', 'a', 'b', 'sum'];
    const { network, schedule, operations } = map(depthFirst, residualNetwork(), cores, 64, { ...config, stacks: [stack] });
    for (const { kind, mapping, layer } of operations) if (kind === 'compute') expect(mapping?.split(':')[0]).toBe(layer);
    expect(new Set(operations.flatMap(({ mapping }) => mapping ?? []))).toEqual(new Set(Object.keys(schedule.mappings!)));
    expect(network.layers.every(({ name }) => Object.keys(schedule.mappings!).some((nest) => nest.split(':')[0] === name))).toBe(true);
  });

  it('say where the maps of a stack lie, and turn the steps of its tile outside', () => {
    const { schedule } = map(depthFirst, residualNetwork(24, 32), 2, 64, { stacks: [['stem', 'a', 'b', 'sum']], tile: { OY: 4 }, split: 'OX' });
    expect(formatNest(schedule.mappings!['a']!)).toBe(
      [
        '[dram: W]',
        'spatial OX in 2 on worker',
        '  [{worker}: W]',
        '  for OY in 6',
        '    [{worker}: I O]',
        '    for OX in 12',
        '      for K in 32',
        '        for C in 32',
        '          for OY in 4',
        '            for FY in 3',
        '              for FX in 3',
      ].join('\n'),
    );
    const { levels } = schedule.mappings!['sum']!;
    expect(levels[0]!.storage).toEqual({ O: 'dram' });
  });
});
