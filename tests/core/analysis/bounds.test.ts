import { describe, expect, it } from 'vitest';
import { checkBounds, summariseSchedule, type Estimate, type Schedule } from '../../../core/index.js';
import { describedTiles } from '../../plugins/mappers/machines.js';

const machine = describedTiles(2, 1024);
const peak = machine.blocks.reduce((sum, { facts }) => sum + (facts.kind === 'core' ? facts.peakMacsPerCycle : 0), 0);
const dram = machine.block('dram')!.facts;
const dramRate = dram.kind === 'memory' ? dram.peakBytesPerCycle : 0;

function estimate(change: Partial<Estimate>): Estimate {
  return { estimator: 'test', cycles: 1000, seconds: 1e-6, layers: [], resources: [], notes: [], ...change };
}

const layer = (macs: number, cycles: number, bytes = {}) => ({ layer: 'a', operator: 'conv', macs, cycles, computeCycles: 0, bytes });

describe('checkBounds', () => {
  it('lets an estimate at the bound pass and flags one a cycle below', () => {
    expect(checkBounds(estimate({ layers: [layer(peak * 1000, 1000)] }), machine)).toEqual([]);
    expect(checkBounds(estimate({ cycles: 999, layers: [layer(peak * 1000, 1000)] }), machine)).toEqual([
      { resource: 'cores', bound: 'operations / peak of all cores', boundCycles: 1000, estimatedCycles: 999 },
    ]);
  });

  it('names the layer that beats the arrays or a memory port', () => {
    const fast = checkBounds(estimate({ layers: [layer(peak * 100, 99)] }), machine);
    expect(fast).toEqual([{ layer: 'a', resource: 'cores', bound: 'operations / peak of all cores', boundCycles: 100, estimatedCycles: 99 }]);
    const thin = checkBounds(estimate({ layers: [layer(0, 99, { dram: dramRate * 100 })] }), machine);
    expect(thin).toContainEqual({ layer: 'a', resource: 'dram', bound: 'bytes / peak of the memory', boundCycles: 100, estimatedCycles: 99 });
  });

  it('holds the links to the home memory against the busier direction', () => {
    const narrow = {
      ...machine,
      connections: machine.connections.map((connection) => (connection.from === 'dram.port0' ? { ...connection, widthBits: 64 } : connection)),
    };
    const resources = [{ resource: 'dram', kind: 'memory', busyCycles: 0, bytesRead: 8 * 1001, bytesWritten: 8 }];
    expect(checkBounds(estimate({ resources }), narrow)).toContainEqual({
      resource: 'dram',
      bound: 'bytes / links to the memory',
      boundCycles: 1001,
      estimatedCycles: 1000,
    });
  });

  it('counts in the reference clock', () => {
    const slow = {
      ...machine,
      blocks: machine.blocks.map((block) =>
        block.facts.kind === 'core' ? { ...block, clock: { ...block.clock, frequencyHz: 5e8 } as typeof block.clock } : block,
      ),
    };
    const [violation] = checkBounds(estimate({ layers: [layer(peak * 1000, 1000)] }), slow);
    expect(violation?.boundCycles).toBe(2000);
  });

  it('flags contents above the capacity', () => {
    const resources = [{ resource: 'core0.l1', kind: 'memory', busyCycles: 0, peakBytes: 1025 }];
    expect(checkBounds(estimate({ resources }), machine)).toEqual([
      { resource: 'core0.l1', bound: 'capacity: 1025 bytes in 1024', boundCycles: 0, estimatedCycles: 1000 },
    ]);
  });

  it('takes work and traffic from the schedule where the estimate forgot them', () => {
    const schedule: Schedule = {
      name: 'one tile',
      tensors: { X: { dims: { N: dramRate * 2000 }, format: 'int8', home: 'dram', role: 'input' } },
      buffers: { A: { memory: 'core0.l1', bytes: 64 } },
      operations: [{ kind: 'transfer', queue: 'core0.dma', layer: 'a', reads: [{ tensor: 'X' }], writes: [{ buffer: 'A' }] }],
    };
    const summary = summariseSchedule(schedule, { name: '', tensors: {}, layers: [], inputs: [], outputs: [] });
    expect(summary.traffic.get('dram')).toEqual({ bytesRead: dramRate * 2000, bytesWritten: 0 });
    expect(checkBounds(estimate({}), machine)).toEqual([]);
    expect(checkBounds(estimate({}), machine, summary)).toContainEqual({
      resource: 'dram',
      bound: 'bytes / peak of the memory',
      boundCycles: 2000,
      estimatedCycles: 1000,
    });
  });
});
