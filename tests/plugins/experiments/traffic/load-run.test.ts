import { describe, expect, it } from 'vitest';
import type { FlitNetwork } from '../../../../plugins/networks/noc-flit/api.js';
import { defaultPhases, LoadRun } from '../../../../plugins/lib/traffic/load-run.js';

/** A network in which one packet stands still from cycle `stuckFrom` on. */
class StuckNetwork {
  now = 0;
  readonly nodes = 1;
  readonly flitsInjected = 0;
  readonly flitsEjected = 0;
  readonly state = { flitHops: 0 };

  constructor(private readonly stuckFrom: number) {}

  get packetsInFlight(): number {
    return this.now >= this.stuckFrom ? 1 : 0;
  }

  onEjection(): void {}

  advance(cycle: number): void {
    this.now = cycle;
  }

  inFlightAges(): { flits: number; cycles: number } {
    return { flits: this.packetsInFlight, cycles: this.packetsInFlight * (this.now - this.stuckFrom) };
  }
}

describe('a load run', () => {
  const run = (latencyLimitCycles: number, stop: (cycle: number) => boolean) => {
    const phases = { ...defaultPhases, samplePeriodCycles: 10, maxSamples: 5, latencyLimitCycles };
    const network = new StuckNetwork(50);
    const load = { drive: (until: number) => network.advance(until), hasHandedOver: () => true };
    return new LoadRun(network as unknown as FlitNetwork, load, phases, stop).run();
  };

  it('ends although a packet that does not count never leaves', () => {
    const { cycles, stable } = run(500, () => false);
    expect(stable).toBe(true);
    expect(cycles).toBe(1050);
  });

  it('ends when it is asked to', () => {
    expect(run(Infinity, (cycle) => cycle > 1500).cycles).toBe(2050);
  });
});
