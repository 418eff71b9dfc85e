import { describe, expect, it } from 'vitest';
import { differentBlock, resumeProblem } from '../../core/conformance/block-contract.js';
import { RandomStream, type AddressBook, type BlockPlugin, type Machine } from '../../core/index.js';
import { buildMachine } from '../../core/machine/machine.js';
import { loadMachine, saveMachine } from '../../core/machine/machine-state.js';
import { meshPacketPlugin } from '../../plugins/networks/mesh-packet/index.js';
import { nocFlitPlugin } from '../../plugins/networks/noc-flit/index.js';
import { packetPlugin } from '../../plugins/networks/packet/index.js';
import { caseCount } from '../many.js';
import { groupMachine } from './group-bench.js';

/** Every clock has an edge there. */
const LATER = 1e12;
const addresses: AddressBook = { locate: () => undefined, startOf: () => 0 };

/** Multicasts and reductions that wait for each other: few entries, small packets. */
const CASES: readonly [plugin: BlockPlugin, config: Readonly<Record<string, unknown>>, nodes: number][] = [
  [meshPacketPlugin as BlockPlugin, { columns: 3, rows: 2, maxPacketBytes: 32, reductionEntries: 4, bufferPackets: 1, reductionCycles: 3 }, 6],
  [meshPacketPlugin as BlockPlugin, { topology: 'torus', columns: 4, rows: 1, reductionEntries: 1, maxPacketBytes: 128, arbitration: 'age' }, 4],
  [packetPlugin as BlockPlugin, { topology: 'tree', k: 2, n: 3, maxPacketBytes: 64, linkWidthBits: 32, reductionEntries: 2 }, 6],
  [nocFlitPlugin as BlockPlugin, { k: 3, n: 2, flitBits: 64, maxPacketFlits: 5, reductionEntries: 4, multicastMessages: 1, reductionCycles: 4 }, 9],
  [nocFlitPlugin as BlockPlugin, { topology: 'ring', k: 5, n: 1, flitBits: 128, reductionEntries: 1, multicastMessages: 2, internalSpeedup: 1.5 }, 5],
  [nocFlitPlugin as BlockPlugin, { k: 3, n: 2, flitBits: 64, maxPacketFlits: 5, reductionEntries: 4, multicastMessages: 1, ideal: ['contention'] }, 6],
];

describe.each(CASES.map(([plugin, config, nodes]) => [`${plugin.name} ${JSON.stringify(config)}`, plugin, config, nodes] as const))(
  '%s',
  (name, plugin, config, nodes) => {
    const spec = groupMachine(plugin, config, nodes);
    const whole = buildMachine(spec);
    whole.run();
    whole.finish();

    it('carries groups, some of which wait', () => {
      const report = whole.built('dut').model.report?.() as { reductions: { started: number; held: number } };
      expect(report.reductions.started).toBeGreaterThan(5);
      expect(report.reductions.held).toBeGreaterThan(0);
      expect(whole.transactions.inFlight).toBe(0);
    });

    it('goes on from a state that was saved at any moment', () => {
      const random = new RandomStream(17, name);
      for (let i = 0; i < caseCount(100, 4); i++) {
        const events = random.below(whole.kernel.eventCount);
        expect(resumeProblem(spec, whole, events, 0)).toBeUndefined();
        expect(resumeProblem(spec, whole, events, LATER)).toBeUndefined();
      }
    });

    it('goes on from the state of a machine that went on from a state', () => {
      const random = new RandomStream(23, name);
      for (let i = 0; i < caseCount(20, 2); i++) {
        const first = startedAfter(random.below(whole.kernel.eventCount / 2));
        const second = goneOn(first, LATER);
        second.run({ maxEvents: random.below(whole.kernel.eventCount / 2) });
        const third = goneOn(second, LATER);
        third.run();
        third.finish();
        expect(third.kernel.now - 2 * LATER).toBe(whole.kernel.now);
        expect(differentBlock(whole, third, false)).toBeUndefined();
      }
    });

    function startedAfter(events: number): Machine {
      const machine = buildMachine(spec);
      machine.run({ maxEvents: events });
      return machine;
    }

    /** The state of a machine in another one, so many ticks later. */
    function goneOn(machine: Machine, later: number): Machine {
      const { now } = machine.kernel;
      const other = buildMachine(spec);
      other.start();
      loadMachine(other, saveMachine(machine, { tick: now, firstOperation: 0, addresses }), { tick: now + later, firstOperation: 0, addresses });
      return other;
    }
  },
);
