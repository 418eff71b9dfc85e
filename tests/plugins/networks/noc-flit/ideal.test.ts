import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saveMachine } from '../../../../core/machine/machine-state.js';
import { buildMachine, type BlockPlugin } from '../../../../core/index.js';
import { machineAround } from '../../../../core/conformance/bench-machine.js';
import { nocFlitPlugin } from '../../../../plugins/networks/noc-flit/index.js';
import { caseCount, isLongRun } from '../../../many.js';
import { runNetwork } from '../../support/network-bench.js';
import type { ScriptedRequest } from '../../support/traffic-driver.js';

const noc = nocFlitPlugin as BlockPlugin;

const routers = fc.record({
  k: fc.constant(4),
  n: fc.constant(2),
  flitBits: fc.constantFrom(32, 128),
  vcBufferFlits: fc.integer({ min: 1, max: 8 }),
  routingDelay: fc.integer({ min: 0, max: 3 }),
  vcAllocDelay: fc.integer({ min: 1, max: 2 }),
  switchFinalDelay: fc.integer({ min: 1, max: 2 }),
  linkCycles: fc.integer({ min: 1, max: 3 }),
  speculative: fc.boolean(),
  maxPacketFlits: fc.constant(128),
});
const nodes = fc.uniqueArray(fc.nat(15), { minLength: 2, maxLength: 2 });
const read = (rowBytes: number): ScriptedRequest => ({ atCycle: 0, target: 'memory0', rowBytes });

describe('without contention', () => {
  it('a packet alone takes as long as with routers', () => {
    fc.assert(
      fc.property(routers, nodes, fc.integer({ min: 1, max: 400 }), (config, places, bytes) => {
        const traffic = { scripts: [[read(bytes)]], memories: 1, nodes: places };
        const real = runNetwork(noc, config, traffic);
        const ideal = runNetwork(noc, { ...config, ideal: ['contention'] }, traffic);
        expect(ideal.roundTrips).toEqual(real.roundTrips);
        expect({ ...ideal.noc.statistics, stallNoVc: 0, stallNoCredit: 0, stallLostSwitch: 0 }).toEqual({
          ...real.noc.statistics,
          stallNoVc: 0,
          stallNoCredit: 0,
          stallLostSwitch: 0,
        });
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('messages on one way do not slow each other, but a node takes a flit a cycle', () => {
    // Row 0 of a mesh: three requesters read from three memories; all responses share the links between.
    const scripts = [0, 1, 2].map((i): ScriptedRequest[] => [{ atCycle: 0, target: `memory${i}`, rowBytes: 128 }]);
    const apart = { scripts, memories: 3, nodes: [0, 4, 8, 3, 7, 11] };
    const config = { k: 4, n: 2, flitBits: 32, ideal: ['contention'] };
    const [alone] = runNetwork(noc, config, { ...apart, scripts: [scripts[0]!], memories: 1, nodes: [0, 3] }).roundTrips[0]!;
    expect(runNetwork(noc, config, apart).roundTrips).toEqual([[alone], [alone], [alone]]);
    const together = { scripts: [[0, 1, 2].map((i) => ({ atCycle: 0, target: `memory${i}`, rowBytes: 128 }))], memories: 3, nodes: [0, 1, 4, 5] };
    const incast = runNetwork(noc, config, { ...together, scripts: together.scripts.map((list) => list.flat()) }).roundTrips[0]!;
    expect(Math.max(...incast)).toBeGreaterThanOrEqual(alone! + 2 * (128 / 4));
    expect(Math.max(...incast)).toBeGreaterThanOrEqual(3 * ((128 + 8) / 4));
  });
});

it('a state is as large as what is under way', () => {
  const state = (k: number, events: number): number => {
    const machine = buildMachine(machineAround({ ...noc, example: { config: { k, n: 2 }, ports: { node: 4 } } }, 3));
    machine.run({ maxEvents: events });
    return saveMachine(machine, { tick: machine.kernel.now, firstOperation: 0, addresses: { locate: () => undefined, startOf: () => 0 } }).numbers.length;
  };
  // The tables of the larger network have 600,000 words, a quarter of them in the fast tests.
  expect(state(isLongRun ? 16 : 8, 400) - state(2, 400)).toBeLessThan(25_000);
});
