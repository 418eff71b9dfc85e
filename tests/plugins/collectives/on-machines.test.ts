import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildMachine,
  expandCollectives,
  loadScenario,
  PluginRegistry,
  runSchedule,
  ScheduleExecutor,
  type Schedule,
  type ScheduleOperation,
} from '../../../core/index.js';
import type { ScheduleResult } from '../../../core/result/run-result.js';
import { executorMachine } from '../../../core/run/executor-machine.js';
import { machineSpecOf } from '../../../core/scenario/describe-loaded.js';
import { meshTopology, multicastLinks, reductionTree } from '../../../plugins/networks/mesh-packet/api.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { ALGORITHMS } from './support.js';
import { isLongRun, some } from '../../many.js';

const registry = new PluginRegistry(builtinPlugins);
const BYTES = 64 * 1024;

/** One collective; `filled`: every tile computes the region before. */
function scheduleFor(tiles: readonly string[], operator: string, algorithm: string, columns: number, filled = false): Schedule {
  const participants = tiles.map((tile, i) => ({ queue: `${tile}.dma`, buffer: `g${i}`, compute: `${tile}.vec`, scratch: `s${i}` }));
  const fill = tiles.map((tile, i): ScheduleOperation => ({
    kind: 'compute',
    queue: `${tile}.vec`,
    operator: 'constant',
    loops: { K: BYTES },
    writes: [{ tensor: 'G', buffer: `g${i}`, operand: 'O' }],
  }));
  const operations: ScheduleOperation[] = [
    ...(filled ? fill : []),
    { kind: 'collective', queue: 'collectives', operator, reads: [{ tensor: 'G' }], participants, with: { algorithm, columns, reduction: 'add' } },
  ];
  return {
    name: operator,
    tensors: { G: { dims: { N: 256, M: 256 }, format: 'int8', role: 'intermediate' } },
    buffers: Object.fromEntries(
      tiles.flatMap((tile, i) => [
        [`g${i}`, { memory: `${tile}.l1`, bytes: BYTES }],
        [`s${i}`, { memory: `${tile}.l1`, bytes: BYTES }],
      ]),
    ),
    operations,
  };
}

/** The machine of an example; `ideal` takes its network for one that costs four cycles and nothing else. */
async function machineOf(example: string, ideal = false, set: Readonly<Record<string, unknown>> = {}) {
  const { scenario, registry: own } = await loadScenario(`scenarios/examples/${example}.yaml`, registry, { set });
  const spec = machineSpecOf(scenario.machine!, own, 1);
  if (!ideal) return buildMachine(spec);
  return buildMachine({
    ...spec,
    blocks: spec.blocks.map((block) => (block.path === 'noc' ? { ...block, plugin: own.block('ideal'), config: { latencyCycles: 4, ideal: [] } } : block)),
  });
}

/** Runs a schedule and returns its cycles; where time alone counts, the tiles' data are not made first. */
function execute(machine: Awaited<ReturnType<typeof machineOf>>, schedule: Schedule, filled = false): number {
  const view = executorMachine(machine, () => ({ payload: 8, stored: 8 }));
  const executor = new ScheduleExecutor(machine.kernel, view, schedule, {});
  machine.start();
  executor.start();
  machine.kernel.run();
  machine.finish();
  expect(executor.isDone).toBe(true);
  if (filled) expect(executor.violations.kept).toEqual([]);
  return executor.lastEndTick / 1000;
}

const onOneDie = ['core0', 'core1', 'core2', 'core3'];
const onTwoDies = ['die0.core0', 'die0.core1', 'die1.core0', 'die1.core1'];
const flitDies = { 'machine.die*.noc.use': 'noc-flit', 'machine.die*.noc.with.k': 2, 'machine.die*.noc.with.n': 1 };
/** As little room as a flit network can have: one message, one multicast, the entries of one burst. */
const tightDies = {
  ...flitDies,
  ...Object.fromEntries(['reassemblyMessages', 'outstandingMessages', 'multicastMessages'].map((word) => [`machine.die*.noc.with.${word}`, 1])),
  'machine.die*.noc.with.reductionEntries': 8,
};

describe.each(
  some(
    [
      ['one-die', 'one-die', onOneDie, {}],
      ['two dies', 'two-dies', onTwoDies, {}],
      ['two dies with flit networks', 'two-dies', onTwoDies, flitDies],
      ['two dies with as little room as can be', 'two-dies', onTwoDies, tightDies],
    ],
    1,
  ),
)('four tiles: %s', (_, example, tiles, set) => {
  it.each(['ring', 'mesh', 'direct'])('an all-reduce by %s writes 2 (p-1)/p of the data from each', async (algorithm) => {
    const machine = await machineOf(example, false, set);
    execute(machine, expandCollectives(scheduleFor(tiles, 'all-reduce', algorithm, 2, true), ALGORITHMS), true);
    for (const tile of tiles) expect(machine.built(`${tile}.dma`).statistics['bytesWritten']).toBe((2 * 3 * BYTES) / 4);
    expect(machine.transactions.inFlight).toBe(0);
  });

  it('an all-reduce in the network writes each sum, and a copy to everybody else', async () => {
    const machine = await machineOf(example, false, set);
    execute(machine, expandCollectives(scheduleFor(tiles, 'all-reduce', 'in-network', 2, true), ALGORITHMS), true);
    for (const tile of tiles) expect(machine.built(`${tile}.dma`).statistics).toMatchObject({ bytesWritten: BYTES, bytesRead: (BYTES / 4) * (4 + 1) });
    const networks = example === 'one-die' ? ['noc'] : ['die0.noc', 'die1.noc'];
    for (const path of networks) expect(machine.built(path).model.report!()).toHaveProperty('reductions');
    expect(machine.transactions.inFlight).toBe(0);
    expect(machine.kernel.unfinishedWaits()).toEqual([]);
  });

  it('a link between the dies carries what the algorithm sends across', async () => {
    if (example !== 'two-dies') return;
    // Ring 0 1 | 2 3: one of its four steps each way crosses, 6 rounds of a quarter, plus as many requests and responses of 8 bytes.
    const machine = await machineOf(example, false, set);
    execute(machine, expandCollectives(scheduleFor(tiles, 'all-reduce', 'ring', 2, true), ALGORITHMS), true);
    const link = machine.built('d2d').statistics;
    const payload = link['bytes']! - 8 * link['messages']!;
    expect(payload).toBe(2 * 6 * (BYTES / 4));
  });
});

describe('an all-reduce in the network', () => {
  const example = async (set: Readonly<Record<string, unknown>>): Promise<ScheduleResult> => {
    const { scenario, registry: own } = await loadScenario('scenarios/examples/in-network-reduce.yaml', registry, { set });
    return runSchedule(scenario, own, {});
  };
  let result: ScheduleResult;
  beforeAll(async () => void (result = await example({})));

  it.each(['packet', 'ideal', 'noc-flit'])('runs on %s, whether it combines or not', async (use) => {
    const machine = await machineOf('network-fidelity', false, { 'machine.noc.use': use });
    execute(machine, expandCollectives(scheduleFor(onOneDie, 'all-reduce', 'in-network', 2, true), ALGORITHMS), true);
    for (const tile of onOneDie) expect(machine.built(`${tile}.dma`).statistics['bytesWritten']).toBe(BYTES);
    expect(machine.transactions.inFlight).toBe(0);
  });

  it('carries one copy over each link of the trees', async () => {
    expect(result.violations).toEqual([]);
    if (isLongRun) expect((await example({})).digest).toBe(result.digest);
    const mesh = meshTopology(4, 4, 3);
    const [header, burst, bursts] = [8, 1024, BYTES / 16 / 1024];
    const routers = Array.from({ length: 16 }, (_, router) => router);
    const bytes = routers.map((own) => {
      const memories = routers.filter((router) => router !== own).map((router) => 3 * router + 1);
      const [out, back] = [multicastLinks(mesh, 3 * own, memories), reductionTree(mesh, memories, 0, 3 * own).links];
      const acknowledgements = memories.reduce((sum, node) => sum + mesh.hops(Math.floor(node / 3), own), 0);
      return bursts * (out * header + back * (burst + header) + out * (burst + header) + acknowledgements * header);
    });
    const report = result.blocks.find(({ path }) => path === 'noc')!.report as { links: { bytes: number }[]; reductions: object };
    expect(report.links.reduce((sum, link) => sum + link.bytes, 0)).toBe(bytes.reduce((sum, count) => sum + count, 0));
    expect(report.reductions).toMatchObject({ started: 16 * bursts, packetsCombined: 16 * bursts * 14 });
  });

  it.runIf(isLongRun)('is faster than the others, and than the same transfers where dma engines add', async () => {
    const cycles = async (set: Readonly<Record<string, unknown>>): Promise<number> => (await example(set)).simulation.cycles;
    const combined = result.simulation.cycles;
    expect(combined).toBeLessThan(await cycles({ 'machine.noc.with.reductionEntries': 0 }));
    for (const algorithm of ['direct', 'mesh', 'ring']) expect(combined).toBeLessThan(await cycles({ 'schedule.collectives.algorithm': algorithm }));
  });
});

describe('uncontended time on an ideal network', () => {
  const transfer = (part: number, compute: boolean): Schedule => {
    const base = scheduleFor(onOneDie, 'all-gather', 'ring', 2);
    const box = { N: [0, 256 / part] as const };
    const operations: ScheduleOperation[] = compute
      ? [
          {
            kind: 'compute',
            queue: 'core1.vec',
            operator: 'add',
            loops: { K: BYTES / part },
            reads: [
              { tensor: 'G', box, buffer: 'g1', operand: 'I' },
              { tensor: 'G', box, buffer: 's1', operand: 'I2' },
            ],
            writes: [{ tensor: 'G', box, buffer: 'g1', mode: 'accumulate', operand: 'O' }],
          },
        ]
      : [{ kind: 'transfer', queue: 'core0.dma', reads: [{ tensor: 'G', box, buffer: 'g0' }], writes: [{ tensor: 'G', box, buffer: 'g1', mode: 'add' }] }];
    return { ...base, operations };
  };

  it('is that of its rounds: p-1 transfers and additions, p-1 transfers', async () => {
    const [t, c] = [execute(await machineOf('one-die', true), transfer(4, false)), execute(await machineOf('one-die', true), transfer(4, true))];
    const time = async (operator: string): Promise<number> =>
      execute(await machineOf('one-die', true), expandCollectives(scheduleFor(onOneDie, operator, 'ring', 2), ALGORITHMS));
    expect(await time('all-gather')).toBe(3 * t);
    expect(await time('all-reduce')).toBe(3 * (2 * t + c));
  });
});

describe('the example', () => {
  it('chooses its algorithm in the scenario', async () => {
    const cycles: number[] = [];
    for (const algorithm of ['ring', 'mesh', 'direct', 'tree']) {
      const { scenario, registry: own } = await loadScenario('scenarios/examples/all-reduce.yaml', registry, {
        set: { 'schedule.collectives.algorithm': algorithm },
      });
      const result = await runSchedule(scenario, own, {});
      expect(result.outcome).toBe('finished');
      expect(result.violations).toEqual([]);
      cycles.push(result.simulation.cycles);
    }
    expect(new Set(cycles).size).toBe(4);
    // Everything up and down the tree moves more than twice what a ring does.
    expect(cycles[3]).toBeGreaterThan(1.3 * cycles[0]!);
  });
});
