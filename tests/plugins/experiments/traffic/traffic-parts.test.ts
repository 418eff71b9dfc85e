import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../core/index.js';
import { buildNetwork } from '../../../../plugins/networks/noc-flit/api.js';
import { BernoulliSources } from '../../../../plugins/lib/traffic/injection.js';
import { readPacketTrace, TraceRun } from '../../../../plugins/experiments/traffic/packet-trace.js';
import { makePattern } from '../../../../plugins/lib/traffic/patterns.js';
import { findSaturation } from '../../../../plugins/lib/traffic/saturation.js';

const shape = { nodes: 64, radix: 8, digits: 2 };
const none = (): number => 0;
const at = (name: string, source: number): number => makePattern(name, shape, none)(source);

describe('patterns on 8 x 8 nodes', () => {
  it('follow their definitions', () => {
    expect(at('transpose', 0b001_110)).toBe(0b110_001);
    expect(at('bitcomp', 0b001_110)).toBe(0b110_001);
    expect(at('bitrev', 0b001_100)).toBe(0b001_100);
    expect(at('bitrev', 0b000_001)).toBe(0b100_000);
    expect(at('shuffle', 0b100_001)).toBe(0b000_011);
    expect(at('tornado', 0)).toBe(3 + 8 * 3);
    expect(at('tornado', 63)).toBe(2 + 8 * 2);
    expect(at('neighbor', 7 + 8 * 2)).toBe(0 + 8 * 3);
    expect(at('hotspot({27})', 5)).toBe(27);
  });

  it.each(['transpose', 'bitcomp', 'bitrev', 'shuffle', 'tornado', 'neighbor', 'randperm'])('%s is a permutation', (name) => {
    const random = new RandomStream(1, 'test');
    const destinationOf = makePattern(name, shape, (bound) => random.below(bound));
    expect(new Set(Array.from({ length: 64 }, (_, node) => destinationOf(node))).size).toBe(64);
  });

  it('weights of hotspots hold', () => {
    const random = new RandomStream(1, 'test');
    const destinationOf = makePattern('hotspot({3,9},{3,1})', shape, (bound) => random.below(bound));
    let threes = 0;
    for (let draw = 0; draw < 4000; draw++) if (destinationOf(0) === 3) threes++;
    expect(threes / 4000).toBeCloseTo(0.75, 1);
  });

  it('are refused where they make no sense', () => {
    expect(() => makePattern('transpose', { nodes: 12, radix: 12, digits: 1 }, none)).toThrow(/power of two of nodes, got 12/);
    expect(() => makePattern('transpse', shape, none)).toThrow(/no traffic pattern 'transpse'.*transpose/);
    expect(() => makePattern('hotspot({64})', shape, none)).toThrow(/64 nodes/);
  });
});

describe('Bernoulli sources', () => {
  it('make the wanted number of packets, in order of time, and two seeds differ', () => {
    const times = (seed: number): number[] => {
      const sources = new BernoulliSources(16, 0.02, seed, 'test');
      const list: number[] = [];
      while (sources.nextCycle < 20_000) {
        list.push(sources.nextCycle);
        sources.take();
      }
      return list;
    };
    const first = times(1);
    // 6400 expected, standard deviation 79.
    expect(Math.abs(first.length - 6400)).toBeLessThan(320);
    expect(first.every((time, index) => index === 0 || time >= first[index - 1]!)).toBe(true);
    expect(times(2)).not.toEqual(first);
  });

  it('at probability 1 every node sends in every cycle from 0 on', () => {
    const sources = new BernoulliSources(3, 1, 1, 'test');
    expect(Array.from({ length: 6 }, () => [sources.nextCycle, sources.take()])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
  });
});

describe('saturation', () => {
  it('is found to the wanted precision', () => {
    const { stableLoad, unstableLoad, runs } = findSaturation((load) => load <= 0.4137, 0.001);
    expect(stableLoad).toBeLessThanOrEqual(0.4137);
    expect(unstableLoad).toBeGreaterThan(0.4137);
    expect(unstableLoad - stableLoad).toBeLessThan(0.001);
    expect(runs).toBeLessThan(16);
  });
});

describe('packet traces', () => {
  it('are read with their dependencies, and errors name the line', () => {
    const packets = readPacketTrace('# cycle, ...\n5, 0, 3, 64\n\n7 1 2 10 0', 'a.txt', 4);
    expect(packets).toEqual([
      { cycle: 5, source: 0, destination: 3, bytes: 64, after: [] },
      { cycle: 7, source: 1, destination: 2, bytes: 10, after: [0] },
    ]);
    expect(() => readPacketTrace('0, 0, 4, 64', 'a.txt', 4)).toThrow(/a\.txt:1:1: there is no node 4/);
    expect(() => readPacketTrace('0, 0, 1, 64\n0, 0, x, 1', 'a.txt', 4)).toThrow(/a\.txt:2:1: .*is not a packet/);
    expect(() => readPacketTrace('0, 0, 1, 64, 0', 'a.txt', 4)).toThrow(/packet 0 waits for packet 0/);
  });

  it('a packet enters at its time or with the arrival that it waits for, whichever is later', () => {
    const { network } = buildNetwork({ topology: 'mesh', options: { k: 2, n: 1 } }, none);
    const trace = readPacketTrace('10, 0, 1, 16\n0, 1, 0, 16, 0\n100, 0, 1, 16, 1', 'a.txt', 2);
    const run = new TraceRun(network, trace, 16);
    run.run(() => false);
    const alone = 2 + 5 * 2;
    expect(Array.from(run.arrivals)).toEqual([10 + alone, 10 + 2 * alone, 100 + alone]);
  });
});
