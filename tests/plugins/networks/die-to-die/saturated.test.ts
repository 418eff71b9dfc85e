import { describe, expect, it } from 'vitest';
import { buildMachine, type BlockPlugin } from '../../../../core/index.js';
import { dieToDiePlugin } from '../../../../plugins/networks/die-to-die/index.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { sinkMemory } from '../../support/sink-memory.js';
import { scriptedDriver } from '../../support/traffic-driver.js';

const mesh = meshPacketPlugin as BlockPlugin;
const MESH = { columns: 4, rows: 4, concentration: 2, linkWidthBits: 1024 };
const WRITERS = [6, 3, 11, 5];
const WRITES = 150;

/**
 * Four writers of one 4 x 4 die stream over the link to a memory of another, which does not answer: the lanes one way are busy from
 * the first message to the last, and the other way is never used. Whole nanoseconds everywhere, so that nothing is rounded.
 */
function stream(config: object, seed = 1) {
  const sink = sinkMemory();
  const script = Array.from({ length: WRITES }, () => ({ atCycle: 0, target: 'memory', rowBytes: 1016, kind: 'write' as const }));
  const machine = buildMachine({
    name: 'saturated lanes',
    clocks: { core: 1e9 },
    seed,
    blocks: [
      { path: 'die0', plugin: mesh, config: MESH, clock: 'core' },
      { path: 'die1', plugin: mesh, config: MESH, clock: 'core' },
      { path: 'd2d', plugin: dieToDiePlugin as BlockPlugin, config: { lanes: 8, credits: 64, ...config }, clock: 'core' },
      { path: 'memory', plugin: sink.plugin, clock: 'core' },
      ...WRITERS.map((_, i) => ({ path: `writer${i}`, plugin: scriptedDriver(script).plugin, clock: 'core' })),
    ],
    connections: [
      { from: 'die0.node15', to: 'd2d.a' },
      { from: 'd2d.b', to: 'die1.node15' },
      { from: 'die1.node14', to: 'memory.port0' },
      ...WRITERS.map((router, i) => ({ from: `writer${i}.memory0`, to: `die0.node${2 * router}` })),
    ],
  });
  machine.run();
  machine.finish();
  const ticks = sink.arrivalTicks;
  expect(ticks).toHaveLength(WRITERS.length * WRITES);
  return { statistics: machine.built('d2d').statistics, ticks, endTick: ticks.at(-1)! };
}

describe('lanes that are busy from the first message to the last', () => {
  it.each([['68B', 17], ['256B', 16]])('replays move the end of the run by exactly replayNs (%s)', (flit, rateGtps) => {
    const clean = stream({ flit, rateGtps });
    expect(clean.statistics['replayNs']).toBe(0);
    for (const [bitErrorRate, seed] of [[1e-7, 1], [1e-6, 1], [1e-5, 1], [1e-5, 2], [1e-4, 3]] as const) {
      const noisy = stream({ flit, rateGtps, bitErrorRate }, seed);
      if (bitErrorRate >= 1e-6) expect(noisy.statistics['replays']).toBeGreaterThan(0);
      expect(noisy.endTick - clean.endTick).toBe(Math.round(noisy.statistics['replayNs']! * 1000));
    }
  });

  it('half the lanes take exactly twice as long between two messages of the stream', () => {
    const windowTicks = (lanes: number): number => {
      const { ticks } = stream({ lanes });
      return ticks[500]! - ticks[100]!;
    };
    const whole = windowTicks(8);
    expect(windowTicks(4)).toBe(2 * whole);
    expect(windowTicks(2)).toBe(4 * whole);
  });
});
