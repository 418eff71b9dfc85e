import { describe, expect, it } from 'vitest';
import { checkIdeal } from '../../core/conformance/ideal-rule.js';
import { benchPlugin } from '../../core/conformance/bench-block.js';
import { buildMachine, RandomStream, type BlockPlugin, type Machine } from '../../core/index.js';
import { dmaPlugin } from '../../plugins/dma/dma/index.js';
import { dramPlugin } from '../../plugins/memories/dram/index.js';
import { sramPlugin } from '../../plugins/memories/sram/index.js';
import { pimBankPlugin } from '../../plugins/pim/pim-bank/index.js';
import { caseCount } from '../many.js';
import { computeFeeder, gemm } from '../plugins/cores/support/compute-bench.js';
import { operationFeeder, type OperationSketch } from '../plugins/support/operation-feeder.js';
import { resumedDifference, type FedMachine } from '../plugins/support/resumed-run.js';

const shares = (name: string, count: number): number[] => {
  const random = new RandomStream(5, name);
  return Array.from({ length: count }, () => random.below(1000) / 1000);
};

const fp16 = { formats: { W: 'fp16', I: 'fp16', O: 'fp16' } };
const KERNELS = [gemm(2, 300, 700, { operator: 'gemv', ...fp16 }), gemm(3, 64, 40, fp16), gemm(1, 500, 100, { operator: 'gemv', ...fp16 })];

/** Kernels, and a neighbour that reads and writes meanwhile. */
function pimMachine(config: Readonly<Record<string, unknown>>, plugin = pimBankPlugin as BlockPlugin): FedMachine {
  const feeder = computeFeeder(KERNELS, () => machine.block('pim').unit!, 'pim');
  const machine: Machine = buildMachine({
    name: 'kernels and traffic',
    clocks: { core: 877_000_000, bench: 1e9 },
    blocks: [
      { path: 'bench', plugin: benchPlugin, config: { targets: ['pim'], requests: 150, pause: 60 }, clock: 'bench' },
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      { path: 'pim', plugin, config, clock: 'core' },
    ],
    connections: [{ from: 'bench.port', to: 'pim.port0' }],
    seed: 3,
  });
  return { machine, feeder };
}

describe.each([
  {},
  { channels: 1, tREFI: 600, tRFC: 100, queueDepth: 2 },
  { ordinaryAccess: 'after-kernel', packRows: false },
  { ideal: ['refresh', 'broadcast'] },
])('pim-bank %j with kernels', (config) => {
  it('goes on from a state that was saved at any moment', () => {
    expect(resumedDifference(() => pimMachine(config), shares('pim', caseCount(30, 2)))).toBeUndefined();
  });
});

/** Dense, strided, in planes, to two places, and a sum of two. */
const TRANSFERS: readonly OperationSketch[] = [
  { form: {}, reads: [{ memory: 'far', rowBytes: 5000 }], writes: [{ memory: 'near', rowBytes: 5000 }] },
  { form: {}, reads: [{ memory: 'far', rowBytes: 64, rows: 30, pitchBytes: 256 }], writes: [{ memory: 'near', address: 8192, rowBytes: 1920 }] },
  {
    form: {},
    reads: [{ memory: 'near', rowBytes: 32, rows: 4, pitchBytes: 64, planes: 5, planePitchBytes: 1024 }],
    writes: [
      { memory: 'far', rowBytes: 640 },
      { memory: 'near', address: 4096, rowBytes: 128, rows: 5, pitchBytes: 160 },
    ],
  },
  {
    form: { reduce: 'add' },
    reads: [
      { memory: 'near', rowBytes: 1500 },
      { memory: 'far', address: 2048, rowBytes: 1500 },
    ],
    writes: [{ memory: 'near', address: 16384, rowBytes: 1500 }],
  },
  { form: {}, reads: [{ memory: 'near', rowBytes: 3000 }], writes: [{ memory: 'far', address: 512, rowBytes: 3000 }] },
];

function dmaMachine(config: Readonly<Record<string, unknown>>, plugin = dmaPlugin as BlockPlugin): FedMachine {
  const feeder = operationFeeder([...TRANSFERS, ...TRANSFERS], () => machine.block('dma').unit!);
  const bench = (memory: string) => ({ targets: [memory], requests: 100, pause: 10 });
  const machine: Machine = buildMachine({
    name: 'transfers and traffic',
    clocks: { core: 877_000_000, bench: 1e9 },
    blocks: [
      { path: 'bench0', plugin: benchPlugin, config: bench('near'), clock: 'bench' },
      { path: 'bench1', plugin: benchPlugin, config: bench('far'), clock: 'bench' },
      { path: 'dma', plugin, config, clock: 'core' },
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      { path: 'far', plugin: sramPlugin as BlockPlugin, config: { banks: 2 }, clock: 'bench' },
      { path: 'near', plugin: sramPlugin as BlockPlugin, config: {}, clock: 'core' },
    ],
    connections: [
      { from: 'dma.local', to: 'near.port0' },
      { from: 'bench0.port', to: 'near.port1' },
      { from: 'dma.network', to: 'far.port0', latencyCycles: 9 },
      { from: 'bench1.port', to: 'far.port1' },
    ],
    seed: 3,
  });
  return { machine, feeder };
}

describe.each([
  {},
  { burstBytes: 96, outstandingBursts: 3, widthBits: 64 },
  { descriptorsInFlight: 2, setupCycles: 40, outstandingBursts: 32 },
  { ideal: ['setup'] },
])('dma %j with transfers', (config) => {
  it('goes on from a state that was saved at any moment', () => {
    expect(resumedDifference(() => dmaMachine(config), shares('dma', caseCount(30, 2)))).toBeUndefined();
  });
});

/** Long rows, which the DRAM takes as runs of accesses. */
function streamMachine(config: Readonly<Record<string, unknown>>): FedMachine {
  const copy = (bytes: number): OperationSketch => ({ form: {}, reads: [{ memory: 'far', rowBytes: bytes }], writes: [{ memory: 'near', rowBytes: bytes }] });
  const back = (bytes: number): OperationSketch => ({ form: {}, reads: [{ memory: 'near', rowBytes: bytes }], writes: [{ memory: 'far', rowBytes: bytes }] });
  const feeder = operationFeeder([copy(40000), back(9000), copy(3000)], () => machine.block('dma').unit!);
  const machine: Machine = buildMachine({
    name: 'streams',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'dma', plugin: dmaPlugin as BlockPlugin, config: { descriptorsInFlight: 1, outstandingBursts: 1, burstBytes: 2048 }, clock: 'core' },
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      { path: 'far', plugin: dramPlugin as BlockPlugin, config, clock: 'core' },
      { path: 'near', plugin: sramPlugin as BlockPlugin, config: {}, clock: 'core' },
    ],
    connections: [
      { from: 'dma.local', to: 'near.port0' },
      { from: 'dma.network', to: 'far.port0' },
    ],
  });
  return { machine, feeder };
}

describe('dram with runs of accesses to a row', () => {
  it('goes on from a state that was saved at any moment', () => {
    const { machine } = streamMachine({ timings: { nREFI: 900 } });
    machine.run();
    expect(machine.built('far').statistics['reads']).toBeGreaterThan(0);
    expect(resumedDifference(() => streamMachine({ timings: { nREFI: 900 } }), shares('stream', caseCount(100, 4)))).toBeUndefined();
  });
});

type Build = (config: Readonly<Record<string, unknown>>, plugin?: BlockPlugin) => FedMachine;

interface UnitCase {
  readonly plugin: BlockPlugin;
  readonly path: string;
  readonly build: Build;
  readonly config: Readonly<Record<string, unknown>>;
  readonly causes: readonly string[];
}

const UNITS: readonly UnitCase[] = [
  {
    plugin: pimBankPlugin as BlockPlugin,
    path: 'pim',
    build: pimMachine,
    config: { channels: 1, tREFI: 600, tRFC: 100 },
    causes: ['unit', 'banks', 'row', 'refresh'],
  },
  {
    plugin: dmaPlugin as BlockPlugin,
    path: 'dma',
    build: dmaMachine,
    config: { burstBytes: 256, outstandingBursts: 6, widthBits: 512 },
    causes: Object.keys((dmaPlugin as BlockPlugin).milestones ?? {}),
  },
];

const finished = (fed: FedMachine): FedMachine => {
  fed.machine.run();
  fed.machine.finish();
  return fed;
};

describe.each(UNITS.map((unit) => [unit.path, unit] as const))('%s at work', (_, { plugin, path, build, config, causes }) => {
  it('is not slower with an ideal mechanism', () => {
    const trial = (variant: BlockPlugin): Machine => finished(build(variant.example?.config ?? {}, variant)).machine;
    expect(checkIdeal({ ...plugin, example: { config } }, trial)).toBeUndefined();
  });

  it('tells what ended its waits, and listening changes nothing', () => {
    const listened = build(config);
    const heard = new Set<string>();
    const { milestones } = listened.machine.built(path);
    milestones.listen((cause, _operation, since, tick) => {
      if (!(since < tick)) throw new Error(`cause ${cause} from ${since} to ${tick}`);
      heard.add(milestones.causes[cause]!);
    });
    finished(listened);
    expect([...heard]).toEqual(expect.arrayContaining([...causes]));
    const silent = finished(build(config));
    expect(listened.feeder.endTicks).toEqual(silent.feeder.endTicks);
    expect(listened.machine.built(path).statistics).toEqual(silent.machine.built(path).statistics);
  });
});
