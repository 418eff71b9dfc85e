/**
 * Results as a run makes them, without a run: ResNet-18 on four cores in a mesh, deterministic, with stall stacks that sum to
 * the run's length and a trace that agrees with them. Numbers are plausible, not measured.
 */
import { busyCycles, digestOf } from '../../../core/index.js';
import type {
  BlockResult,
  Estimate,
  ExperimentResult,
  LayerResult,
  LinkResult,
  MemoryResult,
  ScheduleResult,
  RunTrace,
  TracedOperation,
  TraceTrack,
  StallResult,
} from '../../../core/index.js';

const TICKS_PER_CYCLE = 1000;
const CORES = 4;
const SPAN_LABELS = ['idle', 'busy', 'wait-memory', 'wait-input', 'wait-output'];

export interface SampleOptions {
  readonly scenario?: string;
  /** Scales waiting: 1 is layer by layer, smaller is a better schedule. */
  readonly waiting?: number;
  readonly withTrace?: boolean;
  /** Tiles per layer and core. */
  readonly tiles?: number;
  readonly layerNames?: (index: number) => string;
}

interface LayerShape {
  readonly name: string;
  readonly operator: string;
  readonly macs: number;
  readonly bytes: number;
}

/** The twenty convolutions, the pools, the additions and the classifier of ResNet-18 at 224 x 224. */
function resnet18(): LayerShape[] {
  const layers: LayerShape[] = [
    { name: 'conv1', operator: 'conv2d', macs: 118_013_952, bytes: 962_944 },
    { name: 'maxpool', operator: 'pool-max', macs: 1_806_336, bytes: 1_003_520 },
  ];
  [64, 128, 256, 512].forEach((channels, stage) => {
    const size = 56 >> stage;
    for (let block = 0; block < 2; block++) {
      const down = stage > 0 && block === 0;
      const pixels = size * size;
      for (const conv of [1, 2]) {
        const inputs = down && conv === 1 ? channels / 2 : channels;
        const name = `layer${stage + 1}.${block}.conv${conv}`;
        layers.push({ name, operator: 'conv2d', macs: pixels * channels * inputs * 9, bytes: channels * inputs * 9 + 2 * pixels * channels });
      }
      if (down)
        layers.push({
          name: `layer${stage + 1}.0.downsample`,
          operator: 'conv2d',
          macs: (pixels * channels * channels) / 2,
          bytes: (channels * channels) / 2 + 3 * pixels * channels,
        });
      layers.push({ name: `layer${stage + 1}.${block}.add`, operator: 'add', macs: pixels * channels, bytes: 3 * pixels * channels });
    }
  });
  layers.push({ name: 'avgpool', operator: 'pool-average', macs: 25_088, bytes: 25_600 }, { name: 'fc', operator: 'gemm', macs: 512_000, bytes: 513_512 });
  return layers;
}

class TraceBuilder {
  readonly spans = new Map<string, number[]>();
  readonly counters = new Map<string, number[]>();
  readonly operations: TracedOperation[] = [];

  span(path: string, start: number, end: number, label: number, operation: number): void {
    const list = this.spans.get(path) ?? [];
    list.push(start, end, label, operation);
    this.spans.set(path, list);
  }

  count(path: string, tick: number, value: number): void {
    const list = this.counters.get(path) ?? [];
    list.push(tick, value);
    this.counters.set(path, list);
  }

  operation(kind: string, layer: string, queue: string, start: number, end: number): number {
    const id = this.operations.length;
    this.operations.push({ id, kind, layer, queue, readyTick: start, startTick: start, endTick: end, releaseCause: 'start', releasedBy: -1 });
    return id;
  }

  finish(): RunTrace {
    const tracks: TraceTrack[] = [];
    for (const [path, values] of this.spans) {
      const isLink = path.includes('->');
      const labels = isLink ? ['read', 'write'] : path.includes('.pe.') ? SPAN_LABELS : path.includes('.dma.') ? ['transfer'] : ['read', 'write'];
      const block = isLink ? path : path.startsWith('noc.') ? 'noc' : path.slice(0, path.lastIndexOf('.'));
      tracks.push({ path, block, kind: isLink ? 'link' : kindOf(block), labels, unit: '', spans: Float64Array.from(values) });
    }
    for (const [path, values] of this.counters) {
      const block = path.slice(0, path.lastIndexOf('.'));
      tracks.push({ path, block, kind: 'memory', labels: [], unit: 'bytes', counter: Float64Array.from(values) });
    }
    tracks.sort((a, b) => (a.path < b.path ? -1 : 1));
    const queues = new Map<string, number[]>();
    for (const { queue, startTick, endTick, id } of this.operations) queues.set(queue, [...(queues.get(queue) ?? []), startTick, endTick, 0, id]);
    const asTrack = ([path, values]: [string, number[]]): TraceTrack => ({
      path,
      block: path,
      kind: 'queue',
      labels: ['operation'],
      spans: Float64Array.from(values),
    });
    return { tracks, queues: [...queues].sort(([a], [b]) => (a < b ? -1 : 1)).map(asTrack), operations: this.operations, mergedBelowTicks: 0 };
  }
}

function kindOf(block: string): string {
  if (block === 'noc') return 'network';
  if (block.endsWith('.pe')) return 'core';
  return block.endsWith('.dma') ? 'dma' : 'memory';
}

interface CoreTotals {
  busy: number;
  waitMemory: number;
  waitInput: number;
}

/** Tile after tile on every core: a transfer, the wait for it, the fold. All numbers in cycles until they are traced. */
function simulate(options: Required<SampleOptions>): { layers: LayerResult[]; cycles: number; totals: CoreTotals[]; trace: RunTrace; dramBytes: number } {
  const builder = new TraceBuilder();
  const totals = Array.from({ length: CORES }, (): CoreTotals => ({ busy: 0, waitMemory: 0, waitInput: 0 }));
  const layers: LayerResult[] = [];
  let now = 0;
  let dramBytes = 0;
  let state = 12345;
  const noise = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  resnet18().forEach((shape, index) => {
    const layer = options.layerNames(index) || shape.name;
    const compute = Math.ceil(shape.macs / CORES / 256 / 0.9);
    const load = Math.ceil((shape.bytes / 16) * options.waiting);
    const layerStart = now;
    let layerEnd = now;
    dramBytes += Math.round(shape.bytes * (0.4 + 0.6 * options.waiting));
    for (let core = 0; core < CORES; core++) {
      let cursor = layerStart;
      for (let tile = 0; tile < options.tiles; tile++) {
        const wait = Math.ceil((load / options.tiles) * (0.6 + 0.4 * noise()));
        const busy = Math.ceil(compute / options.tiles);
        traceTile(builder, options.withTrace, { core, layer, cursor, wait, busy, tile, bytes: Math.ceil(shape.bytes / options.tiles / CORES) });
        cursor += wait + busy;
        totals[core]!.busy += busy;
        totals[core]!.waitInput += wait;
      }
      layerEnd = Math.max(layerEnd, cursor);
    }
    now = layerEnd;
    layers.push({
      layer,
      operator: shape.operator,
      macs: shape.macs,
      cycles: layerEnd - layerStart,
      startCycle: layerStart,
      endCycle: layerEnd,
      computeCycles: compute,
      bytes: { dram: shape.bytes },
    });
  });
  return { layers, cycles: now, totals, trace: builder.finish(), dramBytes };
}

interface Tile {
  readonly core: number;
  readonly layer: string;
  readonly cursor: number;
  readonly wait: number;
  readonly busy: number;
  readonly tile: number;
  readonly bytes: number;
}

function traceTile(builder: TraceBuilder, wanted: boolean, { core, layer, cursor, wait, busy, tile, bytes }: Tile): void {
  if (!wanted) return;
  const [start, loaded, end] = [cursor * TICKS_PER_CYCLE, (cursor + wait) * TICKS_PER_CYCLE, (cursor + wait + busy) * TICKS_PER_CYCLE];
  const transfer = builder.operation('transfer', layer, `dma${core}`, start, loaded);
  const compute = builder.operation('compute', layer, `core${core}`, loaded, end);
  builder.span(`core${core}.dma.transfer`, start, loaded, 0, transfer);
  builder.span(`core${core}.dma.network->noc.node${core}`, start, loaded, 0, transfer);
  builder.span(`noc.link.${core % 2},${core >> 1}-${(core + 1) % 2},${core >> 1}`, start, loaded, 0, transfer);
  builder.span(`core${core}.pe.work`, start, loaded, 3, compute);
  builder.span(`core${core}.pe.work`, loaded, end, 1, compute);
  builder.count(`core${core}.l1.occupancy`, start, (1 + (tile % 2)) * bytes);
  builder.count(`core${core}.l1.occupancy`, end, bytes);
}

function blockResults(cycles: number, totals: readonly CoreTotals[], dramBusy: number): BlockResult[] {
  const cores = totals.flatMap((total, core): BlockResult[] => [
    block(`core${core}.dma`, 'dma', 'dma', { idle: cycles - total.waitInput, busy: total.waitInput * 0.25, 'wait-source': total.waitInput * 0.75 }),
    block(
      `core${core}.l1`,
      'sram',
      'memory',
      { idle: cycles - total.busy, busy: total.busy * 0.97, 'bank-conflict': total.busy * 0.03 },
      { read: total.busy * 42, write: total.busy * 11 },
    ),
    block(
      `core${core}.pe`,
      'systolic',
      'core',
      { idle: cycles - total.busy - total.waitInput, busy: total.busy, 'wait-memory': 0, 'wait-input': total.waitInput, 'wait-output': 0 },
      { mac: total.busy * 256 * 0.2, leakage: cycles * 3 },
    ),
  ]);
  return [
    ...cores,
    block(
      'dram',
      'dram-simple',
      'memory',
      { idle: cycles - dramBusy, busy: dramBusy * 0.8, 'row-miss': dramBusy * 0.2 },
      { access: dramBusy * 1500, refresh: cycles * 20 },
    ),
    block('noc', 'mesh-packet', 'network', { idle: cycles - dramBusy, busy: dramBusy * 0.9, blocked: dramBusy * 0.1 }),
  ];
}

function block(path: string, plugin: string, kind: string, cyclesByClass: Record<string, number>, energyPj: Record<string, number> = {}): BlockResult {
  const stalls = Object.entries(cyclesByClass).map(([name, cycles]): StallResult => ({ class: name, ...roleOf(name), cycles }));
  const computes = kind === 'core' ? { computes: 'array' as const } : {};
  return { path, plugin, kind, clockHz: 1e9, ...computes, statistics: { operations: { value: 128, unit: 'operations' } }, stalls, energyPj };
}

function roleOf(name: string): Pick<StallResult, 'role' | 'on'> {
  if (name === 'idle' || name === 'busy') return { role: name === 'idle' ? 'rest' : 'work' };
  return { role: 'wait', on: name === 'blocked' ? 'peer' : name === 'bank-conflict' || name === 'row-miss' ? 'bank' : 'memory' };
}

function memoryResults(dramBytes: number): MemoryResult[] {
  const l1 = Array.from({ length: CORES }, (_, core) => ({
    path: `core${core}.l1`,
    capacityBytes: 524_288,
    peakBytes: 401_408 - core * 4096,
    bytesRead: 61_000_000,
    bytesWritten: 14_000_000,
  }));
  return [
    ...l1,
    { path: 'dram', capacityBytes: 2 ** 30, peakBytes: 14_200_000, bytesRead: Math.round(dramBytes * 0.7), bytesWritten: Math.round(dramBytes * 0.3) },
  ];
}

function linkResults(): LinkResult[] {
  const attach = Array.from({ length: CORES }, (_, core) => ({
    path: `core${core}.dma.network->noc.node${core}`,
    bytes: 5_000_000 + core,
    messages: 80_000,
    utilisation: 0.31,
  }));
  const mesh = ['0,0-1,0', '1,0-0,0', '0,1-1,1', '1,1-0,1', '0,0-0,1', '0,1-0,0', '1,0-1,1', '1,1-1,0'];
  return [
    ...attach,
    ...mesh.map((name, i) => ({ path: `noc.link.${name}`, bytes: 1_000_000 * (i + 1), messages: 16_000 * (i + 1), utilisation: 0.08 * (i + 1) })),
  ];
}

function estimateOf(layers: readonly LayerResult[]): Estimate {
  const estimated = layers.map((layer): LayerResult => {
    const cycles = Math.max(layer.computeCycles, Math.round(((layer.bytes?.['dram'] ?? 0) / 16) * 0.6));
    return { layer: layer.layer, operator: layer.operator, macs: layer.macs, cycles, computeCycles: layer.computeCycles };
  });
  const cycles = estimated.reduce((sum, layer) => sum + layer.cycles, 0);
  return {
    cycles,
    seconds: cycles / 1e9,
    energyPj: cycles * 300,
    layers: estimated,
    resources: [],
    estimator: 'roofline',
    notes: ['No contention between cores'],
  };
}

export function sampleResult(given: SampleOptions = {}): ScheduleResult {
  const options = { scenario: 'resnet18-layer-by-layer', waiting: 1, withTrace: true, tiles: 8, layerNames: () => '', ...given };
  const { layers, cycles, totals, trace, dramBytes } = simulate(options);
  const blocks = blockResults(cycles, totals, Math.round(dramBytes / 16));
  const energyPj = blocks.reduce((sum, entry) => sum + Object.values(entry.energyPj).reduce((a, b) => a + b, 0), 0);
  const resources = blocks.map((entry) => ({ resource: entry.path, kind: entry.kind, busyCycles: busyCycles(entry) }));
  return {
    tesseraResult: 1,
    kind: 'schedule',
    name: options.scenario,
    scenario: options.scenario,
    set: {},
    file: 'scenarios/quickstart/resnet18.yaml',
    outcome: 'finished',
    simulation: { cycles, seconds: cycles / 1e9, energyPj, layers, resources },
    estimate: estimateOf(layers),
    boundViolations: [{ layer: 'fc', resource: 'dram', bound: 'bytes / peak bandwidth', boundCycles: 32_094, estimatedCycles: 19_257 }],
    blocks,
    links: linkResults(),
    memories: memoryResults(dramBytes),
    operations: { finished: 1984, total: 1984 },
    violationCount: 0,
    violations: [],
    expectations: [
      { name: 'cycles.atMost', expected: '<= 3000000', actual: cycles, holds: cycles <= 3_000_000 },
      { name: 'estimateError.within', expected: 'within +-0.08', actual: -0.21, holds: false },
    ],
    events: 1_234_567,
    engineCpuSeconds: 0.87,
    seed: 1,
    digest: digestOf({ cycles, layers }),
    digests: { timing: digestOf('timing'), counts: digestOf('counts'), energy: digestOf('energy') },
    inputs: { 'scenarios/quickstart/resnet18.yaml': digestOf('scenario'), 'scenarios/models/resnet18.onnx': digestOf('model') },
    versions: { tessera: '0.1.0', node: 'v20.19.0' },
    mapper: 'layer-by-layer',
    ...(options.withTrace ? { trace } : {}),
  };
}

/** A run that ended in a deadlock with a broken schedule. */
export function brokenResult(): ScheduleResult {
  const good = sampleResult({ scenario: 'two-cores-deadlocked', withTrace: false });
  return {
    ...good,
    outcome: 'illegal',
    operations: { finished: 17, total: 1984 },
    violationCount: 1,
    violations: [
      {
        rule: 'race',
        message: "operation 18 (compute, queue core0) reads buffer 'core0.I.0' while operation 17 (transfer, queue dma0) writes it",
        advice: "let operation 18 wait for operation 17: 'after', or the same queue",
        operations: [17, 18],
        buffer: 'core0.I.0',
        layer: 'conv1',
        tick: 1_234_500,
        cycle: 1234.5,
      },
    ],
    deadlock: {
      tick: 2_000_000,
      waits: [
        { who: 'operation 18', whom: 'operation 19', what: 'buffer core0.O.0 to be released', sinceTick: 1_500_000 },
        { who: 'operation 19', whom: 'operation 18', what: 'its result', sinceTick: 1_600_000 },
      ],
      cycle: [
        { who: 'operation 18', whom: 'operation 19', what: 'buffer core0.O.0 to be released', sinceTick: 1_500_000 },
        { who: 'operation 19', whom: 'operation 18', what: 'its result', sinceTick: 1_600_000 },
      ],
    },
    expectations: [{ name: 'core9.l1.peakBytes.atMost', expected: '<= 1000', actual: NaN, holds: false }],
  };
}

/** What `kind: traffic` and the like return: metrics and tables instead of layers. */
export function experimentResult(): ExperimentResult {
  const {
    tesseraResult,
    file,
    set,
    expectations: _,
    outcome,
    events,
    engineCpuSeconds,
    seed,
    digest,
    digests,
    inputs,
    versions,
  } = sampleResult({ withTrace: false });
  return {
    tesseraResult,
    set,
    outcome,
    events,
    engineCpuSeconds,
    seed,
    digest,
    digests,
    inputs,
    versions,
    ...(file === undefined ? {} : { file }),
    kind: 'experiment',
    name: 'mesh-uniform-0.3',
    scenario: 'mesh-uniform-0.3',
    experiment: 'traffic',
    simulatedSeconds: 1e-4,
    expectations: [],
    metrics: { averageLatencyCycles: 34.25, acceptedFlitsPerNodeCycle: 0.2998 },
    tables: {
      latency: [
        { percentile: 50, cycles: 31 },
        { percentile: 99, cycles: 88 },
      ],
    },
  };
}
