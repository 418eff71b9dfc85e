import { describe, expect, it } from 'vitest';
import type { ScheduleOperation } from '../../../core/schedule/index.js';
import { load, runFake, schedule } from './fake-machine.js';

const buffers = { A: { memory: 'l1', bytes: 100 }, B: { memory: 'l1', bytes: 100 }, C: { memory: 'l1', bytes: 200 } };
const part = (buffer: string, low = 0, high = 100) => ({ tensor: 'X', box: { N: [low, high] as const }, buffer });
const reduce = (change: Partial<ScheduleOperation> = {}): ScheduleOperation => ({
  kind: 'transfer',
  queue: 'dma',
  reads: [part('A'), part('B')],
  writes: [part('C')],
  reduce: 'add',
  ...change,
});
const run = (operations: ScheduleOperation[]) => runFake(schedule(operations, { buffers }), { slots: 4 });
const rules = (result: ReturnType<typeof run>): string[] => result.executor.violations.kept.map(({ rule }) => rule);

describe('a transfer that reduces', () => {
  it('waits for the writers of all its sources, and holds back whoever overwrites one', () => {
    const result = run([load('A', 0, 100), load('B', 0, 100, { after: [0] }), reduce(), load('B', 0, 100)]);
    expect(rules(result)).toEqual([]);
    expect([1, 2, 3].map((id) => result.issue.get(id))).toEqual([10, 20, 30]);
  });

  it('writes its destination once, in place too', () => {
    const inPlace = reduce({ writes: [{ ...part('A'), mode: 'add' }] });
    const result = run([load('A', 0, 100), load('B', 0, 100), inPlace, { kind: 'transfer', queue: 'dma', reads: [part('A')], writes: [part('C')] }]);
    expect(rules(result)).toEqual([]);
    expect(result.issue.get(3)).toBe(20);
    expect(result.peak.get(0)).toBe(300);
  });

  it('is checked by the sanitizer like any other', () => {
    expect(rules(run([load('A', 0, 100), reduce()]))).toEqual(['read-before-write']);
    expect(rules(run([load('A', 0, 100), load('B', 0, 100), reduce({ reads: [part('A'), part('B', 0, 50)] })]))).toEqual(['shape-mismatch']);
    expect(rules(run([load('A', 0, 100), load('B', 0, 100), reduce({ writes: [part('C', 0, 200)] })]))).toEqual(['shape-mismatch']);
  });

  it.each([
    [{ kind: 'compute' as const }, /operation 2\.reduce: a compute does not reduce; expected kind 'transfer'/],
    [{ reads: [part('A')] }, /operation 2\.reads: a reduction of 1 region; expected two or more/],
    [{ reduce: 'max' as 'add' }, /operation 2\.reduce: no reduction 'max'; expected add/],
  ])('%o is refused', (change, message) => {
    expect(() => run([load('A', 0, 100), load('B', 0, 100), reduce(change)])).toThrow(message);
  });
});
