import { describe, expect, it } from 'vitest';
import { MAX_EVENTS } from '../../core/conformance/bench-machine.js';
import { isBlockPlugin } from '../../core/conformance/block-contract.js';
import { stateProblem } from '../../core/conformance/state-rule.js';
import { IDEAL_RULE } from '../../core/conformance/ideal-rule.js';
import { RandomStream, type BlockPlugin } from '../../core/index.js';
import { builtinPlugins } from '../../plugins/index.js';
import { caseCount, isLongRun, some } from '../many.js';

interface Variant {
  readonly config: Readonly<Record<string, unknown>>;
  /** Default: as the plugin's example. */
  readonly nodes?: number;
}

/** A part of the bench's traffic is enough in the fast tests. */
const MOST_EVENTS = isLongRun ? MAX_EVENTS : 3000;

/** Richer configurations than the plugins' examples, and more ports. */
const VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  ideal: [{ config: { latencyCycles: 7 }, nodes: 5 }],
  bus: [
    { config: { arbitration: 'age', outputDepth: 1 }, nodes: 5 },
    { config: { arbitration: 'priority', latencyCycles: 9, widthBits: 32 }, nodes: 3 },
  ],
  'die-to-die': [
    { config: { bitErrorRate: 0.0005, flit: '68B', credits: 2 } },
    { config: { bitErrorRate: 0.0001, preset: 'ucie-advanced', rateGtps: 4, flit: '256B-latency-optimized' } },
    { config: { preset: 'simba-grs', credits: 1 } },
  ],
  'mesh-packet': [
    { config: { columns: 3, rows: 3, maxPacketBytes: 32, bufferPackets: 1, arbitration: 'age' }, nodes: 9 },
    { config: { topology: 'torus', columns: 4, rows: 2, switching: 'store-and-forward', linkWidthBits: 32, bufferPackets: 2 }, nodes: 8 },
    { config: { columns: 3, rows: 1, concentration: 2, linkCycles: 3, arbitration: 'priority', linkWidthBits: 64 }, nodes: 6 },
  ],
  'noc-flit': [
    { config: { k: 3, n: 2, numVcs: 2, vcBufferFlits: 2, flitBits: 32, maxPacketFlits: 4 }, nodes: 5 },
    { config: { topology: 'torus', k: 4, n: 1, linkWidthBits: 32, flitBits: 64, outstandingMessages: 1 }, nodes: 4 },
    { config: { k: 2, n: 2, routing: 'xy_yx', flitBits: 32, vcAllocDelay: 2, routingDelay: 3, switchAllocDelay: 2 }, nodes: 4 },
    { config: { k: 3, n: 2, routing: 'valiant_split', numVcs: 2, internalSpeedup: 1.5, flitBits: 32 }, nodes: 4 },
    { config: { k: 3, n: 2, routing: 'romm', outputSpeedup: 2, speculative: true, switchAllocator: 'separable_input_first', flitBits: 32 }, nodes: 4 },
    { config: { k: 2, n: 2, holdSwitchForPacket: true, inputSpeedup: 2, vcAllocator: 'wavefront', switchPrepareDelay: 2, flitBits: 32 }, nodes: 4 },
    { config: { k: 3, n: 1, waitForTailCredit: true, numVcs: 1, vcBufferFlits: 3, flitBits: 32, reassemblyMessages: 1 }, nodes: 3 },
    { config: { k: 2, n: 2, routing: 'min_adapt', waitForTailCredit: true, linkPhits: 3, linkClockRatio: 1.3, creditDelay: 2, flitBits: 32 }, nodes: 4 },
    { config: { topology: 'fattree', k: 2, n: 2, allocatorIterations: 3, flitBits: 32, routingDelay: 0 }, nodes: 4 },
    { config: { topology: 'ring', k: 5, n: 1, linkCycles: 4, flitBits: 32, internalSpeedup: 2 }, nodes: 5 },
    { config: { k: 3, n: 2, flitBits: 32, maxPacketFlits: 4, ideal: ['contention'] }, nodes: 5 },
    { config: { topology: 'cmesh', k: 2, n: 2, flitBits: 32, vcAllocator: 'separable_output_first' }, nodes: 6 },
  ],
  packet: [
    { config: { topology: 'fattree', k: 2, n: 2, maxPacketBytes: 48, arbitration: 'age' }, nodes: 4 },
    { config: { topology: 'ring', k: 6, n: 1, linkWidthBits: 64, bufferPackets: 1 }, nodes: 6 },
    { config: { topology: 'crossbar', k: 5, n: 1, ideal: ['contention'] }, nodes: 5 },
  ],
};

const networks = builtinPlugins.filter(isBlockPlugin).filter(({ name }) => VARIANTS[name] !== undefined);
const withVariants = networks.flatMap((plugin) =>
  some(VARIANTS[plugin.name]!, 6).map(({ config, nodes }): [string, BlockPlugin] => [
    `${plugin.name} ${JSON.stringify(config)}`,
    { ...plugin, example: { config, ports: nodes === undefined ? {} : { node: nodes } } },
  ]),
);

describe.each(withVariants)('%s', (name, plugin) => {
  it('goes on from a state that was saved at any moment', () => {
    const random = new RandomStream(11, name);
    const shares = Array.from({ length: caseCount(12, 1) }, () => random.below(1000) / 1000);
    expect(stateProblem(plugin, shares, MOST_EVENTS)).toBeUndefined();
  });

  it.runIf(isLongRun)('is not slower with an ideal mechanism', () => {
    expect(IDEAL_RULE.check(plugin)).toBeUndefined();
  });
});
