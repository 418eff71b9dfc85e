import { describe, expect, it } from 'vitest';
import { buildMachine } from '../../../core/index.js';
import type { ConnectionSpec } from '../../../core/scenario/machine-spec.js';
import { echoMemory } from '../../plugins/support/echo-memory.js';
import { scriptedDriver } from '../../plugins/support/traffic-driver.js';

const WRITES = 20;
const BYTES = 64;
const HEADER = 8;

/** Writes of 64 bytes over one connection to a memory that answers at once; ticks at which the answers came. */
function run(options: Partial<ConnectionSpec>, clocks: Readonly<Record<string, number>> = { core: 1e9 }) {
  const { plugin, outcomes } = scriptedDriver(Array.from({ length: WRITES }, () => ({ atCycle: 0, target: 'memory0', rowBytes: BYTES, kind: 'write' as const })));
  const machine = buildMachine({
    name: 'link',
    clocks,
    blocks: [{ path: 'driver0', plugin, clock: 'core' }, { path: 'memory0', plugin: echoMemory, clock: 'core' }],
    connections: [{ from: 'driver0.memory0', to: 'memory0.port0', depth: 16, widthBits: 64, ...options }],
  });
  machine.run();
  machine.finish();
  return { done: outcomes.map(({ doneTick }) => doneTick), links: machine.links };
}

describe('options of a connection', () => {
  const beats = (BYTES + HEADER) / 8;
  const gap = (done: readonly number[]): number => done[WRITES - 1]! - done[WRITES - 2]!;

  it('pipelined: messages follow each other by their beats; else by beats and flight', () => {
    const pipelined = run({ latencyCycles: 5 });
    const single = run({ latencyCycles: 5, pipelined: false });
    expect(gap(pipelined.done)).toBe(1000 * beats);
    expect(gap(single.done)).toBe(1000 * (beats + 5));
    expect(single.done[0]).toBe(pipelined.done[0]);
  });

  it('a link has a clock of its own', () => {
    expect(gap(run({ clock: 'slow' }, { core: 1e9, slow: 250e6 }).done)).toBe(4 * 1000 * beats);
  });

  it('energy is bits on the wire, both ways, headers included', () => {
    const { links } = run({ energyPerBitPj: 0.5 });
    expect(links.map(({ energyPj }) => energyPj)).toEqual([WRITES * (BYTES + HEADER) * 8 * 0.5, WRITES * HEADER * 8 * 0.5]);
    expect(run({}).links.map(({ energyPj }) => energyPj)).toEqual([0, 0]);
  });
});
