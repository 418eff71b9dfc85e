import { describe, expect, it } from 'vitest';
import { compareRuns, type RunComparison, type ScheduleResult, type StallResult } from '../../../core/index.js';
import { brokenResult, sampleResult } from '../../plugins/exporters/sample-result.js';

const slow = sampleResult({ scenario: 'layer-by-layer', withTrace: false });
const fast = sampleResult({ scenario: 'fused', waiting: 0.4, withTrace: false });
const idleFor = (cycles: number): StallResult[] => [{ class: 'idle', role: 'rest', cycles }];
const only = (results: readonly ScheduleResult[]): RunComparison => compareRuns(results)[0]!;

describe('why a run is faster', () => {
  it('is told in reasons with numbers: cores first, then blocks, then memories', () => {
    const { reasons, differenceCycles, verdict, savedShare, speedup } = only([slow, fast]);
    expect(verdict).toBe('faster');
    expect(savedShare).toBeCloseTo(1 - 1 / speedup, 12);
    expect(reasons.map(({ kind }) => kind)).toEqual(['cores', 'block', 'block', 'block', 'block', 'traffic']);
    const [cores] = reasons;
    expect(cores).toMatchObject({ kind: 'cores', sumCycles: differenceCycles });
    expect(reasons.at(-1)).toMatchObject({ memory: 'dram', slowerBytes: slow.memories.at(-1)!.bytesRead + slow.memories.at(-1)!.bytesWritten });
  });

  it('adds up what it does not list, so that the classes of the cores still sum to the difference', () => {
    const waits = Array.from({ length: 7 }, (_, i): StallResult => ({ class: `wait-${i}`, role: 'wait', on: 'memory', cycles: 100 * (i + 1) }));
    const longer = { ...slow.simulation, cycles: fast.simulation.cycles + 2800, seconds: fast.simulation.seconds * 2 };
    const more = {
      ...fast,
      scenario: 'more',
      simulation: longer,
      blocks: fast.blocks.map((block) => (block.kind === 'core' ? { ...block, stalls: [...block.stalls, ...waits] } : block)),
    };
    const [cores] = only([fast, more]).reasons;
    if (cores?.kind !== 'cores') throw new Error('no reason about cores');
    expect(cores.classes.map(({ name, cycles }) => [name, Math.round(cycles)])).toEqual([
      ['wait-6', 700],
      ['wait-5', 600],
      ['wait-4', 500],
      ['wait-3', 400],
    ]);
    expect(cores.otherCycles).toBeCloseTo(600, 6);
    expect(cores.sumCycles).toBe(2800);
  });

  it('tells arrays and vector units apart, each summing to the difference', () => {
    const withVectors = (result: ScheduleResult): ScheduleResult => ({
      ...result,
      blocks: result.blocks.map((block) => (block.path === 'core0.pe' ? { ...block, computes: 'vector', stalls: idleFor(result.simulation.cycles) } : block)),
    });
    const { reasons, differenceCycles } = only([withVectors(slow), withVectors(fast)]);
    const cores = reasons.flatMap((reason) => (reason.kind === 'cores' ? [reason] : []));
    expect(cores.map(({ unit }) => unit)).toEqual(['array', 'vector']);
    expect(cores[1]).toMatchObject({ classes: [{ name: 'idle', role: 'rest', cycles: differenceCycles }], sumCycles: differenceCycles });
  });

  it('is not told of runs that take the same time, or of one that was cut short', () => {
    expect(only([slow, { ...slow, scenario: 'again' }])).toMatchObject({ verdict: 'equal', reasons: [] });
    const { verdict, reasons } = only([slow, brokenResult()]);
    expect({ verdict, reasons }).toEqual({ verdict: 'unfinished', reasons: [] });
  });
});
