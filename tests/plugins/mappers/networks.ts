import type { Layer, Operand, RegionMap, Sizes, Workload, WorkloadTensor } from '../../../core/index.js';

/** Puts small networks together, with the maps that an importer would make. */
export class NetworkBuilder {
  private readonly tensors: Record<string, WorkloadTensor> = {};
  private readonly layers: Layer[] = [];
  private readonly producers = new Map<string, number>();

  constructor(private readonly name: string) {}

  input(name: string, dims: Sizes): string {
    this.tensors[name] = { name, dims, format: 'int8', role: 'input' };
    return name;
  }

  conv(name: string, input: string, options: { K: number; F?: number; stride?: number; pad?: number }): string {
    const { K, F = 3, stride = 1, pad = Math.floor(F / 2) } = options;
    const { C = 1, Y = 1, X = 1 } = this.dims(input);
    const OY = Math.floor((Y + 2 * pad - F) / stride) + 1;
    const OX = Math.floor((X + 2 * pad - F) / stride) + 1;
    this.tensor(`${name}.W`, { K, C, FY: F, FX: F }, 'constant');
    this.tensor(`${name}.O`, { B: 1, C: K, Y: OY, X: OX }, 'intermediate');
    const window = (dim: string, out: string, tap: string) => ({
      dim,
      terms: [
        { loop: out, coefficient: stride },
        { loop: tap, coefficient: 1 },
      ],
      offset: -pad,
    });
    return this.add(name, 'conv', 'mac', { B: 1, K, C, OY, OX, FY: F, FX: F }, [
      this.operand('I', input, { kind: 'index', expressions: [along('B', 'B'), along('C', 'C'), window('Y', 'OY', 'FY'), window('X', 'OX', 'FX')] }),
      this.operand('W', `${name}.W`, { kind: 'index', expressions: ['K', 'C', 'FY', 'FX'].map((dim) => along(dim, dim)) }),
      this.operand('O', `${name}.O`, FEATURE_MAP),
    ]);
  }

  elementwise(name: string, operator: string, ...inputs: string[]): string {
    const dims = this.dims(inputs[0] as string);
    this.tensor(`${name}.O`, dims, 'intermediate');
    const loops = { B: dims['B'] ?? 1, K: dims['C'] ?? 1, OY: dims['Y'] ?? 1, OX: dims['X'] ?? 1 };
    return this.add(name, operator, 'vector', loops, [
      ...inputs.map((input, i) => this.operand(i === 0 ? 'I' : `I${i + 1}`, input, FEATURE_MAP)),
      this.operand('O', `${name}.O`, FEATURE_MAP),
    ]);
  }

  gemm(name: string, input: string, K: number): string {
    const { Y = 1, C = 1 } = this.dims(input);
    this.tensor(`${name}.W`, { C, K }, 'constant');
    this.tensor(`${name}.O`, { Y, C: K }, 'intermediate');
    return this.add(name, 'gemm', 'mac', { OY: Y, K, C }, [
      this.operand('I', input, { kind: 'index', expressions: [along('Y', 'OY'), along('C', 'C')] }),
      this.operand('W', `${name}.W`, { kind: 'index', expressions: [along('C', 'C'), along('K', 'K')] }),
      this.operand('O', `${name}.O`, { kind: 'index', expressions: [along('Y', 'OY'), along('C', 'K')] }),
    ]);
  }

  /** [B, C, Y, X] as a matrix of Y * X rows would need a transpose; a flat row needs none. */
  flatten(name: string, input: string): string {
    const { B = 1, C = 1, Y = 1, X = 1 } = this.dims(input);
    this.tensor(`${name}.O`, { Y: B, C: C * Y * X }, 'intermediate');
    const groups = [
      { from: ['B'], fromSizes: [B], to: ['Y'], toSizes: [B] },
      { from: ['K', 'OY', 'OX'], fromSizes: [C, Y, X], to: ['C'], toSizes: [C * Y * X] },
    ];
    return this.add(name, 'flatten', 'view', { B, K: C, OY: Y, OX: X }, [
      this.operand('I', input, FEATURE_MAP),
      this.operand('O', `${name}.O`, { kind: 'reshape', groups }),
    ]);
  }

  build(...outputs: string[]): Workload {
    const tensors = { ...this.tensors };
    for (const name of outputs) tensors[name] = { ...(tensors[name] as WorkloadTensor), role: 'output' };
    const inputs = Object.values(tensors)
      .filter(({ role }) => role === 'input')
      .map(({ name }) => name);
    return { name: this.name, tensors, layers: this.layers, inputs, outputs };
  }

  private add(name: string, operator: string, layerClass: Layer['class'], loops: Sizes, operands: readonly Operand[]): string {
    const predecessors = operands.flatMap(({ tensor }) => this.producers.get(tensor) ?? []);
    const id = this.layers.length;
    this.layers.push({ id, name, operator, class: layerClass, loops, operands, predecessors, opsPerPoint: layerClass === 'mac' ? 2 : 1 });
    this.producers.set(`${name}.O`, id);
    return `${name}.O`;
  }

  private operand(name: string, tensor: string, map: RegionMap): Operand {
    const role = name === 'O' ? 'output' : name === 'W' ? 'weight' : 'activation';
    return { name, tensor, role, map, format: 'int8' };
  }

  private tensor(name: string, dims: Sizes, role: WorkloadTensor['role']): void {
    this.tensors[name] = { name, dims, format: 'int8', role };
  }

  private dims(tensor: string): Sizes {
    return (this.tensors[tensor] as WorkloadTensor).dims;
  }
}

const along = (dim: string, loop: string) => ({ dim, terms: [{ loop, coefficient: 1 }] });
const FEATURE_MAP: RegionMap = { kind: 'index', expressions: [along('B', 'B'), along('C', 'K'), along('Y', 'OY'), along('X', 'OX')] };

/** Stem, a residual block and a strided one with a projection, a classifier: a ResNet in small. */
export function residualNetwork(size = 24, channels = 16): Workload {
  const net = new NetworkBuilder('small residual network');
  const image = net.input('image', { B: 1, C: 3, Y: size, X: size });
  const stem = net.elementwise('stem.relu', 'relu', net.conv('stem', image, { K: channels }));
  const first = net.elementwise('a.relu', 'relu', net.conv('a', stem, { K: channels }));
  const sum = net.elementwise('sum', 'add', net.conv('b', first, { K: channels }), stem);
  const down = net.conv('down', sum, { K: 2 * channels, F: 1, stride: 2, pad: 0 });
  const deep = net.conv('d', net.conv('c', sum, { K: 2 * channels, stride: 2 }), { K: 2 * channels });
  const last = net.elementwise('sum2', 'add', deep, down);
  return net.build(net.gemm('classifier', net.flatten('flat', last), 10));
}
