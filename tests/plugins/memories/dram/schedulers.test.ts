import fc from 'fast-check';
import {
  PARTS,
  NO_EXTENSIONS,
  checkerFor,
  type ChannelContext,
  type DramExtensions,
  type QueueView,
  type RequestScheduler,
  type SchedulerValue,
} from 'tessera-sim/dram';
import { describe, expect, it } from 'vitest';
import { caseCount } from '../../../many.js';
import { accessLists, watched, type Access } from './watched.js';

const factory = (choose: RequestScheduler['choose']): SchedulerValue => ({ create: () => ({ choose }) });
const isServed = (queue: QueueView, i: number) => (queue.isWrite[i] === 1) === queue.draining;
const FIRST = (is: (queue: QueueView, i: number) => boolean) =>
  factory((queue) => {
    for (let i = 0; i < queue.count; i++) if (isServed(queue, i) && is(queue, i)) return i;
    return -1;
  });

/** A precharge takes a row away; the compiled rule lets it unless an older request waits for the row. */
function takesRowOfOlder(queue: QueueView, i: number): boolean {
  if (queue.rowHit[i] === 1) return false;
  for (let k = 0; k < i; k++) if (isServed(queue, k) && queue.bank[k] === queue.bank[i] && queue.rowHit[k] === 1) return true;
  return false;
}

/** At most `cap` accesses to one row of a bank while an older request waits for another row of it. */
const capped = (cap: number): SchedulerValue => ({
  create: ({ topology }: ChannelContext) => {
    const streak = new Int32Array(topology.banks);
    const older = (queue: QueueView, i: number) => {
      for (let k = 0; k < i; k++) if (isServed(queue, k) && queue.bank[k] === queue.bank[i] && queue.rowHit[k] === 0) return true;
      return false;
    };
    return {
      choose: (queue) => {
        for (let i = 0; i < queue.count; i++) {
          if (queue.ready[i] === 0 || !isServed(queue, i)) continue;
          const bank = queue.bank[i]!;
          const overtakes = queue.rowHit[i] === 1 && older(queue, i);
          if (overtakes && streak[bank]! >= cap) continue;
          streak[bank] = overtakes ? streak[bank]! + 1 : 0;
          return i;
        }
        return -1;
      },
    };
  },
});

const extensions: DramExtensions = {
  ...NO_EXTENSIONS,
  schedulers: new Map([
    ['view-frfcfs', FIRST((queue, i) => queue.ready[i] === 1)],
    ['view-frfcfs-row-hit', FIRST((queue, i) => queue.ready[i] === 1 && !takesRowOfOlder(queue, i))],
    ['view-fcfs', FIRST(() => true)],
    ['capped-1', capped(1)],
    ['capped-12', capped(12)],
    ['outside', factory((queue) => queue.count)],
    ['idle', factory(() => -1)],
  ]),
};

describe('a scheduler that sees the queue', () => {
  it.each(['frfcfs', 'frfcfs-row-hit', 'fcfs'])('gives every command of the compiled %s when it is written like it', { timeout: 60_000 }, (name) => {
    const configs = fc.record({
      part: fc.constantFrom(...PARTS.keys()),
      refresh: fc.constantFrom('all-bank', 'staggered', 'none'),
      organisation: fc.constantFrom({}, { ranks: 2 }),
      rowPolicy: fc.record({ name: fc.constantFrom('open', 'closed', 'capped', 'timeout'), accesses: fc.integer({ min: 1, max: 4 }) }),
      queues: fc.record({ reads: fc.integer({ min: 1, max: 32 }), writes: fc.integer({ min: 9, max: 32 }) }),
      mapping: fc.constantFrom('RoBaRaCoCh', 'MOP4CLXOR'),
    });
    fc.assert(
      fc.property(accessLists, configs, (accesses, config) => {
        const run = (scheduler: unknown) => watched({ like: 'ramulator2', ...config, scheduler }, accesses, extensions);
        expect(run(`view-${name}`)).toEqual(run(name));
      }),
      { numRuns: caseCount(400), seed: 21 },
    );
  });

  /** One bank, row 0 again and again, and one request to row 1 that comes second. */
  const hammer: readonly Access[] = Array.from({ length: 30 }, (_, i) => ({ gap: 0, line: i === 1 ? 1 << 11 : i, isWrite: false }));
  const doneAt = (scheduler: unknown) => {
    const { events } = watched({ like: 'ramulator2', refresh: 'none', mapping: 'RoBaRaCoCh', scheduler }, hammer, extensions);
    const activates = events.filter((event) => event.startsWith('command 0 '));
    return events.indexOf(activates[1]!);
  };

  it('may let a parameter decide', () => {
    const [soon, late] = [doneAt('capped-1'), doneAt('capped-12')];
    expect(soon).toBeGreaterThan(0);
    expect(late).toBeGreaterThan(soon);
  });

  it('issues legal commands only, whatever it chooses', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(accessLists, fc.constantFrom(...PARTS.keys()), fc.integer({ min: 1, max: 1 << 20 }), (accesses, part, seed) => {
        let state = seed;
        const random = factory((queue) => {
          state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
          return queue.count === 0 ? -1 : state % queue.count;
        });
        const own = { ...NO_EXTENSIONS, schedulers: new Map([['random', random]]) };
        const run = watched({ like: 'default', part, scheduler: 'random' }, accesses, own, checkerFor);
        expect(run.violations).toEqual([]);
      }),
      { numRuns: caseCount(150), seed: 5 },
    );
  });

  it('is told what is wrong', () => {
    const run = (scheduler: string) => watched({ like: 'ramulator2', scheduler }, [{ gap: 0, line: 3, isWrite: false }], extensions);
    expect(() => run('caped-1')).toThrow(/scheduler: there is no scheduler 'caped-1'.*did you mean 'capped-1'/);
    expect(() => run('outside')).toThrow(/chose request 1 of a queue of 1/);
    expect(run('idle').events.filter((event) => !event.startsWith('command 8'))).toEqual([]);
  });
});
