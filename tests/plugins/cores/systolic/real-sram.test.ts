import { describe, expect, it } from 'vitest';
import type { BlockPlugin, OperationUnit } from '../../../../core/index.js';
import { buildMachine, type Machine } from '../../../../core/machine/machine.js';
import { systolicPlugin } from '../../../../plugins/cores/systolic/index.js';
import { sramPlugin } from '../../../../plugins/memories/sram/index.js';
import { computeFeeder, gemm, runCore, type ComputeSketch } from '../support/compute-bench.js';

const BYTES = { formats: { W: 'int8', I: 'int8', O: 'int8' } };

function cyclesOnSram(config: Readonly<Record<string, unknown>>, sram: Readonly<Record<string, unknown>>, sketch: ComputeSketch, ports: number): number {
  const feeder = computeFeeder([sketch], () => machine.block('pe').unit as OperationUnit);
  const machine: Machine = buildMachine({
    name: 'bench',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      { path: 'l1', plugin: sramPlugin as BlockPlugin, config: sram, clock: 'core' },
      { path: 'pe', plugin: systolicPlugin as BlockPlugin, config, clock: 'core' },
    ],
    connections: Array.from({ length: ports }, (_, i) => ({ from: `pe.memory${i}`, to: `l1.port${i}` })),
  });
  machine.run();
  return (feeder.endTicks[0]! - feeder.startTicks[0]!) / 1000;
}

describe('systolic on the banked SRAM', () => {
  const config = { rows: 16, columns: 16, dataflow: 'weight-stationary', overlapFill: true, overlapDrain: true };
  const alone = (sketch: ComputeSketch): number => runCore(systolicPlugin, config, [sketch]).cycles[0]!;

  it('costs one read latency and one write latency when the memory is wide enough', () => {
    const sram = { capacityBytes: 1048576, banks: 128, wordBits: 64, portWidthBits: 2048, accessLatencyCycles: 3 };
    // Request link, a cycle of service, access latency, response link.
    const access = 1 + 1 + 3 + 1;
    for (const sketch of [gemm(64, 16, 16, BYTES), gemm(256, 64, 64, BYTES), gemm(300, 100, 90, BYTES)]) {
      const overhead = cyclesOnSram(config, sram, sketch, 3) - alone(sketch);
      expect(overhead).toBeGreaterThanOrEqual(0);
      expect(overhead).toBeLessThanOrEqual(2 * access);
    }
  });

  it('is held up by a narrow port, up to its bound', () => {
    const sketch = gemm(256, 64, 64, BYTES);
    const bytes = 256 * 64 * 4 + 64 * 64 + 256 * 64;
    const cycles = cyclesOnSram(config, { capacityBytes: 1048576, banks: 16, wordBits: 64, portWidthBits: 64 }, sketch, 1);
    expect(cycles).toBeGreaterThanOrEqual(bytes / 8);
    expect(cycles).toBeLessThan(1.1 * (bytes / 8));
    expect(cycles).toBeGreaterThan(2 * alone(sketch));
  });
});
