import { RandomStream } from '../../core/kernel/random.js';

type Options = Readonly<Record<string, unknown>>;

/** A block of the machine: its plugin and what the machine sets of it. */
export interface BlockChoice {
  readonly use: string;
  readonly with: Options;
}

/** One layer, as a workload file writes it. */
export interface LayerChoice {
  readonly name: string;
  readonly operator: 'gemm' | 'conv';
  readonly loops: Readonly<Record<string, number>>;
  readonly pad?: number;
  readonly from?: Readonly<Record<string, string>>;
}

/** A machine and what it computes, drawn at random; plain data, so that a change is a copy with one thing replaced. */
export interface RandomCase {
  readonly name: string;
  readonly mapper: 'layer-by-layer' | 'depth-first';
  readonly cores: number;
  readonly memoryMegahertz: number;
  readonly array: Options;
  readonly sram: Options;
  readonly dma: Options;
  readonly network: BlockChoice;
  readonly dram: BlockChoice;
  readonly layers: readonly LayerChoice[];
}

/** Draws case number `index`: the same for the same seed, whatever was drawn before. */
export function drawCase(seed: number, index: number): RandomCase {
  const draw = new Drawing(new RandomStream(seed, `machine ${index}`));
  const cores = draw.of(1, 1, 2, 3, 4);
  return {
    name: `machine-${index}`,
    mapper: draw.of('layer-by-layer', 'depth-first'),
    cores,
    memoryMegahertz: draw.of(400, 600, 800, 1000, 1600),
    array: drawArray(draw),
    sram: drawSram(draw),
    dma: {
      setupCycles: draw.of(4, 16),
      descriptorsInFlight: draw.of(1, 2, 4),
      burstBytes: draw.of(256, 512, 1024, 2048),
      outstandingBursts: draw.of(2, 4, 8),
      widthBits: draw.of(64, 128, 256),
    },
    network: drawNetwork(draw, cores),
    dram: drawDram(draw),
    layers: drawLayers(draw),
  };
}

/** One of several, each as likely as it is often written. */
class Drawing {
  constructor(private readonly stream: RandomStream) {}

  of<T>(...choices: readonly T[]): T {
    return choices[this.stream.below(choices.length)]!;
  }
}

function drawArray(draw: Drawing): Options {
  const rows = draw.of(8, 16, 32);
  return {
    rows,
    columns: draw.of(rows, rows, 2 * rows),
    dataflow: draw.of('weight-stationary', 'weight-stationary', 'output-stationary'),
    overlapFill: draw.of(true, false),
    overlapDrain: draw.of(true, false),
  };
}

function drawSram(draw: Drawing): Options {
  const wordBits = draw.of(32, 64);
  return {
    capacityBytes: draw.of(32, 64, 128, 256) * 1024,
    banks: draw.of(4, 8, 16),
    wordBits,
    portWidthBits: wordBits * draw.of(1, 2, 4),
    interleaving: draw.of('low-order', 'low-order', 'xor'),
  };
}

function drawNetwork(draw: Drawing, cores: number): BlockChoice {
  const use = draw.of('ideal', 'bus', 'mesh-packet', 'mesh-packet', 'noc-flit');
  if (use === 'ideal') return { use, with: { latencyCycles: draw.of(1, 4) } };
  if (use === 'bus') return { use, with: { widthBits: draw.of(64, 128, 256) } };
  if (use === 'noc-flit')
    return {
      use,
      with: { topology: 'mesh', k: 2, n: 2, concentration: 3, flitBits: draw.of(64, 128), maxPacketFlits: 33, numVcs: draw.of(2, 4), vcBufferFlits: 8 },
    };
  return {
    use,
    with: {
      columns: Math.min(cores, 2),
      rows: Math.ceil(cores / 2),
      concentration: 3,
      linkWidthBits: draw.of(64, 128, 256),
      maxPacketBytes: draw.of(256, 1024),
    },
  };
}

const PARTS = ['DDR4-3200AA-8Gb-x8', 'DDR4-2400R-8Gb-x8', 'HBM2-2000-4Gb'] as const;

function drawDram(draw: Drawing): BlockChoice {
  if (draw.of(true, true, false)) {
    return {
      use: 'dram-simple',
      with: { channels: draw.of(1, 2, 4), banks: draw.of(8, 16), interleaveBytes: draw.of(64, 256, 1024), bytesPerCycle: draw.of(8, 16) },
    };
  }
  const mapping = draw.of('RoBaRaCoCh', 'ChRaBaRoCo', 'MOP4CLXOR', undefined);
  return {
    use: 'dram',
    with: { part: draw.of(...PARTS), channels: draw.of(1, 2), linesPerCycle: draw.of(1, 4), ...(mapping === undefined ? {} : { mapping }) },
  };
}

/** One to three layers in a chain, each small: what is looked for shows in ten thousand cycles. */
function drawLayers(draw: Drawing): LayerChoice[] {
  const count = draw.of(1, 2, 3);
  return draw.of(true, false) ? gemmChain(draw, count) : convChain(draw, count);
}

function gemmChain(draw: Drawing, count: number): LayerChoice[] {
  const rows = draw.of(48, 64, 128, 200);
  let depth = draw.of(64, 128, 200, 384);
  return Array.from({ length: count }, (_, i) => {
    const columns = draw.of(64, 128, 250, 384);
    const loops = { B: 1, OY: rows, K: columns, C: depth };
    depth = columns;
    return { name: `gemm${i}`, operator: 'gemm', loops, ...follows('gemm', i) };
  });
}

function convChain(draw: Drawing, count: number): LayerChoice[] {
  const size = draw.of(14, 20, 28, 32);
  let channels = draw.of(3, 16, 32, 64);
  return Array.from({ length: count }, (_, i) => {
    const kernel = draw.of(1, 3);
    const outputs = draw.of(16, 32, 48, 64);
    const loops = { B: 1, K: outputs, C: channels, OY: size, OX: size, FY: kernel, FX: kernel };
    channels = outputs;
    return { name: `conv${i}`, operator: 'conv', loops, pad: (kernel - 1) / 2, ...follows('conv', i) };
  });
}

function follows(stem: string, index: number): { from?: Record<string, string> } {
  return index === 0 ? {} : { from: { I: `${stem}${index - 1}` } };
}
