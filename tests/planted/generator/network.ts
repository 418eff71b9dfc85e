import type { Random } from '../random.js';
import type { Layer, Plan, Tensor } from '../schedule-text.js';
import type { MachinePaths } from './machines.js';

/** Formats of activations and weights, the usual ones more often. */
const FORMATS = ['int8', 'int8', 'int8', 'int8', 'int16', 'int4', 'int4', 'fp16', 'int2', 'fp6-e3m2'];
const SUMS = ['int8', 'int16', 'int32', 'int32', 'int4'];

const UNARY = ['relu', 'gelu', 'sigmoid', 'tanh', 'silu'];
const BINARY = ['add', 'mul', 'sub'];

/** Layers of a small network, their tensors in the DRAM; no operations yet. */
export function makeNetwork(random: Random, machine: MachinePaths): Plan {
  const plan: Plan = { machine: machine.name, hazards: 'interlocked', tensors: {}, buffers: {}, layers: {}, standard: {}, operations: [], idStep: 0 };
  const canVector = machine.cores.some(({ vector }) => vector !== undefined);
  const isImage = random.chance(40);
  const maker = new NetworkMaker(plan, random, machine.dram, isImage, canVector);
  const count = random.pick([1, 1, 2, 2, 3, 4]);
  for (let i = 0; i < count; i++) maker.addLayer(i);
  const read = new Set(Object.entries(plan.layers).flatMap(([name, layer]) => maker.inputsOf(name, layer)));
  for (const [name, tensor] of Object.entries(plan.tensors))
    if (tensor.role === 'intermediate' && (!read.has(name) || random.chance(15))) tensor.role = 'output';
  return plan;
}

class NetworkMaker {
  private readonly activations: string[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly random: Random,
    private readonly dram: string,
    private readonly isImage: boolean,
    private readonly canVector: boolean,
  ) {}

  inputsOf(name: string, layer: Layer): string[] {
    if (layer.operands === undefined) return ['I', 'W'].map((operand) => this.plan.standard[name]![operand]!);
    return Object.values(layer.operands)
      .filter(({ role }) => role !== 'output')
      .map(({ tensor }) => tensor);
  }

  addLayer(number: number): void {
    const { random } = this;
    if (this.activations.length === 0) this.activations.push(this.isImage ? this.image('X') : this.matrix('X'));
    const source = random.chance(70) ? this.activations.at(-1)! : random.pick(this.activations);
    const isVector = this.canVector && random.chance(number === 0 ? 15 : 40);
    const partners = this.activations.filter((name) => name !== source && this.sameShape(name, source));
    if (isVector && partners.length > 0 && random.chance(70)) this.binary(`L${number}`, source, random.pick(partners));
    else if (isVector && !this.isImage && random.chance(25)) this.rows(`L${number}`, source);
    else if (isVector && this.isImage && random.chance(40)) this.pool(`L${number}`, source);
    else if (isVector) this.unary(`L${number}`, source);
    else if (this.isImage) this.convolution(`L${number}`, source);
    else this.product(`L${number}`, source);
  }

  private product(name: string, source: string): void {
    const { random } = this;
    const [m, k] = this.sizes(source);
    const n = random.between(2, 9);
    const result = this.result(name, { M: m!, N: n });
    const isActivation = random.chance(15);
    const second = this.tensor(`${name}w`, { N: n, K: k! }, isActivation ? 'input' : 'constant');
    const loops = { OX: m!, K: n, C: k! };
    const operator = random.pick(['gemm', 'gemm', 'matmul']);
    const [first, last] = this.dims(source);
    if (random.chance(50)) {
      this.plan.layers[name] = { operator, loops };
      this.plan.standard[name] = { I: source, W: second, O: result };
      return;
    }
    this.plan.layers[name] = {
      operator,
      loops,
      operands: {
        I: { tensor: source, role: 'activation', index: { [first!]: 'OX', [last!]: 'C' } },
        [isActivation ? 'I2' : 'W']: { tensor: second, role: isActivation ? 'activation' : 'weight', index: { N: 'K', K: 'C' } },
        O: { tensor: result, role: 'output', index: { M: 'OX', N: 'K' } },
      },
    };
  }

  private convolution(name: string, source: string): void {
    const { random } = this;
    const [channels, height, width] = this.sizes(source);
    const kernel = Math.min(random.pick([1, 2, 3, 3]), height!, width!);
    const stride = random.pick([1, 1, 2]);
    const padding = kernel > 1 ? random.pick([0, 1]) : 0;
    const out = (size: number): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const isDepthwise = random.chance(25);
    const k = isDepthwise ? channels! : random.between(2, 6);
    const result = this.result(name, { C: k, Y: out(height!), X: out(width!) });
    const weights = this.tensor(`${name}w`, isDepthwise ? { K: k, FY: kernel, FX: kernel } : { K: k, C: channels!, FY: kernel, FX: kernel }, 'constant');
    const position = (o: string, f: string): string => `${stride === 1 ? '' : `${stride}*`}${o} + ${f}${padding === 0 ? '' : ` - ${padding}`}`;
    const spatial = { OY: out(height!), OX: out(width!) };
    const window = { FY: kernel, FX: kernel };
    const groups = isDepthwise ? 'G' : 'K';
    this.plan.layers[name] = {
      operator: isDepthwise ? 'depthwiseconv2d' : 'conv2d',
      loops: isDepthwise ? { G: k, ...spatial, ...window } : { K: k, C: channels!, ...spatial, ...window },
      operands: {
        I: { tensor: source, role: 'activation', index: { C: isDepthwise ? 'G' : 'C', Y: position('OY', 'FY'), X: position('OX', 'FX') } },
        W: { tensor: weights, role: 'weight', index: { K: groups, ...(isDepthwise ? {} : { C: 'C' }), FY: 'FY', FX: 'FX' } },
        O: { tensor: result, role: 'output', index: { C: groups, Y: 'OY', X: 'OX' } },
      },
    };
  }

  private pool(name: string, source: string): void {
    const [channels, height, width] = this.sizes(source);
    const kernel = Math.min(2, height!, width!);
    const stride = this.random.pick([1, 2]);
    const out = (size: number): number => Math.floor((size - kernel) / stride) + 1;
    const result = this.result(name, { C: channels!, Y: out(height!), X: out(width!) });
    const factor = stride === 1 ? '' : '2*';
    this.plan.layers[name] = {
      operator: this.random.pick(['maxpool', 'averagepool']),
      loops: { K: channels!, OY: out(height!), OX: out(width!), FY: kernel, FX: kernel },
      operands: {
        I: { tensor: source, role: 'activation', index: { C: 'K', Y: `${factor}OY + FY`, X: `${factor}OX + FX` } },
        O: { tensor: result, role: 'output', index: { C: 'K', Y: 'OY', X: 'OX' } },
      },
    };
  }

  /** Each result needs its whole row. */
  private rows(name: string, source: string): void {
    const [m, n] = this.sizes(source);
    const [row] = this.dims(source);
    const result = this.result(name, { M: m!, N: n! });
    this.plan.layers[name] = {
      operator: this.random.pick(['softmax', 'layernorm', 'rmsnorm']),
      loops: { OY: m!, OX: n! },
      operands: {
        I: { tensor: source, role: 'activation', index: { [row!]: 'OY', ...(this.random.chance(50) ? { [this.dims(source)[1]!]: '*' } : {}) } },
        O: { tensor: result, role: 'output', index: { M: 'OY', N: 'OX' } },
      },
    };
  }

  private unary(name: string, source: string): void {
    this.elementwise(name, this.random.pick(UNARY), [source]);
  }

  private binary(name: string, first: string, second: string): void {
    this.elementwise(name, this.random.pick(BINARY), [first, second]);
  }

  private elementwise(name: string, operator: string, sources: readonly string[]): void {
    const loops = ['K', 'OY', 'OX'].slice(this.isImage ? 0 : 1);
    const sizes = this.sizes(sources[0]!);
    const index = (tensor: string): Record<string, string> => Object.fromEntries(this.dims(tensor).map((dim, d) => [dim, loops[d]!]));
    const result = this.result(name, Object.fromEntries((this.isImage ? ['C', 'Y', 'X'] : ['M', 'N']).map((dim, d) => [dim, sizes[d]!])));
    this.plan.layers[name] = {
      operator,
      loops: Object.fromEntries(loops.map((loop, l) => [loop, sizes[l]!])),
      operands: {
        ...Object.fromEntries(sources.map((tensor, i) => [i === 0 ? 'I' : 'I2', { tensor, role: 'activation', index: index(tensor) }])),
        O: { tensor: result, role: 'output', index: index(result) },
      },
    };
  }

  private result(layer: string, dims: Record<string, number>): string {
    const name = this.tensor(`T${layer.slice(1)}`, dims, 'intermediate');
    this.activations.push(name);
    return name;
  }

  private matrix(name: string): string {
    return this.tensor(name, { M: this.random.between(3, 10), K: this.random.between(2, 9) }, 'input');
  }

  private image(name: string): string {
    return this.tensor(name, { C: this.random.between(1, 4), Y: this.random.between(4, 8), X: this.random.between(3, 6) }, 'input');
  }

  private tensor(name: string, dims: Record<string, number>, role: Tensor['role']): string {
    const format = this.random.pick(role === 'intermediate' ? [...FORMATS, ...SUMS] : FORMATS);
    this.plan.tensors[name] = { dims, format, role, home: this.dram };
    return name;
  }

  private sizes(name: string): number[] {
    return Object.values(this.plan.tensors[name]!.dims);
  }

  private dims(name: string): string[] {
    return Object.keys(this.plan.tensors[name]!.dims);
  }

  private sameShape(a: string, b: string): boolean {
    return this.sizes(a).join() === this.sizes(b).join();
  }
}
