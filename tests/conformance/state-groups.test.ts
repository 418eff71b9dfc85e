import { describe, expect, it } from 'vitest';
import { differentBlock, goneOn, LATER_TICKS, resumeProblem } from '../../core/conformance/state-rule.js';
import { RandomStream, type BlockPlugin } from '../../core/index.js';
import { buildMachine } from '../../core/machine/machine.js';
import { meshPacketPlugin } from '../../plugins/networks/mesh-packet/index.js';
import { nocFlitPlugin } from '../../plugins/networks/noc-flit/index.js';
import { packetPlugin } from '../../plugins/networks/packet/index.js';
import { caseCount, some } from '../many.js';
import { groupMachine } from './group-bench.js';

/** Multicasts and reductions that wait for each other: few entries, small packets. */
const CASES: readonly [plugin: BlockPlugin, config: Readonly<Record<string, unknown>>, nodes: number][] = [
  [meshPacketPlugin as BlockPlugin, { columns: 3, rows: 2, maxPacketBytes: 32, reductionEntries: 4, bufferPackets: 1, reductionCycles: 3 }, 6],
  [meshPacketPlugin as BlockPlugin, { topology: 'torus', columns: 4, rows: 1, reductionEntries: 1, maxPacketBytes: 128, arbitration: 'age' }, 4],
  [packetPlugin as BlockPlugin, { topology: 'tree', k: 2, n: 3, maxPacketBytes: 64, linkWidthBits: 32, reductionEntries: 2 }, 6],
  [nocFlitPlugin as BlockPlugin, { k: 3, n: 2, flitBits: 64, maxPacketFlits: 5, reductionEntries: 4, multicastMessages: 1, reductionCycles: 4 }, 9],
  [nocFlitPlugin as BlockPlugin, { topology: 'ring', k: 5, n: 1, flitBits: 128, reductionEntries: 1, multicastMessages: 2, internalSpeedup: 1.5 }, 5],
  [nocFlitPlugin as BlockPlugin, { k: 3, n: 2, flitBits: 64, maxPacketFlits: 5, reductionEntries: 4, multicastMessages: 1, ideal: ['contention'] }, 6],
];

describe.each(some(CASES, 3).map(([plugin, config, nodes]) => [`${plugin.name} ${JSON.stringify(config)}`, plugin, config, nodes] as const))(
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
      const moments = Array.from({ length: caseCount(100, 2) }, () => random.below(whole.kernel.eventCount));
      expect(resumeProblem(spec, whole, moments)).toBeUndefined();
    });

    it('goes on from the state of a machine that went on from a state', () => {
      const random = new RandomStream(23, name);
      for (let i = 0; i < caseCount(20, 1); i++) {
        const first = buildMachine(spec);
        first.run({ maxEvents: random.below(whole.kernel.eventCount / 2) });
        const second = goneOn(spec, first, LATER_TICKS);
        second.run({ maxEvents: random.below(whole.kernel.eventCount / 2) });
        const third = goneOn(spec, second, LATER_TICKS);
        third.run();
        third.finish();
        expect(third.kernel.now - 2 * LATER_TICKS).toBe(whole.kernel.now);
        expect(differentBlock(whole, third, false)).toBeUndefined();
      }
    });
  },
);
