import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeapQueue, RandomStream, WheelQueue, type EventQueue } from '../../../core/kernel/index.js';
import { caseCount } from '../../many.js';

interface Step {
  readonly push: boolean;
  readonly ahead: number;
  readonly order: number;
}

/** Drives both queues with the same operations and compares every event that comes out. */
function expectSameOrder(steps: Iterable<Step>, slotTicks: number): number {
  const wheel = new WheelQueue(slotTicks);
  const heap = new HeapQueue();
  let now = 0;
  let pushed = 0;
  let compared = 0;
  const compare = (limit: number): void => {
    const got = wheel.pop(limit);
    if (got !== heap.pop(limit)) throw new Error(`one queue has an event at or before ${limit}, the other has not`);
    if (!got) return;
    compared++;
    now = wheel.time;
    if (!sameEvent(wheel, heap)) throw new Error(`event ${compared}: ${describeEvent(wheel)} against ${describeEvent(heap)}`);
  };
  for (const step of steps) {
    if (step.push) {
      wheel.push(now + step.ahead, step.order, pushed % 7, pushed, step.ahead);
      heap.push(now + step.ahead, step.order, pushed % 7, pushed, step.ahead);
      pushed++;
    } else compare(now + step.ahead);
    if (wheel.size !== heap.size) throw new Error('sizes differ');
  }
  while (heap.size > 0) compare(Infinity);
  expect(wheel.size).toBe(0);
  return compared;
}

function sameEvent(a: EventQueue, b: EventQueue): boolean {
  return a.time === b.time && a.order === b.order && a.handler === b.handler && a.code === b.code && a.arg === b.arg;
}

function describeEvent(queue: EventQueue): string {
  return `(${queue.time}, ${queue.order}, ${queue.code})`;
}

/** Ties, near times, times around the wheel's horizon, far jumps. */
function* randomSteps(seed: number, count: number, slotTicks: number): Generator<Step> {
  const random = new RandomStream(seed, 'steps');
  const horizon = slotTicks * 4096;
  for (let i = 0; i < count; i++) {
    const draw = random.below(100);
    const order = random.below(3) * 2 ** 24 + random.below(5);
    let ahead = 0;
    if (draw < 40) ahead = random.below(64) * slotTicks;
    else if (draw < 60) ahead = random.below(horizon);
    else if (draw < 75) ahead = horizon - 2 + random.below(5);
    else if (draw < 80) ahead = random.below(2 ** 31) * 1000;
    yield { push: random.below(100) < 52, ahead, order };
  }
}

/** A million in the long run. */
const OPERATIONS = caseCount(1_000_000, 50_000);

describe('WheelQueue against HeapQueue', () => {
  it.each([
    [1, 1024],
    [2, 1],
    [3, 500],
    [4, 1_000_000],
  ])(`gives the same order over ${OPERATIONS} random operations (seed %i, slot of %i ticks)`, (seed, slotTicks) => {
    expect(expectSameOrder(randomSteps(seed, OPERATIONS, slotTicks), slotTicks)).toBeGreaterThan(0.4 * OPERATIONS);
  });

  it('gives the same order for arbitrary short histories', () => {
    const step = fc.record({
      push: fc.boolean(),
      ahead: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 4090 * 8, max: 4100 * 8 }), fc.integer({ min: 0, max: 2 ** 40 })),
      order: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => expectSameOrder(steps, 8) >= 0),
      { numRuns: 500 },
    );
  });

  it('crosses an empty stretch of 10^15 ticks without walking it', () => {
    const wheel = new WheelQueue(1000);
    wheel.push(5, 0, 0, 1, 0);
    wheel.push(1e15, 0, 0, 2, 0);
    wheel.push(1e15 + 1, 0, 0, 3, 0);
    const codes: number[] = [];
    while (wheel.pop(Infinity)) codes.push(wheel.code);
    expect(codes).toEqual([1, 2, 3]);
  });

  it('leaves an event beyond the limit where it is', () => {
    const wheel = new WheelQueue(1000);
    wheel.push(5000, 0, 0, 1, 0);
    expect(wheel.pop(4999)).toBe(false);
    expect(wheel.nextTime()).toBe(5000);
    expect(wheel.pop(5000)).toBe(true);
  });
});
