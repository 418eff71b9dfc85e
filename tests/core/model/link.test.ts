import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockDomain, Kernel } from '../../../core/kernel/index.js';
import { HEADER_BYTES, Link, Port, TrafficClass, TransactionKind, TransactionPool, type Transaction } from '../../../core/model/index.js';

/** Two ports and the links between them; the receiver takes by hand or at once. */
function pair(parameters: { latencyCycles: number; widthBits: number; depth: number }, takeAtOnce: boolean) {
  const kernel = new Kernel();
  const clock = new ClockDomain('c', 1e9);
  const pool = new TransactionPool();
  const [a, b] = [new Port('a.out', 'out', 0, 0, parameters.depth), new Port('b.in', 'in', 0, 1, parameters.depth)];
  a.outgoing = b.incoming = new Link(kernel, clock, parameters, a, b);
  b.outgoing = a.incoming = new Link(kernel, clock, parameters, b, a);
  const arrivals: { tag: number; cycle: number }[] = [];
  const rooms: number[] = [];
  const drain = (): void => {
    for (let t = b.take(TrafficClass.request); t !== undefined; t = b.take(TrafficClass.request)) {
      arrivals.push({ tag: t.tag, cycle: kernel.now / 1000 });
      pool.release(t);
    }
  };
  if (takeAtOnce) b.owner = { onArrival: drain };
  a.owner = { onRoom: () => void rooms.push(kernel.now / 1000) };
  kernel.start();
  const write = (tag: number, bytes: number): Transaction => {
    const t = pool.acquire();
    Object.assign(t, { kind: TransactionKind.write, rowBytes: bytes, rows: 1, tag });
    return t;
  };
  return { kernel, a, b, arrivals, rooms, drain, write, pool, link: a.outgoing };
}

describe('Link', () => {
  it('delivers after serialisation and latency, back to back', () => {
    const { kernel, a, arrivals, write, link } = pair({ latencyCycles: 3, widthBits: 64, depth: 4 }, true);
    a.send(write(0, 56));
    a.send(write(1, 8));
    kernel.run();
    const beats = (56 + HEADER_BYTES) / 8;
    expect(arrivals).toEqual([{ tag: 0, cycle: beats + 3 }, { tag: 1, cycle: beats + 2 + 3 }]);
    expect(link?.bytesSent).toBe(56 + 8 + 2 * HEADER_BYTES);
    expect(link?.busyTicks).toBe((beats + 2) * 1000);
  });

  it('costs its latency alone when the width is unlimited', () => {
    const { kernel, a, arrivals, write } = pair({ latencyCycles: 1, widthBits: Infinity, depth: 4 }, true);
    a.send(write(7, 1e6));
    kernel.run();
    expect(arrivals).toEqual([{ tag: 7, cycle: 1 }]);
  });

  it('stops the sender when the far inbox is full and wakes it a latency after a slot is taken', () => {
    const { kernel, a, b, rooms, write } = pair({ latencyCycles: 2, widthBits: Infinity, depth: 2 }, false);
    a.send(write(0, 8));
    a.send(write(1, 8));
    expect(a.canSend(TrafficClass.request)).toBe(false);
    expect(() => a.send(write(2, 8))).toThrow('a.out: send into a full port');
    expect(a.canSend(TrafficClass.response)).toBe(true);
    kernel.run();
    expect(rooms).toEqual([]);
    b.take(TrafficClass.request);
    kernel.run();
    expect(rooms).toEqual([4]);
    expect(a.canSend(TrafficClass.request)).toBe(true);
  });

  it('loses nothing, keeps order and never beats its width', () => {
    const message = fc.record({ bytes: fc.integer({ min: 0, max: 200 }) });
    const parameters = fc.record({ latencyCycles: fc.integer({ min: 1, max: 5 }), widthBits: fc.constantFrom(8, 64, 512), depth: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(parameters, fc.array(message, { maxLength: 40 }), (link, messages) => {
        const { kernel, a, arrivals, write, pool } = pair(link, true);
        let next = 0;
        const push = (): void => {
          while (next < messages.length && a.canSend(TrafficClass.request)) {
            a.send(write(next, messages[next]!.bytes));
            next++;
          }
        };
        a.owner = { onRoom: push };
        push();
        kernel.run();
        expect(arrivals.map(({ tag }) => tag)).toEqual(messages.map((_, index) => index));
        const beats = messages.reduce((sum, { bytes }) => sum + Math.ceil(((bytes + HEADER_BYTES) * 8) / link.widthBits), 0);
        if (messages.length > 0) expect(arrivals.at(-1)!.cycle).toBeGreaterThanOrEqual(beats + link.latencyCycles);
        expect(pool.inFlight).toBe(0);
      }),
    );
  });
});
