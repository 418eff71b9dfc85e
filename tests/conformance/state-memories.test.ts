import { describe, expect, it } from 'vitest';
import { isBlockPlugin } from '../../core/conformance/block-contract.js';
import { stateProblem } from '../../core/conformance/state-rule.js';
import { IDEAL_RULE } from '../../core/conformance/ideal-rule.js';
import { RandomStream, type BlockPlugin } from '../../core/index.js';
import { builtinPlugins } from '../../plugins/index.js';
import { caseCount, isLongRun, some } from '../many.js';

interface Variant {
  readonly config: Readonly<Record<string, unknown>>;
  readonly ports: number;
  /** The bench never ends: writes and reads of one line wait for each other, as in DRAMsim3. */
  readonly isEndless?: boolean;
}

/** So that no case takes long: some controllers look for refreshes for ever. */
const MOST_EVENTS = isLongRun ? 6000 : 2000;

/** Richer configurations than the plugins' examples, and more ports. */
const VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  sram: [
    { config: { banks: 4, arbitration: 'age', responseDepth: 1 }, ports: 4 },
    { config: { banks: 64, interleaving: 'xor', portWidthBits: 512, arbitration: 'priority' }, ports: 3 },
    { config: { banks: 2, interleaving: 'high-order', accessLatencyCycles: 9, ports: { port1: { widthBits: 64 } } }, ports: 3 },
    { config: { banks: 8, portWidthBits: 256 }, ports: 6 },
    { config: { ideal: ['bankConflicts'] }, ports: 4 },
  ],
  cache: [
    { config: { capacityBytes: 1024, ways: 2, mshrs: 2, writeBuffers: 1, pendingBursts: 2 }, ports: 3 },
    { config: { capacityBytes: 8192, ways: 4, lineBytes: 32, hitLatencyCycles: 3, mshrs: 32 }, ports: 2 },
    { config: { ideal: ['misses'] }, ports: 2 },
  ],
  'dram-simple': [
    { config: { channels: 1, tREFI: 500, tRFC: 100, queueDepth: 2 }, ports: 3 },
    { config: { channels: 2, banks: 2, rowBytes: 128, interleaveBytes: 32, tREFI: 0 }, ports: 2 },
    { config: { ideal: ['rowMisses'], tREFI: 400, tRFC: 50 }, ports: 2 },
  ],
  'pim-bank': [{ config: { channels: 1, tREFI: 500, tRFC: 100, queueDepth: 2 }, ports: 3 }],
  dram: [
    { config: { like: 'ramulator2', channels: 2, timings: { nREFI: 1500 } }, ports: 3 },
    { config: { like: 'dramsim3', queues: { unified: true } }, ports: 2 },
    { config: { like: 'dramsim3', queues: { structure: 'per-rank' }, refresh: 'per-bank' }, ports: 2, isEndless: true },
    { config: { scheduler: 'fcfs', rowPolicy: { name: 'closed' }, queues: { reads: 4, writes: 4 } }, ports: 2 },
    { config: { rowPolicy: { name: 'timeout', idleCycles: 20 }, refresh: 'all-bank', timings: { nREFI: 1800 } }, ports: 2 },
    { config: { rowPolicy: { name: 'capped', accesses: 2 }, queueDepth: 3, linesPerCycle: 4 }, ports: 2 },
    { config: { controllerPlugins: [{ use: 'para', with: { probability: 0.2 } }, { use: 'command-counter' }] }, ports: 2 },
    { config: { part: 'HBM3-6400-4Gb' }, ports: 2 },
    { config: { part: 'HBM2-2000-4Gb', refresh: 'per-bank' }, ports: 2 },
    { config: { part: 'LPDDR5-6400-8Gb-x16', queueDepth: 4 }, ports: 2 },
    { config: { part: 'GDDR6-14000-8Gb-x16', channels: 2, queues: { writes: 8 } }, ports: 1 },
  ],
};

const memories = builtinPlugins.filter(isBlockPlugin).filter(({ name }) => VARIANTS[name] !== undefined);
const withVariants = memories.flatMap((plugin) =>
  some(VARIANTS[plugin.name]!, 6).map(({ config, ports, isEndless }): [string, BlockPlugin, boolean] => [
    `${plugin.name} ${JSON.stringify(config)}`,
    { ...plugin, example: { config, ports: { port: ports } } },
    isEndless === true,
  ]),
);

describe.each(withVariants)('%s', (name, plugin, isEndless) => {
  it('goes on from a state that was saved at any moment', () => {
    const random = new RandomStream(11, name);
    const shares = Array.from({ length: caseCount(30, 1) }, () => random.below(1000) / 1000);
    expect(stateProblem(plugin, shares, MOST_EVENTS)).toBeUndefined();
  });

  it.runIf(isLongRun && !isEndless)('is not slower with an ideal mechanism', () => {
    expect(IDEAL_RULE.check(plugin)).toBeUndefined();
  });
});
