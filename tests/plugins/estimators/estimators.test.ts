import { atOnce, toolContext } from '../../tool-context.js';
import { describe, expect, it } from 'vitest';
import {
  checkBounds,
  completeConfig,
  cutBytesPerCycle,
  expectedEnergy,
  summariseSchedule,
  type ActionDeclaration,
  type Estimate,
  type EstimatorPlugin,
  type MapperPlugin,
  type Schedule,
  type Workload,
} from '../../../core/index.js';
import roofline from '../../../plugins/estimators/roofline/index.js';
import closedForm from '../../../plugins/estimators/systolic-closed-form/index.js';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import { describedTiles } from '../mappers/machines.js';
import { NetworkBuilder, residualNetwork } from '../mappers/networks.js';
import { some } from '../../many.js';

const machine = describedTiles(1, 64 * 1024);
const dram = machine.block('dram')!;
const dramFacts = dram.facts as Extract<typeof dram.facts, { kind: 'memory' }>;
const array = machine.block('core0.pe')!.facts as Extract<typeof dram.facts, { kind: 'core' }>;
const l1 = machine.block('core0.l1')!.facts as typeof dramFacts;
const dma = machine.block('core0.dma')!;
const dmaFacts = dma.facts as Extract<typeof dram.facts, { kind: 'dma' }>;

function mapped(plugin: unknown, workload: Workload, on = machine, config = {}): Schedule {
  const mapper = plugin as MapperPlugin;
  return atOnce(mapper.map({ workload, machine: on, config: completeConfig(mapper.configSchema, config, '') }, toolContext));
}

function estimateOf(plugin: unknown, workload: Workload, schedule: Schedule, on = machine): Estimate {
  return atOnce((plugin as EstimatorPlugin).estimate({ workload, machine: on, schedule, config: {} }, toolContext));
}

/** One GEMM in one tile: M x N x K = 16 x 8 x 32 on the 8 x 8 array. */
function oneTile(): { workload: Workload; schedule: Schedule; bytes: { I: number; W: number; O: number } } {
  const net = new NetworkBuilder('one');
  const workload = net.build(net.gemm('fc', net.input('x', { Y: 16, C: 32 }), 8));
  const region = (tensor: string, buffer?: string) => ({ tensor, ...(buffer === undefined ? {} : { buffer }) });
  const schedule: Schedule = {
    name: 'one',
    tensors: {
      x: { dims: { Y: 16, C: 32 }, format: 'int8', home: 'dram', role: 'input' },
      'fc.W': { dims: { C: 32, K: 8 }, format: 'int8', home: 'dram', role: 'constant' },
      'fc.O': { dims: { Y: 16, C: 8 }, format: 'int8', home: 'dram', role: 'output' },
    },
    buffers: { I: { memory: 'core0.l1', bytes: 512 }, W: { memory: 'core0.l1', bytes: 256 }, O: { memory: 'core0.l1', bytes: 128 } },
    layers: { fc: { operator: 'gemm', loops: { OY: 16, K: 8, C: 32 } } },
    operations: [
      { kind: 'transfer', queue: 'core0.dma', layer: 'fc', reads: [region('fc.W')], writes: [region('fc.W', 'W')] },
      { kind: 'transfer', queue: 'core0.dma', layer: 'fc', reads: [region('x')], writes: [region('x', 'I')] },
      {
        kind: 'compute',
        queue: 'core0.pe',
        layer: 'fc',
        operator: 'gemm',
        loops: { OY: 16, K: 8, C: 32 },
        reads: [
          { ...region('x', 'I'), operand: 'I' },
          { ...region('fc.W', 'W'), operand: 'W' },
        ],
        writes: [{ ...region('fc.O', 'O'), operand: 'O' }],
      },
      { kind: 'transfer', queue: 'core0.dma', layer: 'fc', reads: [region('fc.O', 'O')], writes: [region('fc.O')] },
    ],
  };
  return { workload, schedule, bytes: { I: 512, W: 256, O: 128 } };
}

describe('estimated energy', () => {
  const energyOf = (path: string, action: string): number => (machine.block(path)!.actions[action] as ActionDeclaration).energyPj ?? 0;

  it.each([roofline, closedForm])('is MACs and bytes times the actions that the blocks declare, by hand: $name', (plugin) => {
    const { workload, schedule } = oneTile();
    const { resources, layers, energyPj, energyMissing } = estimateOf(plugin, workload, schedule);
    const of = (path: string): number => resources.find(({ resource }) => resource === path)?.energyPj ?? NaN;
    expect(of('core0.pe')).toBeCloseTo(16 * 8 * 32 * energyOf('core0.pe', 'mac'), 6);
    const { rowBytes } = dram.config as { rowBytes: number };
    const standing = expectedEnergy(dram).perSecond * estimateOf(plugin, workload, schedule).seconds;
    const moved = 768 * 8 * energyOf('dram', 'read') + 128 * 8 * energyOf('dram', 'write') + (896 / rowBytes) * energyOf('dram', 'activate');
    expect(of('dram')).toBeCloseTo(moved + standing, 6);
    const wordBytes = (machine.block('core0.l1')!.config as { wordBits: number }).wordBits / 8;
    const words = (768 + 128) / wordBytes;
    expect(of('core0.l1')).toBeCloseTo(words * (energyOf('core0.l1', 'read') + energyOf('core0.l1', 'write')), 6);
    expect(energyPj).toBeCloseTo(
      resources.reduce((sum, resource) => sum + (resource.energyPj ?? 0), 0),
      6,
    );
    expect(layers[0]?.energyPj).toBeCloseTo(energyPj! - standing, 6);
    expect(energyMissing).toContain('noc');
    expect(energyMissing).not.toContain('core0.pe');
  });

  it('counts the bits on links of known energy, by the way that they go', () => {
    const { workload, schedule } = oneTile();
    const dear = { ...machine, connections: machine.connections.map((connection) => ({ ...connection, energyPerBitPj: 1 })) };
    const more = estimateOf(roofline, workload, schedule, dear).energyPj! - estimateOf(roofline, workload, schedule).energyPj!;
    // Between dram and dma two connections (the network lies between), from dma to l1 and from l1 to the array one each.
    expect(more).toBeCloseTo(8 * (896 * 2 + 896 + 896), 6);
  });
});

describe('roofline', () => {
  it('is the longest of arithmetic at peak, memory ports and links, by hand', () => {
    const { workload, schedule } = oneTile();
    const compute = (16 * 8 * 32) / 64;
    const memory = 896 / dramFacts.peakBytesPerCycle;
    const local = (896 + 896) / l1.peakBytesPerCycle;
    const links = 768 / cutBytesPerCycle(machine, dram);
    expect(estimateOf(roofline, workload, schedule).cycles).toBeCloseTo(Math.max(compute, memory, local, links), 9);
  });

  it('gives traffic and work of each layer', () => {
    const { workload, schedule } = oneTile();
    const { layers, resources } = estimateOf(roofline, workload, schedule);
    expect(layers).toMatchObject([{ layer: 'fc', operator: 'gemm', macs: 4096, bytes: { dram: 896 } }]);
    expect(resources.find(({ resource }) => resource === 'dram')).toMatchObject({ bytesRead: 768, bytesWritten: 128 });
  });
});

describe('systolic-closed-form', () => {
  it('is the longer of compute and transfers, plus first fill and last drain, by hand', () => {
    const { workload, schedule } = oneTile();
    const compute = array.tileCycles({ operator: 'gemm', loops: { OY: 16, K: 8, C: 32 }, bits: { I: 8, W: 8, O: 8 }, formats: {} });
    const rate = Math.min(dramFacts.peakBytesPerCycle, cutBytesPerCycle(machine, dram));
    const engine = 3 * dmaFacts.setupCycles + 896 / cutBytesPerCycle(machine, dma);
    const home = Math.max(896 / dramFacts.peakBytesPerCycle, 768 / cutBytesPerCycle(machine, dram));
    const edges = 768 / rate + 128 / rate + 2 * dramFacts.latencyCycles;
    expect(estimateOf(closedForm, workload, schedule).cycles).toBeCloseTo(Math.max(compute, engine, home, (896 + 896) / l1.peakBytesPerCycle) + edges, 9);
  });

  it('adds layers that follow one another, overlaps layers that are fused', () => {
    const workload = residualNetwork();
    const separate = estimateOf(closedForm, workload, mapped(layerByLayer, workload));
    expect(separate.cycles).toBeCloseTo(
      separate.layers.reduce((sum, { cycles }) => sum + cycles, 0),
      6,
    );
    const fused = estimateOf(closedForm, workload, mapped(depthFirst, workload, machine, { stacks: [['stem', 'a', 'b', 'sum']], tile: { OY: 4 } }));
    const stack = fused.layers.filter(({ layer }) => ['stem', 'a', 'b', 'sum'].includes(layer));
    expect(new Set(stack.map(({ startCycle }) => startCycle))).toEqual(new Set([0]));
    const together = stack[0]?.endCycle ?? 0;
    expect(stack.every(({ endCycle }) => endCycle === together)).toBe(true);
    // The convolutions share the array, so their times add up; the sum of two maps runs on the vector core meanwhile.
    const onArray = stack.filter(({ operator }) => operator === 'conv').reduce((sum, { computeCycles }) => sum + computeCycles, 0);
    expect(together).toBeGreaterThanOrEqual(onArray);
    expect(together).toBeLessThan(onArray + (stack.find(({ layer }) => layer === 'sum')?.cycles ?? 0));
  });
});

describe('both estimators', () => {
  it.each(some([1, 4]))('stay above the physical bounds of the schedule on %i cores, and roofline below the closed form', (cores) => {
    const on = describedTiles(cores, 32 * 1024);
    const workload = residualNetwork();
    for (const mapper of [layerByLayer, depthFirst]) {
      const schedule = mapped(mapper, workload, on);
      const summary = summariseSchedule(schedule, workload);
      const [low, high] = [roofline, closedForm].map((plugin) => estimateOf(plugin, workload, schedule, on)) as [Estimate, Estimate];
      const ofRun = checkBounds(low, on, summary).filter(({ layer }) => layer === undefined);
      expect(ofRun).toEqual([]);
      expect(checkBounds(high, on)).toEqual([]);
      expect(low.cycles).toBeLessThanOrEqual(high.cycles);
      expect(low.notes.length).toBeGreaterThan(0);
    }
  });
});
