import { atOnce, toolContext } from '../../tool-context.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig, InputError, type MachineDescription, type MapperPlugin, type Schedule, type Workload } from '../../../core/index.js';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import { describedTiles } from './machines.js';
import { NetworkBuilder, residualNetwork } from './networks.js';
import { replay } from './replay.js';
import { caseCount, isLongRun, some } from '../../many.js';

const KIB = 1024;

function map(plugin: unknown, workload: Workload, machine: MachineDescription, config: Record<string, unknown> = {}): Schedule {
  const mapper = plugin as MapperPlugin;
  return atOnce(mapper.map({ workload, machine, config: completeConfig(mapper.configSchema, config, 'mapper.with') }, toolContext));
}

describe('layer-by-layer', () => {
  it.each(some([1, 2, 4], 2))('is legal and covers every layer once on %i cores', (cores) => {
    const machine = describedTiles(cores, 32 * KIB);
    const { faults, recomputed } = replay(map(layerByLayer, residualNetwork(), machine), machine);
    expect(faults).toEqual([]);
    expect(recomputed).toBe(0);
  });

  it('moves every feature map and every weight once when everything fits', () => {
    const net = new NetworkBuilder('two');
    const image = net.input('image', { B: 1, C: 4, Y: 8, X: 8 });
    const workload = net.build(net.conv('b', net.conv('a', image, { K: 8 }), { K: 8 }));
    const machine = describedTiles(1, 64 * KIB);
    const weights = 8 * 4 * 9 + 8 * 8 * 9;
    // The image in, the first map out and in, the result out.
    expect(replay(map(layerByLayer, workload, machine), machine).homeBytes).toBe(weights + 4 * 64 + 3 * 8 * 64);
  });

  it('folds what follows a convolution element by element, unless configured not to', () => {
    const machine = describedTiles(1, 32 * KIB);
    const layers = (config: Record<string, unknown>): string[] => Object.keys(map(layerByLayer, residualNetwork(), machine, config).layers ?? {});
    expect(layers({})).toEqual(['stem', 'a', 'b', 'sum', 'down', 'c', 'd', 'sum2', 'classifier']);
    expect(layers({ foldElementwise: false })).toContain('a.relu');
  });

  it('double buffers: the next tile is on its way before this one is computed', () => {
    const machine = describedTiles(1, 8 * KIB);
    const operations = [...map(layerByLayer, residualNetwork(), machine).operations].filter(({ layer }) => layer === 'b');
    const computes = operations.filter(({ kind }) => kind === 'compute');
    expect(computes.length).toBeGreaterThan(2);
    const position = (id: number | undefined): number => operations.findIndex((operation) => operation.id === id);
    const loads = operations.filter(({ kind, writes }) => kind === 'transfer' && writes?.[0]?.buffer?.includes('.I.'));
    for (const [index, compute] of computes.entries()) {
      const next = loads[index + 1];
      if (next !== undefined) expect(position(next.id)).toBeLessThan(position(compute.id));
    }
    expect(new Set(loads.map(({ writes }) => writes?.[0]?.buffer)).size).toBe(2);
  });

  it('gives vector operators to the vector core and uses the cores it is configured to', () => {
    const machine = describedTiles(4, 32 * KIB);
    const queues = (config: Record<string, unknown>): Set<string> =>
      new Set([...map(layerByLayer, residualNetwork(), machine, config).operations].filter(({ kind }) => kind === 'compute').map(({ queue }) => queue));
    expect(queues({ cores: 'one' })).toEqual(new Set(['core0.pe', 'core0.vec']));
    expect(queues({ cores: ['core1', 'core3.pe'] })).toEqual(new Set(['core1.pe', 'core1.vec', 'core3.pe', 'core3.vec']));
    expect(() => queues({ cores: ['core9'] })).toThrow("no core 'core9'");
  });

  it('packs tensors at home as tiles cut them: maps channels last, weights output channels first', () => {
    const { tensors } = map(layerByLayer, residualNetwork(), describedTiles(1, 32 * KIB));
    expect(Object.keys(tensors['image']!.dims)).toEqual(['B', 'Y', 'X', 'C']);
    expect(Object.keys(tensors['classifier.W']!.dims)).toEqual(['K', 'C']);
  });

  it('cuts the reduction when nothing else helps, and adds up in place', () => {
    const net = new NetworkBuilder('deep');
    const workload = net.build(net.gemm('fc', net.input('x', { Y: 1, C: 4096 }), 8));
    const machine = describedTiles(1, 4 * KIB);
    const schedule = map(layerByLayer, workload, machine);
    expect(replay(schedule, machine).faults).toEqual([]);
    const modes = [...schedule.operations].filter(({ kind }) => kind === 'compute').map(({ writes }) => writes?.[0]?.mode);
    expect(modes).toContain('accumulate');
  });

  it('makes no more than eight times the operations of eight times the work', () => {
    const machine = describedTiles(4, 64 * KIB);
    const operationsOf = (size: number): number => {
      const net = new NetworkBuilder('product');
      return [...map(layerByLayer, net.build(net.gemm('fc', net.input('x', { Y: size, C: size }), size)), machine).operations].length;
    };
    const counts = [128, 256, 512, 1024].map(operationsOf);
    for (let i = 1; i < counts.length; i++) expect(counts[i]! / counts[i - 1]!).toBeLessThanOrEqual(8);
  });

  it('reads what several cores need once, and sends it to all of them', () => {
    const net = new NetworkBuilder('product');
    const workload = net.build(net.gemm('fc', net.input('x', { Y: 64, C: 512 }), 256));
    const machine = describedTiles(4, 512 * KIB);
    const schedule = map(layerByLayer, workload, machine);
    const { faults, homeBytes } = replay(schedule, machine);
    expect(faults).toEqual([]);
    expect(homeBytes).toBe(64 * 512 + 512 * 256 + 64 * 256);
    const receivers = [...schedule.operations].filter(({ kind }) => kind === 'transfer').map(({ writes }) => writes?.length ?? 0);
    expect(Math.max(...receivers)).toBeGreaterThan(1);
  });

  it('fetches the next weights while these serve their last tiles, not with the last of them', () => {
    const net = new NetworkBuilder('deep');
    const workload = net.build(net.gemm('fc', net.input('x', { Y: 256, C: 256 }), 256));
    const operations = [...map(layerByLayer, workload, describedTiles(1, 24 * KIB)).operations];
    const loads = operations.filter(({ kind, writes }) => kind === 'transfer' && writes?.[0]?.buffer?.includes('.W') === true);
    const inputs = operations.filter(({ kind, writes }) => kind === 'transfer' && writes?.[0]?.buffer?.includes('.I') === true);
    const slow = loads.length < inputs.length ? loads : inputs;
    const reused = slow[0]?.writes?.[0]?.tensor;
    const first = operations.findIndex(({ kind }) => kind === 'compute');
    // Both buffers of what is kept longer are asked for before anything is computed.
    const asked = operations.slice(0, first).filter(({ kind, writes }) => kind === 'transfer' && writes?.[0]?.tensor === reused);
    expect(asked.length).toBe(Math.min(2, slow.length));
  });

  it('leaves cores idle when they promise nothing', () => {
    const net = new NetworkBuilder('tiny');
    const workload = net.build(net.gemm('fc', net.input('x', { Y: 1, C: 64 }), 8));
    const queues = new Set(
      [...map(layerByLayer, workload, describedTiles(16, 64 * KIB)).operations].filter(({ kind }) => kind === 'compute').map(({ queue }) => queue),
    );
    expect(queues.size).toBeLessThan(4);
  });

  it('says what does not fit, by how much, and what to change', () => {
    const machine = describedTiles(1, 64);
    expect(() => map(layerByLayer, residualNetwork(), machine)).toThrow(
      /layer stem: .*needs \d+ bytes, \d+ more than the 64 bytes of 'core0.l1'.*the largest operand is .*expected a larger core0.l1/s,
    );
  });

  it('names the operator that no core executes', () => {
    const net = new NetworkBuilder('odd');
    const workload = net.build(net.elementwise('odd', 'fourier', net.input('x', { B: 1, C: 1, Y: 4, X: 4 })));
    const machine = describedTiles(1, 64 * KIB);
    const noVector: MachineDescription = {
      ...machine,
      blocks: machine.blocks
        .filter(({ path }) => !path.endsWith('vec'))
        .map((block) => (block.facts.kind === 'core' ? { ...block, facts: { ...block.facts, operators: ['conv'] } } : block)),
    };
    expect(() => map(layerByLayer, workload, noVector)).toThrow("no core of the machine executes operator 'fourier'");
  });
});

describe('depth-first', () => {
  const variants: [string, Record<string, unknown>][] = [
    ['rows', {}],
    ['given rows', { tile: { OY: 2 } }],
    ['2-D tiles', { tile: { OY: 3, OX: 5 } }],
    ['recomputed halos', { halo: 'recomputed' }],
    ['recomputed 2-D tiles', { halo: 'recomputed', tile: { OY: 4, OX: 4 } }],
    ['whole layers on cores', { placement: 'layers' }],
    ['whole layers on cores, recomputed', { placement: 'layers', halo: 'recomputed', tile: { OY: 4 } }],
    ['split over channels', { split: 'K' }],
  ];

  it.each(some(variants, 2))('is legal with %s, on one core and on four', (_, config) => {
    for (const cores of isLongRun ? [1, 4] : [4]) {
      const machine = describedTiles(cores, 64 * KIB);
      expect(replay(map(depthFirst, residualNetwork(), machine, config), machine).faults).toEqual([]);
    }
  });

  it('keeps feature maps of a stack off the home memory', () => {
    const machine = describedTiles(4, 64 * KIB);
    const workload = residualNetwork();
    const fused = map(depthFirst, workload, machine, { stacks: [['stem', 'a', 'b', 'sum']] });
    expect(fused.tensors['a.relu.O']?.home).toBeUndefined();
    expect(fused.tensors['sum.O']?.home).toBe('dram');
    // The stem's map is written once and read twice, the two others written and read once.
    const saved = 7 * 16 * 24 * 24;
    expect(replay(fused, machine).homeBytes).toBeLessThanOrEqual(replay(map(layerByLayer, workload, machine), machine).homeBytes - saved);
  });

  it('computes every point once with cached halos, and marks what it computes again', () => {
    const machine = describedTiles(1, 64 * KIB);
    const stacks = [['stem', 'a', 'b', 'sum']];
    expect(replay(map(depthFirst, residualNetwork(), machine, { stacks, tile: { OY: 4 } }), machine).recomputed).toBe(0);
    const recomputed = replay(map(depthFirst, residualNetwork(), machine, { stacks, tile: { OY: 4 }, halo: 'recomputed' }), machine).recomputed;
    // Inner tile edges, five of them: b needs one row more on either side of a, which needs one more of the stem.
    expect(recomputed).toBe(5 * (2 * 16 * 24 * 16 * 9 + 4 * 16 * 24 * 3 * 9));
  });

  it('holds line buffers, not feature maps', () => {
    const net = new NetworkBuilder('tall');
    const image = net.input('image', { B: 1, C: 4, Y: 64, X: 16 });
    const workload = net.build(net.conv('b', net.conv('a', image, { K: 4 }), { K: 4 }));
    const machine = describedTiles(1, 64 * KIB);
    const peak = replay(map(depthFirst, workload, machine, { stacks: [['a', 'b']], tile: { OY: 1 } }), machine).peakBytes.get('core0.l1') ?? 0;
    const row = 16 * 4;
    // Weights, 3 + 1 rows of the image (the next one in flight), 3 rows between, 1 row out.
    expect(peak).toBeLessThanOrEqual(2 * 4 * 4 * 9 + 9 * row);
  });

  it('reads shared weights once and multicasts them', () => {
    const machine = describedTiles(4, 64 * KIB);
    const schedule = map(depthFirst, residualNetwork(24, 32), machine, { stacks: [['stem', 'a', 'b', 'sum']], split: 'OX' });
    const weights = [...schedule.operations].filter(({ kind, reads }) => kind === 'transfer' && reads?.[0]?.tensor === 'a.W' && reads[0].buffer === undefined);
    expect(weights.every(({ writes }) => writes?.length === 4)).toBe(true);
    expect(new Set(weights.map(({ queue }) => queue)).size).toBeGreaterThan(1);
  });

  it('sends what a core has made to all that lack it at once', () => {
    const machine = describedTiles(4, 64 * KIB);
    const schedule = map(depthFirst, residualNetwork(24, 32), machine, { stacks: [['stem', 'a', 'b', 'sum']], split: 'K' });
    const { faults } = replay(schedule, machine);
    expect(faults).toEqual([]);
    const exchanges = [...schedule.operations].filter(
      ({ kind, reads }) => kind === 'transfer' && reads?.[0]?.buffer !== undefined && reads[0].tensor === 'a.relu.O',
    );
    const inside = exchanges.filter(({ writes }) => writes?.every(({ buffer }) => buffer !== undefined));
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.every(({ writes }) => writes?.length === 3)).toBe(true);
  });

  it('places layers on the cores that it is given', () => {
    const machine = describedTiles(2, 64 * KIB);
    const schedule = map(depthFirst, residualNetwork(), machine, { stacks: [['stem', 'a', 'b', 'sum']], placement: { a: 'core1', b: 'core0' } });
    const where = (layer: string) =>
      new Set([...schedule.operations].filter((operation) => operation.kind === 'compute' && operation.layer === layer).map(({ queue }) => queue));
    expect(where('a')).toEqual(new Set(['core1.pe']));
    expect(where('b')).toEqual(new Set(['core0.pe']));
  });

  it('says which layer of a given stack lacks how much', () => {
    const machine = describedTiles(1, 4 * KIB);
    expect(() => map(depthFirst, residualNetwork(), machine, { stacks: [['stem', 'a', 'b', 'sum']] })).toThrow(
      /the stack from 'stem' to 'sum' lacks \d+ bytes in 'core0.l1'.*expected fewer layers/s,
    );
    expect(() => map(depthFirst, residualNetwork(), machine, { stacks: [['stem', 'nothing']] })).toThrow("no layer 'nothing'");
    expect(() => map(depthFirst, residualNetwork(), machine, { stacks: [['stem', 'b']] })).toThrow("layer 'b' does not follow");
  });
});

describe('both mappers on random networks', () => {
  const convolution = fc.record({
    K: fc.integer({ min: 1, max: 20 }),
    F: fc.constantFrom(1, 2, 3, 5),
    stride: fc.constantFrom(1, 1, 2, 3),
    residual: fc.boolean(),
  });
  const network = fc.record({
    C: fc.integer({ min: 1, max: 9 }),
    Y: fc.integer({ min: 5, max: 20 }),
    X: fc.integer({ min: 5, max: 20 }),
    layers: fc.array(convolution, { minLength: 1, maxLength: 4 }),
  });

  function workloadOf({ C, Y, X, layers }: typeof network extends fc.Arbitrary<infer T> ? T : never): Workload {
    const net = new NetworkBuilder('random');
    let tensor = net.input('image', { B: 1, C, Y, X });
    layers.forEach(({ K, F, stride, residual }, index) => {
      const next = net.conv(`c${index}`, tensor, { K, F, stride, pad: Math.floor(F / 2) });
      const branch = residual ? net.conv(`r${index}`, tensor, { K, F, stride, pad: Math.floor(F / 2) }) : undefined;
      tensor = branch === undefined ? next : net.elementwise(`s${index}`, 'add', next, branch);
    });
    return net.build(tensor);
  }

  it('are legal, or say what is missing', () => {
    const option = fc.constantFrom<[unknown, Record<string, unknown>]>(
      [layerByLayer, {}],
      [depthFirst, {}],
      [depthFirst, { tile: { OY: 2, OX: 3 } }],
      [depthFirst, { halo: 'recomputed', tile: { OY: 2 } }],
      [depthFirst, { placement: 'layers' }],
    );
    fc.assert(
      fc.property(network, fc.constantFrom(1, 3), fc.constantFrom(1, 4, 32), option, (shape, cores, kib, [mapper, config]) => {
        const machine = describedTiles(cores, kib * KIB);
        let schedule: Schedule;
        try {
          schedule = map(mapper, workloadOf(shape), machine, config);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect(kib).toBeLessThan(4);
          return;
        }
        expect(replay(schedule, machine).faults).toEqual([]);
      }),
      { numRuns: caseCount(120, 6), seed: 7 },
    );
  });
});
