import type { Layer, Operand, RegionMap, Workload, WorkloadTensor } from 'tessera-sim';
import { Attributes } from './attributes.js';
import { isFloatType } from './data-types.js';
import type { GraphState, NodeLayer } from './graph-state.js';
import type { OperandDraft } from './layer-draft.js';
import type { OnnxOptions } from './options.js';
import type { Value } from './value.js';

/** Layers that pass number formats on: what they write is what they read. */
const KEEPING = new Set([
  'relu',
  'leakyrelu',
  'clip',
  'maxpool',
  'batchnorm',
  'reshape',
  'flatten',
  'squeeze',
  'unsqueeze',
  'transpose',
  'concat',
  'slice',
  'split',
  'pad',
  'add',
  'prelu',
  'hardswish',
]);

/** Turns the layers under construction into a workload: names, roles, formats, predecessors. */
export function finishWorkload(state: GraphState, name: string, outputs: readonly string[], options: OnnxOptions): Workload {
  checkWriters(state, outputs);
  const formats = tensorFormats(state, options);
  const wanted = new Set(outputs.map((output) => state.values.get(output)?.tensor));
  // Names are a stranger's: '__proto__' is one like any other.
  const tensors = Object.create(null) as Record<string, WorkloadTensor>;
  const writers = new Map<string, number>();
  const layers = state.layers.map((layer, id) => {
    const operands = nameOperands(layer.draft.operands).map((draft) => finishOperand({ state, formats, tensors, options, wanted }, draft, layer));
    const predecessors = new Set(
      operands.flatMap((operand) => (operand.role !== 'output' && writers.has(operand.tensor) ? [writers.get(operand.tensor)!] : [])),
    );
    for (const operand of operands) if (operand.role === 'output') writers.set(operand.tensor, id);
    return finishLayer(
      layer,
      id,
      operands,
      [...predecessors].sort((a, b) => a - b),
    );
  });
  const notes = [...state.notes];
  return {
    name,
    tensors,
    layers,
    inputs: [...state.graphInputs].filter((input) => tensors[input] !== undefined),
    outputs: [...new Set(outputs.map((output) => state.values.get(output)?.tensor ?? output))].filter((output) => tensors[output] !== undefined),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** What is read, or an output, is there from the start or written by a layer; else a reader has left something out. */
function checkWriters(state: GraphState, outputs: readonly string[]): void {
  const isThere = (value: Value): boolean =>
    value.constant || state.graphInputs.has(value.tensor) || state.writerOf(value.tensor) !== undefined || taken.has(value.tensor);
  const taken = new Set([...state.renamed.values()].map(({ tensor }) => tensor));
  const read = state.layers.flatMap(({ draft }) => draft.operands.flatMap((operand) => (operand.output === true ? [] : [operand.value])));
  const missing = [...read, ...outputs.flatMap((output) => state.values.get(output) ?? [])].find((value) => !isThere(value));
  if (missing === undefined) return;
  throw state.error(
    state.origins.get(missing.tensor) ?? `tensor '${missing.tensor}'`,
    `its output '${missing.tensor}' is used, and this reader makes no layer that writes it`,
    'a model that does without it',
  );
}

function finishLayer({ name, draft }: NodeLayer, id: number, operands: readonly Operand[], predecessors: readonly number[]): Layer {
  return {
    id,
    name,
    operator: draft.operator,
    class: draft.class,
    loops: draft.loops,
    operands,
    predecessors,
    opsPerPoint: draft.opsPerPoint,
    ...(draft.activeFraction === undefined || draft.activeFraction === 1 ? {} : { activeFraction: draft.activeFraction }),
    ...(draft.attributes === undefined ? {} : { attributes: draft.attributes }),
  };
}

/** Gives `I`, `I2`, ... and `W`, `W2`, ... to operands without a name of their own. */
function nameOperands(drafts: readonly OperandDraft[]): (OperandDraft & { readonly name: string })[] {
  const taken = new Set(drafts.flatMap((draft) => draft.name ?? []));
  return drafts.map((draft) => {
    if (draft.name !== undefined) return { ...draft, name: draft.name };
    const base = draft.value.constant ? 'W' : 'I';
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}${number}`;
    taken.add(name);
    return { ...draft, name };
  });
}

/** The tensor that is really stored: a quantised one may have taken its place. */
function stored(state: GraphState, value: Value): Value {
  return state.renamed.get(value.tensor) ?? value;
}

/** What is known of the whole graph, and the tensors so far. */
interface Finishing {
  readonly state: GraphState;
  readonly formats: ReadonlyMap<string, string>;
  readonly tensors: Record<string, WorkloadTensor>;
  readonly options: OnnxOptions;
  /** Tensors that are outputs of the graph. */
  readonly wanted: ReadonlySet<string | undefined>;
}

function finishOperand({ state, formats, tensors, options, wanted }: Finishing, draft: OperandDraft & { readonly name: string }, layer: NodeLayer): Operand {
  const value = draft.output === true ? stored(state, draft.value) : draft.value;
  const tensor = value.tensor;
  const format = formats.get(tensor) ?? 'fp32';
  const dims = state.dims(draft.value);
  if (!Object.hasOwn(tensors, tensor))
    tensors[tensor] = {
      name: tensor,
      dims: Object.fromEntries(dims.map((dim, d) => [dim, draft.value.shape[d]!])),
      format,
      role: roleOf(state, value, wanted),
    };
  const sums = draft.output === true && layer.draft.class === 'mac';
  return {
    name: draft.name,
    tensor,
    role: draft.output === true ? 'output' : value.constant ? 'weight' : 'activation',
    map: renamedMap(draft.map, dims, Object.keys(tensors[tensor]?.dims ?? {})),
    format,
    ...(sums ? { partialFormat: options.formats?.partialSums ?? partialFormat(layer, formats) } : {}),
    ...(draft.indirect === true ? { indirect: true } : {}),
  };
}

/** A tensor that was quantised on its way out has the names of the quantised one; positions are the same. */
function renamedMap(map: RegionMap, from: readonly string[], to: readonly string[]): RegionMap {
  if (map.kind !== 'index' || from.every((dim, d) => dim === to[d])) return map;
  return { kind: 'index', expressions: map.expressions.map((expression) => ({ ...expression, dim: to[from.indexOf(expression.dim)] ?? expression.dim })) };
}

function roleOf(state: GraphState, value: Value, wanted: ReadonlySet<string | undefined>): WorkloadTensor['role'] {
  if (value.constant) return 'constant';
  if (state.graphInputs.has(value.tensor)) return 'input';
  return wanted.has(value.tensor) ? 'output' : 'intermediate';
}

/** Sums of integers are kept in int32, sums of reals in fp32, unless the node says its own width (`output_size`, ZigZag). */
function partialFormat({ node, draft }: NodeLayer, formats: ReadonlyMap<string, string>): string {
  const given = new Attributes(node).int('output_size', 0);
  if (given > 0) return `int${given}`;
  const factors = draft.operands
    .filter((operand) => operand.output !== true && operand.name !== 'bias')
    .map((operand) => formats.get(operand.value.tensor) ?? '');
  if (factors.length > 0 && factors.every((format) => /^u?int\d/.test(format))) return 'int32';
  return factors.includes('fp64') ? 'fp64' : 'fp32';
}

/** Number format of each stored tensor. */
function tensorFormats(state: GraphState, options: OnnxOptions): Map<string, string> {
  const formats = new Map<string, string>();
  for (const { draft, node } of state.layers) {
    for (const operand of draft.operands) {
      const value = operand.output === true ? stored(state, operand.value) : operand.value;
      if (!formats.has(value.tensor)) formats.set(value.tensor, value.format);
    }
    applyNodeSizes(state, { draft, node, name: '' }, formats);
    if (draft.class === 'view' || draft.class === 'move') copyFormat(state, { draft, node, name: '' }, formats);
  }
  propagateBack(state, formats);
  applyOptions(state, formats, options);
  return formats;
}

/** What only copies data writes the format that it reads (a reshape behind DequantizeLinear: the quantised one). */
function copyFormat(state: GraphState, { draft }: NodeLayer, formats: Map<string, string>): void {
  const read = new Set(
    draft.operands.flatMap((operand) =>
      operand.output === true || operand.value.constant || !isFloatType(operand.value.type) ? [] : [formats.get(operand.value.tensor)!],
    ),
  );
  const [only] = read;
  if (read.size !== 1 || only === undefined) return;
  for (const operand of draft.operands)
    if (operand.output === true && isFloatType(stored(state, operand.value).type)) formats.set(stored(state, operand.value).tensor, only);
}

/** ZigZag's and Stream's attributes: bits of weights and activations, on the node. */
function applyNodeSizes(state: GraphState, { draft, node }: NodeLayer, formats: Map<string, string>): void {
  const attributes = new Attributes(node);
  const [weight, activation] = [attributes.int('weight_size', 0), attributes.int('act_size', 0)];
  for (const operand of draft.operands) {
    const bits = operand.value.constant ? weight : activation;
    if (bits >= 1 && bits <= 64) formats.set(stored(state, operand.value).tensor, `int${bits}`);
  }
}

/**
 * Between a convolution over quantised data and the quantiser behind its activation function lies a tensor that the
 * file calls real; hardware that requantises on the way out never stores it so: it takes the quantised format.
 */
function propagateBack(state: GraphState, formats: Map<string, string>): void {
  const readers = new Map<string, NodeLayer[]>();
  const quantised = (format: string | undefined): boolean =>
    format !== undefined && /^u?int\d+$|^fp8|^fp4/.test(format) && format !== 'int64' && format !== 'int32';
  for (const layer of state.layers)
    for (const operand of layer.draft.operands)
      if (operand.output !== true) {
        const list = readers.get(operand.value.tensor);
        if (list === undefined) readers.set(operand.value.tensor, [layer]);
        else list.push(layer);
      }
  for (const layer of state.layers.toReversed()) {
    const readsQuantised = layer.draft.operands.some(
      (operand) => operand.output !== true && !operand.value.constant && quantised(formats.get(operand.value.tensor)),
    );
    for (const operand of layer.draft.operands) {
      if (operand.output !== true || !isFloatType(operand.value.type)) continue;
      const tensor = stored(state, operand.value).tensor;
      const next = readers.get(tensor) ?? [];
      const after = next.map((reader) => outputFormat(state, reader, formats));
      const keeps = next.length > 0 && next.every((reader) => KEEPING.has(reader.draft.operator));
      const agreed = after[0];
      if (
        keeps &&
        agreed !== undefined &&
        quantised(agreed) &&
        after.every((format) => format === agreed) &&
        (readsQuantised || KEEPING.has(layer.draft.operator)) &&
        !state.graphOutputs.has(tensor)
      )
        formats.set(tensor, agreed);
    }
  }
}

function outputFormat(state: GraphState, { draft }: NodeLayer, formats: ReadonlyMap<string, string>): string | undefined {
  const output = draft.operands.find((operand) => operand.output === true);
  return output === undefined ? undefined : formats.get(stored(state, output.value).tensor);
}

/** Formats that the user asked for: matrices and kernels are weights; biases and scales keep theirs. */
function applyOptions(state: GraphState, formats: Map<string, string>, options: OnnxOptions): void {
  const { weights, activations } = options.formats ?? {};
  for (const { draft } of state.layers) {
    for (const operand of draft.operands) {
      const value = stored(state, operand.value);
      const wanted = value.constant ? (value.shape.length >= 2 ? weights : undefined) : activations;
      if (wanted !== undefined) formats.set(value.tensor, wanted);
    }
  }
}
