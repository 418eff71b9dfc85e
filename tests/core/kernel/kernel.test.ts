import { describe, expect, it } from 'vitest';
import { findWaitCycle, HeapQueue, Kernel, Phase, Wake, type EventHandler } from '../../../core/kernel/index.js';

function recorder(log: string[], name: string): EventHandler {
  return { onEvent: (code) => void log.push(`${name}${code}`) };
}

describe('Kernel', () => {
  it('orders by time, then phase, then path rank, then order of scheduling', () => {
    const log: string[] = [];
    const kernel = new Kernel();
    const b = kernel.register('b', recorder(log, 'b'));
    const a = kernel.register('a', recorder(log, 'a'));
    kernel.start();
    kernel.schedule(b, 10, Phase.compute, 1, 0);
    kernel.schedule(a, 10, Phase.commit, 2, 0);
    kernel.schedule(a, 10, Phase.compute, 3, 0);
    kernel.schedule(a, 10, Phase.compute, 4, 0);
    kernel.schedule(b, 5, Phase.sample, 5, 0);
    kernel.run();
    expect(log).toEqual(['b5', 'a3', 'a4', 'b1', 'a2']);
  });

  it('gives the same order whoever registered first', () => {
    const run = (names: readonly string[]): string[] => {
      const log: string[] = [];
      const kernel = new Kernel();
      const ids = new Map(names.map((name) => [name, kernel.register(name, recorder(log, name))]));
      kernel.start();
      for (const name of ['x', 'y', 'z']) kernel.schedule(ids.get(name)!, 7, Phase.compute, 0, 0);
      kernel.run();
      return log;
    };
    expect(run(['z', 'x', 'y'])).toEqual(run(['x', 'y', 'z']));
  });

  it('throws for an event in the past or in an earlier phase of the same tick', () => {
    const kernel = new Kernel();
    const errors: string[] = [];
    const handler = kernel.register('block', {
      onEvent: () => {
        for (const [tick, phase] of [
          [9, Phase.sample],
          [10, Phase.deliver],
          [NaN, Phase.commit],
        ] as const) {
          try {
            kernel.schedule(handler, tick, phase, 1, 0);
          } catch (error) {
            errors.push((error as Error).message);
          }
        }
      },
    });
    kernel.start();
    kernel.schedule(handler, 10, Phase.compute, 0, 0);
    kernel.run();
    expect(errors).toHaveLength(3);
    expect(errors[0]).toContain('block: scheduled at tick 9');
  });

  it('stops at its bounds and goes on from there', () => {
    const log: string[] = [];
    const kernel = new Kernel(new HeapQueue());
    const id = kernel.register('a', recorder(log, 'a'));
    kernel.start();
    for (let i = 0; i < 5; i++) kernel.schedule(id, i * 10, Phase.compute, i, 0);
    expect(kernel.run(2)).toBe(false);
    expect(kernel.run(Infinity, 25)).toBe(true);
    expect(log).toEqual(['a0', 'a1', 'a2']);
    expect(kernel.nextTick()).toBe(30);
  });

  it('costs nothing for a billion idle cycles', () => {
    let left = 1000;
    const kernel = new Kernel();
    const id = kernel.register('timer', { onEvent: () => void (--left > 0 && kernel.schedule(id, kernel.now + 1e9, Phase.compute, 0, 0)) });
    kernel.start();
    kernel.schedule(id, 1e9, Phase.compute, 0, 0);
    kernel.run();
    expect(kernel.now).toBe(1e12);
    expect(kernel.eventCount).toBe(1000);
  });

  it('refuses an event behind the last exact tick, and takes one that never comes', () => {
    const kernel = new Kernel();
    const id = kernel.register('timer', recorder([], ''));
    kernel.start();
    kernel.schedule(id, Number.MAX_SAFE_INTEGER, Phase.compute, 0, 0);
    expect(() => kernel.schedule(id, 3e33, Phase.compute, 0, 0)).toThrow('timer: scheduled at tick 3e+33, but ticks end at 9007199254740991');
    kernel.schedule(id, Infinity, Phase.compute, 0, 0);
    kernel.run();
    expect(kernel.eventCount).toBe(1);
  });

  it('refuses two handlers of one path', () => {
    const kernel = new Kernel();
    kernel.register('a', recorder([], ''));
    kernel.register('a', recorder([], ''));
    expect(() => kernel.start()).toThrow('a: two event handlers have this path');
  });
});

describe('Wake', () => {
  it('runs a block once however often it is woken, at the earliest time asked for', () => {
    const kernel = new Kernel();
    const runs: number[] = [];
    const id = kernel.register('b', { onEvent: () => void (wake.isDue() && runs.push(kernel.now)) });
    const wake = new Wake(kernel, id, 0, Phase.compute);
    kernel.start();
    wake.at(30);
    wake.at(10);
    wake.at(20);
    kernel.run();
    expect(runs).toEqual([10]);
    wake.at(40);
    kernel.run();
    expect(runs).toEqual([10, 40]);
  });
});

describe('findWaitCycle', () => {
  const wait = (who: string, whom: string) => ({ who, whom, what: 'x', sinceTick: 0 });

  it('names the cycle and nothing else', () => {
    const cycle = findWaitCycle([wait('a', 'b'), wait('b', 'c'), wait('c', 'd'), wait('d', 'b')]);
    expect(cycle.map(({ who, whom }) => `${who}>${whom}`)).toEqual(['b>c', 'c>d', 'd>b']);
  });

  it('finds none in a tree, also where two chains meet', () => {
    expect(findWaitCycle([wait('a', 'c'), wait('b', 'c'), wait('c', 'd')])).toEqual([]);
  });

  it('finds a block that waits for itself', () => {
    expect(findWaitCycle([wait('a', 'a')])).toHaveLength(1);
  });

  it('walks a chain of 100,000 waits', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => wait(`n${i}`, `n${i + 1}`));
    expect(findWaitCycle([...chain, wait('n100000', 'n99999')])).toHaveLength(2);
  });
});
