import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockDomain, Kernel } from '../../../core/kernel/index.js';
import {
  conversionOf,
  HEADER_BYTES,
  Link,
  Port,
  TrafficClass,
  TransactionKind,
  TransactionPool,
  widthProblem,
  type LinkParameters,
  type LinkWidths,
  type Transaction,
} from '../../../core/model/index.js';

/** Two ports and the links between them; the receiver takes by hand or at once. */
function pair(parameters: LinkParameters, takeAtOnce: boolean, frequencyHz = 1e9) {
  const kernel = new Kernel();
  const clock = new ClockDomain('c', frequencyHz);
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
    expect(arrivals).toEqual([
      { tag: 0, cycle: beats + 3 },
      { tag: 1, cycle: beats + 2 + 3 },
    ]);
    expect(link?.bytesSent).toBe(56 + 8 + 2 * HEADER_BYTES);
    expect(link?.busyTicks).toBe((beats + 2) * 1000);
  });

  it('tells what a message waited for: the wire, and a place at the far end', () => {
    const { kernel, a, drain, write, link } = pair({ latencyCycles: 3, widthBits: 64, depth: 1 }, false);
    const told: unknown[] = [];
    link!.milestones.listen((cause, operation, sinceTick, tick) => told.push([link!.milestones.causes[cause], operation, sinceTick, tick]));
    a.send(write(0, 56));
    kernel.run(Infinity, 9_000);
    expect(a.canSend(TrafficClass.request)).toBe(false);
    kernel.run(Infinity, 20_000);
    drain();
    kernel.run();
    const back = kernel.now;
    expect(a.canSend(TrafficClass.request)).toBe(true);
    a.send(write(1, 56));
    drain();
    expect(told).toEqual([['credit', -1, expect.any(Number), back]]);
    const deep = pair({ latencyCycles: 3, widthBits: 64, depth: 2 }, true);
    deep.link!.milestones.listen((cause, _operation, sinceTick, tick) => told.push([deep.link!.milestones.causes[cause], sinceTick, tick]));
    deep.a.send(deep.write(0, 56));
    deep.a.send(deep.write(1, 8));
    expect(told.at(-1)).toEqual(['link', 0, 8000]);
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
    const parameters = fc.record({
      latencyCycles: fc.integer({ min: 1, max: 5 }),
      widthBits: fc.constantFrom(8, 64, 512),
      depth: fc.integer({ min: 1, max: 4 }),
    });
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

/** Beats of a message of `bytes` payload bytes. */
const beatsOf = (bytes: number, widthBits: number): number => Math.ceil(((bytes + HEADER_BYTES) * 8) / widthBits);

describe('a clock of its own', () => {
  const clock = new ClockDomain('link', 750e6);

  it('counts edges, beats and latency of a link between two faster blocks', () => {
    const { kernel, a, arrivals, write } = pair({ latencyCycles: 3, widthBits: 64, depth: 4 }, true, 750e6);
    a.send(write(0, 56));
    kernel.run();
    // Blocks at 1 GHz see eight beats and three cycles of 4/3 ns: 14.667 ns, where 11 cycles of theirs would be 11 ns.
    expect(arrivals).toEqual([{ tag: 0, cycle: 14.667 }]);
    expect(arrivals[0]!.cycle * 1000).toBe(clock.tickOf(11));
  });

  it('begins at its next edge and returns credits in its cycles', () => {
    const { kernel, a, b, rooms, write } = pair({ latencyCycles: 2, widthBits: 64, depth: 1 }, false, 750e6);
    a.send(write(0, 0));
    expect(a.canSend(TrafficClass.request)).toBe(false);
    kernel.run();
    expect(kernel.now).toBe(clock.tickOf(3));
    const takenAt = kernel.now;
    b.take(TrafficClass.request);
    kernel.run();
    expect(rooms).toEqual([clock.after(takenAt, 2) / 1000]);
  });
});

describe('pipelining', () => {
  const lastOf = (count: number, bytes: number, parameters: LinkParameters): number => {
    const { kernel, a, arrivals, write } = pair(parameters, true);
    for (let i = 0; i < count; i++) a.send(write(i, bytes));
    kernel.run();
    return arrivals.at(-1)!.cycle;
  };

  it('n messages take n beats and one latency when pipelined, n of both when not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(8, 64, 512),
        (count, bytes, latencyCycles, widthBits) => {
          const beats = beatsOf(bytes, widthBits);
          expect(lastOf(count, bytes, { latencyCycles, widthBits, depth: 8 })).toBe(count * beats + latencyCycles);
          expect(lastOf(count, bytes, { latencyCycles, widthBits, depth: 8, pipelined: false })).toBe(count * (beats + latencyCycles));
        },
      ),
    );
  });

  it('a link that is not pipelined is busy until the message has arrived, also when its width is unlimited', () => {
    const { kernel, a, write, link } = pair({ latencyCycles: 5, widthBits: Infinity, depth: 4, pipelined: false }, true);
    a.send(write(0, 64));
    a.send(write(1, 64));
    kernel.run();
    expect(kernel.now).toBe(10_000);
    expect(link?.busyTicks).toBe(10_000);
  });
});

describe('energy', () => {
  it('counts every bit sent, headers included, and nothing where no figure is stated', () => {
    const { kernel, a, write, link } = pair({ latencyCycles: 1, widthBits: 64, depth: 4, energyPerBitPj: 0.25 }, true);
    a.send(write(0, 56));
    a.send(write(1, 1));
    kernel.run();
    expect(link?.energyPj).toBe((56 + 1 + 2 * HEADER_BYTES) * 8 * 0.25);
    expect(pair({ latencyCycles: 1, widthBits: 64, depth: 4 }, true).link?.energyPj).toBeUndefined();
  });
});

/**
 * Cycle in which the last bit of a message comes out, beat by beat: each part passes a beat on in a cycle; a converter passes on
 * from the cycle after it holds a whole beat of its output, or the end of the message. The latency lies on the wires.
 */
function beatByBeat(bits: number, parts: readonly [number, number, number], latencyCycles: number): number {
  let ready: { cycle: number; bits: number }[] = [{ cycle: 0, bits }];
  let previous = Infinity;
  parts.forEach((width, index) => {
    const out: typeof ready = [];
    let [held, sent, free] = [0, 0, 0];
    for (const { cycle, bits: some } of ready) {
      held += some;
      while (held >= width || (held > 0 && sent + held === bits)) {
        const beat = Math.min(width, held);
        free = Math.max(cycle, free) + (width === previous ? 0 : 1);
        out.push({ cycle: free, bits: beat });
        held -= beat;
        sent += beat;
      }
    }
    previous = width;
    ready = out.map(({ cycle, bits: some }) => ({ cycle: cycle + (index === 1 ? latencyCycles : 0), bits: some }));
  });
  return ready.at(-1)!.cycle;
}

describe('width conversion', () => {
  const chain = (...[fromWidthBits, widthBits, toWidthBits]: [number, number, number]): LinkWidths => ({ fromWidthBits, widthBits, toWidthBits });

  it('the narrowest part sets the pace, each change of width costs a converter', () => {
    expect(conversionOf({})).toEqual({ paceBits: Infinity, converters: 0 });
    expect(conversionOf({ widthBits: 128 })).toEqual({ paceBits: 128, converters: 0 });
    expect(conversionOf(chain(512, 128, 512))).toEqual({ paceBits: 128, converters: 2 });
    expect(conversionOf(chain(512, 256, 128))).toEqual({ paceBits: 128, converters: 2 });
    expect(conversionOf({ fromWidthBits: 512, toWidthBits: 64 })).toEqual({ paceBits: 64, converters: 1 });
    expect(conversionOf({ fromWidthBits: 64, widthBits: 64 })).toEqual({ paceBits: 64, converters: 0 });
  });

  it('refuses widths that no converter fits', () => {
    expect(widthProblem({ fromWidthBits: 96, widthBits: 64 })).toContain('neither of 96 and 64 bits');
    expect(widthProblem(chain(64, 256, 128))).toContain('wider than both ends');
    expect(widthProblem(chain(256, 128, 64))).toBeUndefined();
    expect(widthProblem({})).toBeUndefined();
  });

  it('costs what passing the message on beat by beat costs', () => {
    const ratio = fc.constantFrom(1, 2, 4, 8);
    const shape = fc.constantFrom<(a: number, b: number) => [number, number, number]>(
      (a, b) => [64 * a * b, 64 * a, 64],
      (a, b) => [64, 64 * a, 64 * a * b],
      (a, b) => [64 * a, 64, 64 * b],
    );
    fc.assert(
      fc.property(shape, ratio, ratio, fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 6 }), (shapeOf, first, second, bytes, latencyCycles) => {
        const parts = shapeOf(first, second);
        const { paceBits, converters } = conversionOf(chain(...parts));
        const { kernel, a, arrivals, write } = pair({ latencyCycles, widthBits: paceBits, conversionCycles: converters, depth: 4 }, true);
        a.send(write(0, bytes));
        kernel.run();
        expect(arrivals[0]!.cycle).toBe(beatsOf(bytes, paceBits) + latencyCycles + converters);
        expect(arrivals[0]!.cycle).toBe(beatByBeat((bytes + HEADER_BYTES) * 8, parts, latencyCycles));
      }),
    );
  });

  it('does not slow a stream: one converter latency in all', () => {
    const { kernel, a, arrivals, write } = pair({ latencyCycles: 2, widthBits: 64, conversionCycles: 3, depth: 8 }, true);
    for (let i = 0; i < 8; i++) a.send(write(i, 56));
    kernel.run();
    expect(arrivals.at(-1)!.cycle).toBe(8 * 8 + 2 + 3);
  });
});
