import { noExtensions } from '../../../no-extensions.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { buildMachine } from '../../../../core/machine/machine.js';
import type { CacheConfig } from '../../../../plugins/memories/cache/config.js';
import { cachePlugin } from '../../../../plugins/memories/cache/index.js';
import { sramPlugin } from '../../../../plugins/memories/sram/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { scriptedDriver, type DriverOptions, type ScriptedRequest } from '../../support/traffic-driver.js';
import { caseCount } from '../../../many.js';

const cache = cachePlugin as BlockPlugin;
const LINE = 64;

function run(config: Partial<CacheConfig>, scripts: readonly (readonly ScriptedRequest[])[], memory: BlockPlugin = echoMemory, options: DriverOptions = {}) {
  const drivers = scripts.map((script) => scriptedDriver(script, options));
  const machine = buildMachine({
    name: 'cache under test',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'llc', plugin: cache, config: { capacityBytes: 1024, ways: 2, hitLatencyCycles: 5, ...config }, clock: 'core' },
      { path: 'dram', plugin: memory, clock: 'core' },
      ...drivers.map((driver, i) => ({ path: `driver${i}`, plugin: driver.plugin, clock: 'core' })),
    ],
    connections: [{ from: 'llc.memory', to: 'dram.port0' }, ...drivers.map((_, i) => ({ from: `driver${i}.memory0`, to: `llc.port${i}` }))],
  });
  machine.run();
  machine.finish();
  const cycles = drivers.map((driver) => driver.outcomes.map((o) => (o.doneTick - o.sentTick) / 1000));
  return { machine, cycles, outcomes: drivers.map((driver) => driver.outcomes), llc: machine.built('llc') };
}

const request = (fields: Partial<ScriptedRequest>): ScriptedRequest => ({ atCycle: 0, target: 'dram', rowBytes: LINE, ...fields });

describe('uncontended closed form', () => {
  it('a miss goes to the memory after the hit latency, a hit answers then', () => {
    const { cycles } = run({}, [[request({}), request({ atCycle: 100 })]]);
    // There and back over two connections; the memory answers at once.
    expect(cycles[0]).toEqual([1 + 5 + 1 + 1 + 1, 1 + 5 + 1]);
  });

  it('a burst takes a look-up for each line that it touches', () => {
    const warm = request({ rowBytes: 512 });
    const { cycles } = run({}, [[warm, { ...warm, atCycle: 100 }, request({ atCycle: 200, address: 32, rowBytes: 8, rows: 4, pitchBytes: 100 })]]);
    expect(cycles[0]!.slice(1)).toEqual([1 + 8 - 1 + 5 + 1, 1 + 4 - 1 + 5 + 1]);
  });

  it('misses to a line that is being fetched join it', () => {
    const { llc } = run({}, [[request({ rowBytes: 8 }), request({ address: 8, rowBytes: 8 })]]);
    expect(llc.statistics).toMatchObject({ misses: 1, joinedMisses: 1, bytesFetched: LINE });
  });
});

describe('routing', () => {
  it('takes a request addressed to itself as one for the memory behind it, the same line', () => {
    const { llc } = run({}, [[request({}), request({ atCycle: 50, target: 'llc' })]]);
    expect(llc.statistics).toMatchObject({ hits: 1, misses: 1, bytesFetched: LINE });
  });
});

describe('contents', () => {
  it('a write of a whole line is not fetched, of a part it is', () => {
    const { llc } = run({}, [[request({ kind: 'write' }), request({ kind: 'write', address: 64, rowBytes: 32 })]]);
    expect(llc.statistics).toMatchObject({ misses: 2, bytesFetched: LINE, dirtyLines: 2, writeBacks: 0 });
  });

  it('hits, misses and lines written back equal those of a list kept by hand', () => {
    const access = fc.record({ line: fc.nat(40), kind: fc.constantFrom('read' as const, 'write' as const), part: fc.boolean() });
    fc.assert(
      fc.property(fc.array(access, { maxLength: 60 }), fc.constantFrom(1, 2, 4), (list, ways) => {
        const script = list.map(({ line, kind, part }, i) => request({ atCycle: i * 100, address: line * LINE, kind, rowBytes: part ? 16 : LINE }));
        const { llc } = run({ ways }, [script]);
        const sets = Array.from({ length: 1024 / LINE / ways }, (): { line: number; dirty: boolean }[] => []);
        const expected = { hits: 0, misses: 0, writeBacks: 0 };
        for (const { line, kind } of list) {
          const set = sets[line % sets.length]!;
          const at = set.findIndex((entry) => entry.line === line);
          const [entry] = at >= 0 ? set.splice(at, 1) : [{ line, dirty: false }];
          expected[at >= 0 ? 'hits' : 'misses']++;
          if (at < 0 && set.length === ways && set.shift()!.dirty) expected.writeBacks++;
          entry!.dirty ||= kind === 'write';
          set.push(entry!);
        }
        expect(llc.statistics).toMatchObject(expected);
        expect(llc.statistics['dirtyLines']).toBe(sets.flat().filter((entry) => entry.dirty).length);
      }),
      { numRuns: caseCount(100) },
    );
  });
});

describe('any traffic', () => {
  it('answers everything with any number of registers and buffers, sums its stall stack and repeats itself', () => {
    const access = fc.record({
      address: fc.nat(8000),
      rowBytes: fc.integer({ min: 1, max: 300 }),
      rows: fc.integer({ min: 1, max: 4 }),
      kind: fc.constantFrom('read' as const, 'write' as const),
      atCycle: fc.nat(30),
    });
    const scripts = fc.array(
      fc.array(access, { maxLength: 10 }).map((list) => list.map((a) => request({ ...a, pitchBytes: a.rowBytes + 128 }))),
      { minLength: 1, maxLength: 3 },
    );
    const configs = fc.record({
      mshrs: fc.integer({ min: 1, max: 4 }),
      writeBuffers: fc.integer({ min: 1, max: 2 }),
      pendingBursts: fc.integer({ min: 1, max: 3 }),
      ways: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(scripts, configs, fc.constantFrom(0, 400), (traffic, config, takeResponsesFromCycle) => {
        const { machine, llc, outcomes } = run(config, traffic, sramPlugin as BlockPlugin, { takeResponsesFromCycle });
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        const { statistics } = llc;
        expect(machine.built('dram').statistics['bytesRead']).toBe(statistics['bytesFetched']);
        expect(machine.built('dram').statistics['bytesWritten']).toBe(statistics['bytesWrittenBack']);
        expect(statistics['bursts']).toBe(traffic.flat().length);
        expect(llc.stalls.ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
        expect(run(config, traffic, sramPlugin as BlockPlugin, { takeResponsesFromCycle }).outcomes).toEqual(outcomes);
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('fewer registers are not faster', () => {
    const script = [request({ rowBytes: 1024 })];
    const [one, four] = [1, 4].map((mshrs) => run({ mshrs, capacityBytes: 4096 }, [script]).cycles[0]![0]!);
    expect(one).toBeGreaterThan(3 * four! * 0.9);
  });
});

describe('configuration', () => {
  it('names sizes that do not fit', () => {
    expect(cache.check?.({ capacityBytes: 1000, ways: 3, lineBytes: 60 }, noExtensions).map((problem) => problem.path)).toEqual(['lineBytes', 'capacityBytes']);
  });
});
