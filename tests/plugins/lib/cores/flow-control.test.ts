import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMachine } from '../../../../core/machine/machine.js';
import { formatDeadlock, type BlockPlugin, type OperationUnit } from '../../../../core/index.js';
import { systolicPlugin } from '../../../../plugins/cores/systolic/index.js';
import { computeFeeder, gemm, runCore } from '../../cores/support/compute-bench.js';
import { caseCount } from '../../../many.js';

const config = { rows: 8, columns: 8, dataflow: 'weight-stationary' };

describe('fold engine under back-pressure', () => {
  it('finishes on narrow links with one credit, and on clocks that do not divide each other', () => {
    const links = fc.record({
      bytesPerCycle: fc.constantFrom(4, 32),
      latencyCycles: fc.integer({ min: 0, max: 9 }),
      ports: fc.integer({ min: 1, max: 3 }),
      depth: fc.integer({ min: 1, max: 2 }),
      widthBits: fc.constantFrom(8, 64, 512),
      clockHz: fc.constantFrom(877e6, 1e9, 1.2e9),
    });
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(links, size, size, size, (memory, m, n, k) => {
        const run = runCore(systolicPlugin, config, [gemm(m, n, k), gemm(m, n, k)], memory);
        expect(run.cycles.every((cycles) => cycles >= runCore(systolicPlugin, config, [gemm(m, n, k)]).cycles[0]!)).toBe(true);
        expect(run.statistics['operations']).toBe(2);
        expect(run.statistics['bytesRead']).toBe(run.memory['bytesRead']);
        expect(run.machine.transactions.inFlight).toBe(0);
        expect(Object.values(run.stalls).reduce((a, b) => a + b, 0)).toBeCloseTo(run.machine.kernel.now / 1000, 6);
      }),
      { numRuns: caseCount(80) },
    );
  });

  it('executes operations that read nothing or write nothing', () => {
    const memory = { bytesPerCycle: 8, latencyCycles: 0 };
    const writesOnly = { operator: 'gemm', loops: { OY: 1 }, writes: { O: 1 } };
    const run = runCore(systolicPlugin, { rows: 1, columns: 1, dataflow: 'output-stationary' }, [writesOnly, { ...writesOnly, writes: {} }], memory);
    expect(run.statistics['operations']).toBe(2);
    expect(run.cycles[1]).toBe(1);
  });

  it('names the memory that never answers, and accounts for the wait', () => {
    const silent: BlockPlugin = {
      kind: 'memory',
      name: 'silent',
      version: '1.0.0',
      summary: 'Never answers',
      configSchema: { type: 'object' },
      ports: { port: { description: 'Requests', role: 'target', many: true } },
      statistics: {},
      describe: () => ({ kind: 'other' }),
      create: () => ({}),
    };
    const feeder = computeFeeder([gemm(8, 8, 8)], () => machine.block('pe').unit as OperationUnit);
    const machine = buildMachine({
      name: 'bench',
      clocks: { core: 1e9 },
      blocks: [
        { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
        { path: 'l1', plugin: silent, clock: 'core' },
        { path: 'pe', plugin: systolicPlugin as BlockPlugin, config, clock: 'core' },
      ],
      connections: [{ from: 'pe.memory0', to: 'l1.port0' }],
    });
    machine.run();
    const report = machine.kernel.deadlock();
    expect(report).toBeDefined();
    expect(formatDeadlock(report!, (tick) => `${tick / 1000} cycles`)).toMatch(/pe waits for l1: operation 0: \d operand bursts of step 0/);
  });
});
