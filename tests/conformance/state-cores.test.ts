import { describe, expect, it } from 'vitest';
import { RandomStream, type BlockPlugin, type Machine, type OperationUnit } from '../../core/index.js';
import { buildMachine } from '../../core/machine/machine.js';
import { loadMachine, saveMachine } from '../../core/machine/machine-state.js';
import { bitSerialPlugin } from '../../plugins/cores/bit-serial/index.js';
import { systolicPlugin } from '../../plugins/cores/systolic/index.js';
import { vectorPlugin } from '../../plugins/cores/vector/index.js';
import { caseCount } from '../many.js';
import { gemm, resolveCompute, runCore, type ComputeSketch } from '../plugins/cores/support/compute-bench.js';
import { NO_ADDRESSES, OperationSource } from '../plugins/cores/support/operation-source.js';
import { streamMemory } from '../plugins/cores/support/stream-memory.js';

const SOFTMAX: ComputeSketch = { operator: 'softmax', loops: { OY: 9, K: 50 }, reads: { I: 450 }, writes: { O: 450 } };
const SUM: ComputeSketch = { operator: 'add', loops: { K: 700 }, reads: { I: 700, I2: 700 }, writes: { O: 700 } };
const PRODUCTS = [gemm(20, 30, 40), gemm(5, 70, 9, { accumulate: true, at: { C: 9 } }), gemm(1, 1, 1)];

interface Case {
  readonly core: BlockPlugin;
  readonly config: Readonly<Record<string, unknown>>;
  readonly sketches: readonly ComputeSketch[];
  readonly ports?: number;
}

const CASES: readonly Case[] = [
  { core: vectorPlugin as BlockPlugin, config: { lanes: 4, burstVectors: 8 }, sketches: [SOFTMAX, SUM] },
  { core: vectorPlugin as BlockPlugin, config: { lanes: 16, burstVectors: 2, resultBufferFolds: 1, prefetchFolds: 0 }, sketches: [SUM, SOFTMAX], ports: 3 },
  { core: bitSerialPlugin as BlockPlugin, config: { rows: 4, columns: 8, serial: 'both', pipelineCycles: 7 }, sketches: [...PRODUCTS, SOFTMAX] },
  ...['weight-stationary', 'output-stationary', 'input-stationary'].map((dataflow) => ({
    core: systolicPlugin as BlockPlugin,
    config: { rows: 4, columns: 8, dataflow, accumulatorBytes: 256, resultBufferFolds: 1 },
    sketches: [...PRODUCTS, SUM],
  })),
  {
    core: systolicPlugin as BlockPlugin,
    config: { rows: 4, columns: 4, overlapFill: true, overlapDrain: true, foldsPerBurst: 3 },
    sketches: PRODUCTS,
    ports: 2,
  },
];

const named = CASES.map((entry) => [`${entry.core.name} ${JSON.stringify(entry.config)}`, entry] as const);

/** A core at a slow memory, with operations whose identities begin at `firstId`. */
function bench({ core, config, sketches, ports = 1 }: Case, firstId: number): { machine: Machine; source: OperationSource } {
  const source = new OperationSource(
    sketches.length,
    firstId,
    (place, id, blocks) => resolveCompute(sketches[place]!, id, blocks.idOf('l1')),
    () => machine.block('pe').unit as OperationUnit,
  );
  const machine: Machine = buildMachine({
    name: 'bench',
    clocks: { core: 1e9, memory: 877e6 },
    blocks: [
      { path: 'feeder', plugin: source.plugin, clock: 'core' },
      { path: 'l1', plugin: streamMemory({ bytesPerCycle: 3, latencyCycles: 5 }), clock: 'memory' },
      { path: 'pe', plugin: core, config, clock: 'core' },
    ],
    connections: Array.from({ length: ports }, (_, i) => ({ from: `pe.memory${i}`, to: `l1.port${i}`, depth: 2 })),
  });
  return { machine, source };
}

/** What is to be the same, with times counted from `tick`. */
function figures(machine: Machine, source: OperationSource, tick = 0): unknown {
  machine.finish();
  return {
    end: machine.kernel.now - tick,
    ends: source.endTicks.map((end) => end - tick),
    blocks: machine.blocks.map(({ path, statistics, stalls, energy }) => [path, statistics, [...stalls.ticks], energy.breakdownPj(1)]),
  };
}

/** Every clock has an edge there. */
const LATER = 1e12;
const LATER_ID = 1000;

describe.each(named)('%s', (name, entry) => {
  it('goes on in the middle of an operation, at another time and with other identities', () => {
    const whole = bench(entry, 0);
    whole.machine.run();
    const expected = figures(whole.machine, whole.source);
    const random = new RandomStream(3, name);
    for (let i = 0; i < caseCount(50, 3); i++) {
      const events = random.below(whole.machine.kernel.eventCount);
      const first = bench(entry, 0);
      first.machine.run({ maxEvents: events });
      const tick = first.machine.kernel.now;
      const saved = saveMachine(first.machine, { tick, firstOperation: 0, addresses: NO_ADDRESSES }, [first.source]);
      const second = bench(entry, LATER_ID);
      second.machine.start();
      loadMachine(second.machine, saved, { tick: tick + LATER, firstOperation: LATER_ID, addresses: NO_ADDRESSES }, [second.source]);
      second.machine.run();
      expect(figures(second.machine, second.source, LATER), `saved after ${events} events`).toEqual(expected);
    }
  });

  it('tells what ended its waits, and listening changes nothing', () => {
    const deaf = bench(entry, 0);
    deaf.machine.run();
    const heard = bench(entry, 0);
    const { milestones, stalls } = heard.machine.built('pe');
    const told = new Float64Array(stalls.classes.length);
    milestones.listen((cause, operation, sinceTick, tick) => {
      expect(tick).toBeGreaterThan(sinceTick);
      expect(operation).toBeGreaterThanOrEqual(0);
      told[stalls.classes.indexOf(`wait-${milestones.causes[cause]}`)]! += tick - sinceTick;
    });
    heard.machine.run();
    expect(figures(heard.machine, heard.source)).toEqual(figures(deaf.machine, deaf.source));
    // All that the operations waited is told, and charged to the same causes.
    const waiting = stalls.classes.map((label, i) => (label.startsWith('wait-') ? stalls.ticks[i]! : 0));
    expect([...told]).toEqual(waiting);
    expect(Math.max(...told)).toBeGreaterThan(0);
  });

  it('is not slower with ideal mechanisms, and takes its closed form without waits', () => {
    const memory = { bytesPerCycle: 3, latencyCycles: 5, ports: entry.ports ?? 1 };
    const end = (ideal: readonly string[]): number => runCore(entry.core, { ...entry.config, ideal }, entry.sketches, memory).endCycle;
    const real = end([]);
    expect(end(['fillDrain'])).toBeLessThanOrEqual(real);
    expect(end(['operandWaits'])).toBe(runCore(entry.core, entry.config, entry.sketches).endCycle);
    expect(end(['operandWaits'])).toBeLessThan(real);
    expect(end(['fillDrain', 'operandWaits'])).toBeLessThanOrEqual(end(['operandWaits']));
  });
});

it('a pipeline that is idealised is not in the closed form', () => {
  const cycles = (core: BlockPlugin, config: object, sketch: ComputeSketch): number => runCore(core, { ...config }, [sketch]).cycles[0]!;
  const ideal = ['fillDrain'];
  expect(cycles(vectorPlugin as BlockPlugin, { lanes: 10, startupCycles: 9, ideal }, SUM)).toBe(70);
  expect(cycles(bitSerialPlugin as BlockPlugin, { rows: 8, columns: 8, serial: 'none', pipelineCycles: 9, ideal }, gemm(8, 8, 16))).toBe(4);
  expect(cycles(systolicPlugin as BlockPlugin, { rows: 8, columns: 8, ideal }, gemm(20, 8, 8))).toBe(20);
});
