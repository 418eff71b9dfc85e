import type { IndexExpression, Layer, Operand, Workload, WorkloadTensor } from 'tessera-sim';
import type { ZigzagLayer } from './form.js';
import { relatedSize } from './relevancy.js';

/** A layer with where its inputs come from: names of layers; what is not named is a tensor of its own. */
export interface SourcedLayer {
  readonly layer: ZigzagLayer;
  readonly operator: string;
  readonly from?: Readonly<Record<string, string>>;
}

/** Layers in our form. Inputs that a layer before writes in another shape become tensors of their own, with the order kept. */
export function zigzagWorkload(name: string, layers: readonly SourcedLayer[]): Workload {
  const tensors: Record<string, WorkloadTensor> = {};
  const ids = new Map<string, number>();
  const built: Layer[] = [];
  const read = new Set<string>();
  for (const [id, sourced] of layers.entries()) {
    const { layer } = sourced;
    const predecessors = new Set<number>();
    const operands = layer.operands
      .filter(({ name: operand }, index) => index === 0 || layer.precision[operand] !== 0)
      .map((operand) => buildOperand(sourced, operand, tensors, read));
    for (const producer of Object.values(sourced.from ?? {})) if (ids.has(producer)) predecessors.add(ids.get(producer)!);
    ids.set(layer.name, id);
    const products = operands.length === 3 && /conv|gemm|matmul|fc/i.test(sourced.operator);
    built.push({
      id,
      name: layer.name,
      operator: sourced.operator.toLowerCase(),
      class: products ? 'mac' : 'vector',
      loops: { ...layer.loops },
      operands,
      predecessors: [...predecessors].toSorted((a, b) => a - b),
      opsPerPoint: products ? 2 : 1,
    });
  }
  const outputs = built.flatMap(({ operands }) => operands.filter(({ role, tensor }) => role === 'output' && !read.has(tensor)).map(({ tensor }) => tensor));
  for (const output of outputs) tensors[output] = { ...tensors[output]!, role: 'output' };
  return { name, tensors, layers: built, inputs: Object.values(tensors).flatMap(({ role, name: tensor }) => (role === 'input' ? [tensor] : [])), outputs };
}

function buildOperand(
  { layer, from }: SourcedLayer,
  { name, dims }: ZigzagLayer['operands'][number],
  tensors: Record<string, WorkloadTensor>,
  read: Set<string>,
): Operand {
  const isOutput = name === layer.operands[0]!.name;
  const producer = from?.[name];
  const sizes = dims.map((dim) => sizeOf(layer, dim));
  const written = isOutput || producer === undefined ? undefined : tensors[`${producer}.O`];
  const fits = written !== undefined && fitsInto(layer, dims, sizes, Object.values(written.dims));
  const bits = layer.precision[isOutput ? 'O_final' : name]!;
  const tensor: WorkloadTensor = fits
    ? written
    : {
        name: `${layer.name}.${isOutput ? 'O' : name}`,
        dims: Object.fromEntries(dims.map((dim, index) => [dim, sizes[index]!])),
        format: `int${bits}`,
        role: isOutput ? 'intermediate' : producer === undefined && name !== 'I' ? 'constant' : 'input',
      };
  tensors[tensor.name] ??= tensor;
  if (!isOutput) read.add(tensor.name);
  const expressions = dims.map((dim, index) => expression(layer, dim, Object.keys(tensor.dims)[index]!, sizes[index]! - Object.values(tensor.dims)[index]!));
  return {
    name,
    tensor: tensor.name,
    role: isOutput ? 'output' : tensor.role === 'constant' ? 'weight' : 'activation',
    map: { kind: 'index', expressions },
    format: tensor.format,
    ...(isOutput ? { partialFormat: `int${layer.precision['O'] ?? bits}` } : {}),
  };
}

const sizeOf = (layer: ZigzagLayer, dim: string): number =>
  layer.relations.some((relation) => relation.dim === dim) ? relatedSize(layer, dim, (loop) => layer.loops[loop] ?? 1) : (layer.loops[dim] ?? 1);

/** The same dimensions, but for padding around those that a window slides over. */
function fitsInto(layer: ZigzagLayer, dims: readonly string[], sizes: readonly number[], there: readonly number[]): boolean {
  if (dims.length !== there.length) return false;
  return dims.every((dim, index) =>
    layer.relations.some((relation) => relation.dim === dim) ? there[index]! <= sizes[index]! : there[index] === sizes[index],
  );
}

function expression(layer: ZigzagLayer, dim: string, name: string, padding: number): IndexExpression {
  const relation = layer.relations.find((candidate) => candidate.dim === dim);
  const terms = relation === undefined ? [{ loop: dim, factor: 1 }] : relation.terms;
  return {
    dim: name,
    terms: terms.filter(({ loop }) => layer.loops[loop] !== undefined).map(({ loop, factor }) => ({ loop, coefficient: factor })),
    ...(padding > 1 ? { offset: -Math.floor(padding / 2) } : {}),
  };
}
