import { noExtensions } from '../../../no-extensions.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMachine } from '../../../../core/machine/machine.js';
import type { BlockPlugin } from '../../../../core/index.js';
import type { SramConfig } from '../../../../plugins/memories/sram/config.js';
import { accessPicojoules } from '../../../../plugins/memories/sram/energy-model.js';
import { sramPlugin } from '../../../../plugins/memories/sram/index.js';
import { SramBlock } from '../../../../plugins/memories/sram/sram-block.js';
import { scriptedDriver, type DriverOptions, type ScriptedRequest } from '../../support/traffic-driver.js';
import { caseCount } from '../../../many.js';

const sram = sramPlugin as BlockPlugin;
/** The same memory with an event for every cycle. */
const stepwiseSram: BlockPlugin = { ...sram, create: (context) => new SramBlock(context as never, true) };
const PERIOD = 1000;

type Script = readonly ScriptedRequest[];
const request = (fields: Partial<ScriptedRequest>): ScriptedRequest => ({ atCycle: 0, target: 'l1', rowBytes: 64, ...fields });

function run(config: Partial<SramConfig>, scripts: readonly Script[], plugin = sram, options: DriverOptions = {}) {
  const drivers = scripts.map((script, index) => scriptedDriver(script, index === 0 ? options : {}));
  const machine = buildMachine({
    name: 'sram under test',
    clocks: { core: 1e9 },
    blocks: [{ path: 'l1', plugin, config, clock: 'core' }, ...drivers.map((driver, i) => ({ path: `driver${i}`, plugin: driver.plugin, clock: 'core' }))],
    connections: drivers.map((_, i) => ({ from: `driver${i}.memory0`, to: `l1.port${i}` })),
  });
  machine.run();
  machine.finish();
  return { machine, times: drivers.map((driver) => driver.outcomes), l1: machine.built('l1') };
}

describe('uncontended closed form', () => {
  it.each([
    [{ rowBytes: 64 }, 4],
    [{ rowBytes: 16 }, 1],
    [{ rowBytes: 1 }, 1],
    [{ rowBytes: 1000 }, 63],
    [{ rowBytes: 16, address: 4 }, 2],
    [{ rowBytes: 32, rows: 10, pitchBytes: 256 }, 20],
  ])('%o takes %i cycles of service: link + service - 1 + latency + link', (fields, serviceCycles) => {
    const { times } = run({ accessLatencyCycles: 3 }, [[request(fields)]]);
    expect(times[0]![0]!.doneTick).toBe((1 + serviceCycles - 1 + 3 + 1) * PERIOD);
  });

  it('serves bursts of one port back to back', () => {
    const { times } = run({}, [[request({}), request({}), request({})]]);
    expect(times[0]!.map((t) => t.doneTick / PERIOD)).toEqual([6, 10, 14]);
  });

  it('costs a fixed number of events however long the burst is', () => {
    const events = [1024, 65536].map((rowBytes) => run({}, [[request({ rowBytes })]]).machine.kernel.eventCount);
    expect(events[1]).toBe(events[0]);
  });
});

/** Cycles of one burst, beat by beat from its byte addresses, by the definition and nothing else. */
function bruteForce(config: SramConfig, burst: Required<Pick<ScriptedRequest, 'address' | 'rowBytes' | 'rows' | 'pitchBytes'>>) {
  const wordBytes = config.wordBits / 8;
  const words: number[] = [];
  const joined = burst.rows > 1 && burst.pitchBytes === burst.rowBytes;
  for (let row = 0; row < (joined ? 1 : burst.rows); row++) {
    const from = burst.address + row * burst.pitchBytes;
    const bytes = joined ? burst.rowBytes * burst.rows : burst.rowBytes;
    const seen = new Set<number>();
    for (let byte = from; byte < from + bytes; byte++) seen.add(Math.floor(byte / wordBytes));
    words.push(...seen);
  }
  const bits = Math.log2(config.banks);
  const wordsPerBank = config.capacityBytes / config.banks / wordBytes;
  const bankOf = (word: number): number => {
    if (config.interleaving === 'low-order') return word % config.banks;
    if (config.interleaving === 'high-order') return Math.floor(word / wordsPerBank);
    return (word % config.banks) ^ (Math.floor(word / 2 ** bits) % config.banks);
  };
  const beat = config.portWidthBits / config.wordBits;
  let [cycles, conflicts] = [0, 0];
  for (let first = 0; first < words.length; first += beat) {
    const perBank = new Map<number, number>();
    for (const word of words.slice(first, first + beat)) perBank.set(bankOf(word), (perBank.get(bankOf(word)) ?? 0) + 1);
    cycles += Math.max(...perBank.values());
    for (const count of perBank.values()) conflicts += (count * (count - 1)) / 2;
  }
  return { cycles, conflicts, words: words.length };
}

const configs = fc.record({
  banks: fc.constantFrom(1, 2, 4, 8, 16),
  wordBits: fc.constantFrom(8, 32, 64),
  lanes: fc.constantFrom(1, 2, 3, 4, 8),
  interleaving: fc.constantFrom('low-order', 'xor', 'high-order'),
  accessLatencyCycles: fc.integer({ min: 1, max: 4 }),
  arbitration: fc.constantFrom('round-robin', 'priority', 'age'),
});

type RandomConfig = typeof configs extends fc.Arbitrary<infer T> ? T : never;

const toConfig = ({ lanes, ...rest }: RandomConfig): Partial<SramConfig> =>
  ({ ...rest, capacityBytes: 65536, portWidthBits: lanes * rest.wordBits }) as Partial<SramConfig>;

const bursts = fc.record({
  address: fc.integer({ min: 0, max: 300 }),
  rowBytes: fc.integer({ min: 1, max: 100 }),
  rows: fc.integer({ min: 1, max: 20 }),
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 })),
  kind: fc.constantFrom('read' as const, 'write' as const),
  wait: fc.integer({ min: 0, max: 40 }),
  priority: fc.integer({ min: 0, max: 2 }),
});

const scripts = fc.array(bursts, { minLength: 1, maxLength: 6 }).map((list): Script => {
  let atCycle = 0;
  return list.map(({ wait, gap, ...burst }) => request({ ...burst, pitchBytes: burst.rowBytes + gap, atCycle: (atCycle += wait) }));
});

describe('bank conflicts', () => {
  it('counts of random strided bursts equal a brute-force count', () => {
    fc.assert(
      fc.property(configs, bursts, (random, burst) => {
        const config = toConfig(random);
        const geometry = { address: burst.address, rowBytes: burst.rowBytes, rows: burst.rows, pitchBytes: burst.rowBytes + burst.gap };
        const expected = bruteForce(config as SramConfig, geometry);
        const { l1, times } = run(config, [[request(geometry)]]);
        expect(l1.statistics['bankConflicts']).toBe(expected.conflicts);
        expect(l1.statistics['wordAccesses']).toBe(expected.words);
        expect(times[0]![0]!.doneTick / PERIOD).toBe(1 + expected.cycles - 1 + random.accessLatencyCycles + 1);
      }),
      { numRuns: caseCount(300) },
    );
  });

  it('a transposed tile on one bank is served a word a cycle, and spread out by xor', () => {
    const column = request({ rowBytes: 8, rows: 16, pitchBytes: 8 * 16 });
    const lowOrder = run({ portWidthBits: 64 * 8 }, [[column]]).l1.statistics['conflictCycles'];
    const xor = run({ portWidthBits: 64 * 8, interleaving: 'xor' }, [[column]]).l1.statistics['conflictCycles'];
    expect([lowOrder, xor]).toEqual([14, 0]);
  });
});

describe('fast path', () => {
  it('gives the times of the cycle-by-cycle path, whoever competes', () => {
    fc.assert(
      fc.property(configs, fc.array(scripts, { minLength: 1, maxLength: 3 }), (random, traffic) => {
        const config = toConfig(random);
        const [fast, slow] = [run(config, traffic), run(config, traffic, stepwiseSram)];
        expect(fast.times).toEqual(slow.times);
        expect(fast.l1.statistics).toEqual(slow.l1.statistics);
        expect([...fast.l1.stalls.ticks]).toEqual([...slow.l1.stalls.ticks]);
        expect(fast.machine.kernel.eventCount).toBeLessThanOrEqual(slow.machine.kernel.eventCount);
      }),
      { numRuns: caseCount(200) },
    );
  });
});

describe('any traffic', () => {
  it('conserves bytes, is not faster than banks and port allow, sums its stall stack, and repeats itself', () => {
    fc.assert(
      fc.property(configs, fc.array(scripts, { minLength: 1, maxLength: 3 }), (random, traffic) => {
        const config = toConfig(random);
        const first = run(config, traffic);
        const again = run(config, traffic);
        expect(again.times).toEqual(first.times);
        const { statistics, stalls } = first.l1;
        const asked = traffic.flat().reduce((sum, burst) => sum + burst.rowBytes * (burst.rows ?? 1), 0);
        expect(statistics['bytesRead']! + statistics['bytesWritten']!).toBe(asked);
        expect(statistics['busyCycles']! * Math.min(random.banks, random.lanes * traffic.length)).toBeGreaterThanOrEqual(statistics['wordAccesses']!);
        expect(stalls.ticks.reduce((a, b) => a + b, 0)).toBe(first.machine.kernel.now);
        expect((stalls.ticks[1]! + stalls.ticks[2]!) / PERIOD).toBe(statistics['busyCycles']);
        expect(first.machine.transactions.inFlight).toBe(0);
        for (const outcome of first.times.flat()) expect(outcome.doneTick).toBeGreaterThan(outcome.sentTick);
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('waits for a requester that takes no responses, and loses nothing', () => {
    const script = Array.from({ length: 30 }, () => request({ rowBytes: 16 }));
    const { times, l1, machine } = run({}, [script], sram, { takeResponsesFromCycle: 500 });
    expect(machine.transactions.inFlight).toBe(0);
    expect(times[0]!.every((t) => t.doneTick >= 500 * PERIOD)).toBe(true);
    // Four responses wait in the port's inbox, four in the memory; it serves no more than it can keep.
    expect(l1.stalls.ticks[3]! / PERIOD).toBeGreaterThan(480);
  });
});

describe('arbitration', () => {
  const oneBank = { banks: 1, capacityBytes: 4096, portWidthBits: 64 } as const;
  const two = (priority: number): Script[] => [[request({ rowBytes: 80 })], [request({ rowBytes: 80, priority })]];

  it('round-robin shares a bank, the first in turn ends first', () => {
    expect(run(oneBank, two(0)).times.map((t) => t[0]!.doneTick / PERIOD)).toEqual([21, 22]);
  });

  it('priority serves the higher one first', () => {
    expect(run({ ...oneBank, arbitration: 'priority' }, two(1)).times.map((t) => t[0]!.doneTick / PERIOD)).toEqual([22, 12]);
  });

  it('age serves the one that came first', () => {
    const late = [[request({ rowBytes: 80, atCycle: 3 })], [request({ rowBytes: 80 })]];
    expect(run({ ...oneBank, arbitration: 'age' }, late).times.map((t) => t[0]!.doneTick / PERIOD)).toEqual([22, 12]);
  });
});

describe('configuration', () => {
  it('refuses a write at a read port', () => {
    const config = { ports: { port0: { access: 'read' as const } } };
    expect(() => run(config, [[request({ kind: 'write' })]])).toThrow(/l1\.port0 takes only reads, but driver0 sent a write/);
  });

  it('refuses an address beyond the capacity', () => {
    expect(() => run({ capacityBytes: 1024 }, [[request({ address: 1020, rowBytes: 8 })]])).toThrow(/bytes 1020 \.\. 1028 of a memory of 1024/);
  });

  it('names capacity, banks and widths that do not fit', () => {
    const config = { capacityBytes: 1000, banks: 6, wordBits: 64, portWidthBits: 96, interleaving: 'xor', ports: { out: { access: 'read' } } };
    const problems = sram.check?.(config, noExtensions) ?? [];
    expect(problems.map((problem) => problem.path)).toEqual(['capacityBytes', 'banks', 'portWidthBits', 'ports.out']);
  });
});

describe('energy', () => {
  it('meets the published points and scales with the width', () => {
    expect(accessPicojoules(8 * 1024, 64)).toBeCloseTo(10);
    expect(accessPicojoules(32 * 1024, 64)).toBeCloseTo(20);
    expect(accessPicojoules(1024 * 1024, 64)).toBeCloseTo(100);
    expect(accessPicojoules(8 * 1024, 128)).toBeCloseTo(20);
  });

  it('counts words, not bytes', () => {
    const { l1 } = run({ readEnergyPj: 2, writeEnergyPj: 3 }, [[request({ rowBytes: 1, rows: 10, pitchBytes: 64 }), request({ kind: 'write', rowBytes: 8 })]]);
    expect(l1.energy.breakdownPj(0)).toEqual({ read: 20, write: 3, leakage: 0 });
  });
});
