import { noExtensions } from '../../../no-extensions.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../core/index.js';
import type { BuiltBlock } from '../../../../core/machine/built-block.js';
import { ErrorProcess } from '../../../../plugins/networks/die-to-die/error-process.js';
import { gaps } from '../../support/lane-spans.js';
import { edge, HEADER, link, request, run, timingOf } from './one-link.js';

/** What the link reports of each way. */
const linksOf = (d2d: BuiltBlock) => d2d.model.report?.()['links'] as { replays: number; replayNs: number }[];

/**
 * A retry flit by flit, in slots of one flit: the receiver throws away what is not the next in order, and the sender hears of an
 * error a flit and `roundTrip` slots after it began to send the wrong one. A flit has an error of its own only if it is looked at.
 */
function goBackN(flits: number, roundTrip: number, random: RandomStream, rate: number) {
  const draw = (): number => 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log1p(-rate));
  let [slot, next, expected, toError, replays, transmissions] = [0, 0, 0, draw(), 0, 0];
  let nakSlot = Infinity;
  while (expected < flits) {
    if (slot === nakSlot) [next, nakSlot] = [expected, Infinity];
    if (next < flits) {
      transmissions++;
      if (next === expected && nakSlot === Infinity) {
        if (--toError === 0) [nakSlot, toError, replays] = [slot + 1 + roundTrip, draw(), replays + 1];
        else expected++;
      }
      next++;
    }
    slot++;
  }
  return { slots: slot, replays, resent: transmissions - flits };
}

describe('replays', () => {
  it('cost exactly what is counted, message by message', () => {
    const config = { bitErrorRate: 1e-5 };
    const timing = timingOf(config);
    let total = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { outcomes, d2d } = run(config, [request({ kind: 'write', rowBytes: 8192 })], {}, seed);
      const replays = d2d.statistics['replays']!;
      expect(d2d.statistics['replayNs']! * 1000).toBeCloseTo(replays * timing.replayTicks);
      // A few of them may have hit the acknowledgement on its way back.
      const ends = Array.from({ length: replays + 1 }, (_, back) => {
        const there = edge(1000 + timing.uncontendedTicks(HEADER + 8192) + (replays - back) * timing.replayTicks);
        return edge(there + 2000 + timing.uncontendedTicks(HEADER) + back * timing.replayTicks) + 1000;
      });
      expect(ends).toContain(outcomes[0]!.doneTick);
      total += replays;
    }
    expect(total).toBeGreaterThan(5);
  });

  it('the end of a run on busy lanes moves by exactly the replays that are counted', () => {
    const stream = Array.from({ length: 300 }, () => request({ kind: 'write' as const, rowBytes: 2392 }));
    const config = { credits: 64, preset: 'ucie-standard' as const };
    const timing = timingOf(config);
    const { replayTicks } = timing;
    expect(replayTicks).toBe(24_000);
    let moved = 0;
    const clean = run(config, stream);
    expect(gaps(clean.toFar)).toEqual([]);
    for (const [bitErrorRate, seed] of [
      [1e-6, 1],
      [1e-6, 2],
      [1e-5, 3],
      [1e-5, 4],
      [1e-4, 5],
    ] as const) {
      const noisy = run({ ...config, bitErrorRate }, stream, {}, seed);
      expect(gaps(noisy.toFar)).toEqual([]);
      const [far, near] = linksOf(noisy.d2d);
      expect(far!.replays).toBeGreaterThan(0);
      expect(far!.replays + near!.replays).toBe(noisy.d2d.statistics['replays']);
      expect(far!.replayNs * 1000).toBe(far!.replays * replayTicks);
      // The stream's lanes end later by their replays; the run also by those of its very last acknowledgement.
      expect(noisy.toFar.at(-1)!.end - clean.toFar.at(-1)!.end).toBe(far!.replays * replayTicks);
      const ofLast = noisy.toNear.at(-1)!.end - noisy.toNear.at(-1)!.start - timing.ticksOf(256);
      expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBe(far!.replays * replayTicks + ofLast);
      if (near!.replays > 0) continue;
      // With no replay of an acknowledgement the run's end moves by all that the link counts.
      expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBe(noisy.d2d.statistics['replayNs']! * 1000);
      moved++;
    }
    expect(moved).toBeGreaterThanOrEqual(2);
  });

  it('hide in the time that lanes have to spare', () => {
    const stream = Array.from({ length: 300 }, (_, i) => request({ kind: 'write' as const, rowBytes: 2392, atCycle: 200 * i }));
    const clean = run({ credits: 64 }, stream);
    const noisy = run({ credits: 64, bitErrorRate: 1e-5 }, stream, {}, 3);
    expect(noisy.d2d.statistics['replays']).toBeGreaterThan(10);
    expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBeLessThan(noisy.d2d.statistics['replayNs']! * 100);
  });

  it('are those of a sender that goes back to the wrong flit', () => {
    const cases = fc.record({ rate: fc.constantFrom(0.01, 0.1, 0.4), roundTrip: fc.integer({ min: 1, max: 6 }), seed: fc.integer({ min: 1, max: 1000 }) });
    fc.assert(
      fc.property(cases, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 }), ({ rate, roundTrip, seed }, messages) => {
        const process = new ErrorProcess(new RandomStream(seed, 'errors'), rate, roundTrip);
        let [replays, resent] = [0, 0];
        messages.forEach((flits, index) => {
          process.pass(flits, index < messages.length - 1);
          replays += process.replays;
          resent += process.resentFlits;
        });
        const flits = messages.reduce((a, b) => a + b, 0);
        const reference = goBackN(flits, roundTrip, new RandomStream(seed, 'errors'), rate);
        expect(replays).toBe(reference.replays);
        expect(flits + replays * (1 + roundTrip)).toBe(reference.slots);
        // Of the last message's errors the reference has nothing more to send; before it, the model takes the round trip as full.
        expect(resent).toBeGreaterThanOrEqual(reference.resent);
        expect(resent).toBeLessThanOrEqual(replays * (1 + roundTrip));
        if (messages.length === 1) expect(resent).toBe(reference.resent);
      }),
    );
  });

  it('send again what went out within a round trip: 2 x latency and the flit that bears the Nak', () => {
    // 8 ns a flit; 4 ns there and back and 8 ns of Nak let two more flits out.
    expect(timingOf({ preset: 'ucie-standard' })).toMatchObject({ roundTripFlits: 2, replayTicks: 24_000 });
    // 2 ns a flit on 64 lanes: 4 + 2 ns, three more.
    expect(timingOf({ preset: 'ucie-advanced' })).toMatchObject({ roundTripFlits: 3, replayTicks: 8_000 });
    expect(timingOf({ preset: 'ucie-standard', phyLatencyNs: 10.5, adapterLatencyNs: 1 })).toMatchObject({ roundTripFlits: 7, replayTicks: 64_000 });
    const one = run({ bitErrorRate: 1e-5 }, [request({ kind: 'write', rowBytes: 8192 })], {}, 2).d2d.statistics;
    expect(one['resentFlits']).toBeGreaterThanOrEqual(one['replays']!);
    expect(one['resentFlits']).toBeLessThanOrEqual(3 * one['replays']!);
  });

  it('take the energy of the flits sent again', () => {
    const { d2d } = run(
      { bitErrorRate: 1e-5, credits: 64 },
      Array.from({ length: 50 }, () => request({ kind: 'write' as const, rowBytes: 2392 })),
    );
    const { flits = 0, resentFlits = 0 } = d2d.statistics;
    expect(resentFlits).toBeGreaterThan(0);
    expect(d2d.energy.breakdownPj(1)['lanes']).toBeCloseTo((flits + resentFlits) * 256 * 8 * 0.5, 3);
  });

  it('come as often as the error rate says, and by the seed', () => {
    const rate = 0.02;
    const process = new ErrorProcess(new RandomStream(5, 'errors'), rate, 2);
    let errors = 0;
    for (let i = 0; i < 20_000; i++) {
      process.pass(10, true);
      errors += process.replays;
    }
    // Each good flit takes 1 / (1 - rate) transmissions; five standard deviations of the sum either way.
    const expected = (200_000 * rate) / (1 - rate);
    expect(Math.abs(errors - expected)).toBeLessThan(5 * Math.sqrt(expected));
    const stream = [request({ rowBytes: 65536 })];
    const ends = [1, 1, 2].map((seed) => run({ bitErrorRate: 1e-5 }, stream, {}, seed).outcomes[0]!.doneTick);
    expect(ends[0]).toBe(ends[1]);
    expect(ends[2]).not.toBe(ends[0]);
  });

  it('need a framing with a CRC', () => {
    expect(link.check?.({ preset: 'aib', bitErrorRate: 1e-9 }, noExtensions)).toMatchObject([{ path: 'bitErrorRate' }]);
  });
});
