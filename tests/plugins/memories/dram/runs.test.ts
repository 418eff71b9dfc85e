import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DramSystem, specificationOf } from '../../../../plugins/memories/dram/api.js';
import { RowRuns } from '../../../../plugins/memories/dram/row-runs.js';
import { deviceConfig } from './support.js';
import { caseCount } from '../../../many.js';

interface Stretch {
  readonly line: number;
  readonly lines: number;
  readonly isWrite: boolean;
  /** Cycles after the one before. */
  readonly pause: number;
}

const PARTS = ['DDR3-1600K-4Gb-x8', 'DDR4-2400R-8Gb-x8', 'DDR5-4800B-16Gb-x8', 'GDDR6-14000-8Gb-x16', 'LPDDR4-3200-8Gb-x16'];

/** Plays stretches of lines, one line a cycle, in order; with runs where the controller takes them, or line by line. */
function play(part: string, stretches: readonly Stretch[], readQueue: number, withRuns: boolean) {
  const done: string[] = [];
  let asRun = 0;
  const specification = specificationOf(deviceConfig({ part, mapping: 'RoBaRaCoCh', like: 'ramulator2', queues: { reads: readQueue } }));
  const system = new DramSystem(specification, { completed: (tag, cycle) => done.push(`${tag}@${cycle}`) });
  const commands: string[] = [];
  const channel = system.channels[0]!;
  channel.observer = { command: (code, bank, row, tick) => commands.push(`${tick}: ${code} ${bank} ${row}`) };
  const runs = new RowRuns(system);
  let cycle = 0;
  stretches.forEach((stretch, tag) => {
    cycle += stretch.pause;
    for (let i = 0; i < stretch.lines;) {
      const taken = withRuns ? runs.offer(stretch.line + i, stretch.lines - i, stretch.isWrite, tag, cycle) : 0;
      if (taken > 0) {
        i += taken;
        asRun += taken;
        cycle = runs.lastArrival + 1;
        continue;
      }
      while (!system.accept(stretch.line + i, stretch.isWrite, tag, cycle)) cycle = Math.max(cycle + 1, channel.nextTick());
      i++;
      cycle++;
    }
  });
  while (channel.pending() > 0) channel.advance(channel.nextTick());
  const end = Math.max(channel.counters.lastReadReturnCycle, channel.counters.lastWriteCommandCycle);
  system.advance(end);
  channel.finish(end);
  const { rowHits, rowMisses, rowConflicts, reads, writes, readLatencySum, readLatencyMax, occupancyCycles, turnaroundCycles } = channel.counters;
  const counts = { rowHits, rowMisses, rowConflicts, reads, writes, readLatencySum, readLatencyMax, occupancyCycles, turnaroundCycles };
  return { asRun, outcome: { done, commands, counts, activeTicks: [...channel.activity.activeTicks] } };
}

const stretches = fc.array(
  fc.record({
    line: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 20_000 })),
    lines: fc.integer({ min: 1, max: 150 }),
    isWrite: fc.boolean(),
    pause: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 2500 })),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('runs of accesses to one open row', () => {
  it('gives every command, every completion and every count of the line-by-line way', { timeout: 30_000 }, () => {
    let asRun = 0;
    let interrupted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...PARTS), stretches, fc.constantFrom(1, 2, 8, 32), (part, list, readQueue) => {
        const fast = play(part, list, readQueue, true);
        const slow = play(part, list, readQueue, false);
        expect(fast.outcome).toEqual(slow.outcome);
        asRun += fast.asRun;
        interrupted += fast.asRun > 0 && fast.asRun < list.reduce((sum, { lines }) => sum + lines, 0) ? 1 : 0;
      }),
      { numRuns: caseCount(400), seed: 3 },
    );
    // The property is about something: many accesses went as runs, and many runs met a competitor.
    expect(asRun).toBeGreaterThan(caseCount(5000));
    expect(interrupted).toBeGreaterThan(caseCount(100));
  });

  it('takes a whole burst to an open row at once', () => {
    const once = play(
      'DDR4-2400R-8Gb-x8',
      [
        { line: 0, lines: 1, isWrite: false, pause: 0 },
        { line: 1, lines: 100, isWrite: false, pause: 200 },
      ],
      32,
      true,
    );
    expect(once.asRun).toBe(100);
  });
});
