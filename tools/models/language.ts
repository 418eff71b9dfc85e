import { ModelBuilder } from './model-builder.js';

/** x W + b for the last dimension. */
function linear(model: ModelBuilder, x: string, name: string, inputs: number, outputs: number, bias: boolean): string {
  const product = model.node('MatMul', [x, model.weight(`${name}.weight`, [inputs, outputs])], {}, name);
  return bias ? model.node('Add', [product, model.weight(`${name}.bias`, [outputs])], {}, `${name}.add`) : product;
}

/** Devlin et al., 2019: one encoder layer of BERT-base over 128 positions. */
export function bertBaseLayer(): Uint8Array {
  const [positions, width, heads, inner] = [128, 768, 12, 3072];
  const size = width / heads;
  const model = new ModelBuilder('bert-base-layer', 'fp16');
  const x = model.input('hidden', [1, positions, width]);
  const split = model.integers('heads', [1, positions, heads, size]);
  const head = (name: string, perm: readonly number[]): string =>
    model.node('Transpose', [model.node('Reshape', [linear(model, x, name, width, width, true), split], {}, `${name}.split`)], { perm }, `${name}.heads`);
  const scores = model.node('MatMul', [head('query', [0, 2, 1, 3]), head('key', [0, 2, 3, 1])], {}, 'scores');
  const scaled = model.node('Div', [scores, model.weight('scale', [])], {}, 'scaled');
  const masked = model.node('Add', [scaled, model.input('mask', [1, 1, 1, positions])], {}, 'masked');
  const context = model.node('MatMul', [model.node('Softmax', [masked], { axis: -1 }, 'softmax'), head('value', [0, 2, 1, 3])], {}, 'context');
  const joined = model.node(
    'Reshape',
    [model.node('Transpose', [context], { perm: [0, 2, 1, 3] }, 'context.rows'), model.integers('joined', [1, positions, width])],
    {},
    'context.join',
  );
  const norm = (y: string, name: string): string =>
    model.node('LayerNormalization', [y, model.weight(`${name}.scale`, [width]), model.weight(`${name}.bias`, [width])], { axis: -1 }, name);
  const attended = norm(model.node('Add', [linear(model, joined, 'output', width, width, true), x], {}, 'residual1'), 'norm1');
  const hidden = gelu(model, linear(model, attended, 'up', width, inner, true));
  const y = norm(model.node('Add', [linear(model, hidden, 'down', inner, width, true), attended], {}, 'residual2'), 'norm2');
  model.output(y, [1, positions, width]);
  return model.bytes();
}

/** x / 2 * (1 + erf(x / sqrt 2)), as exporters before opset 20 write it. */
function gelu(model: ModelBuilder, x: string): string {
  const erf = model.node('Erf', [model.node('Div', [x, model.weight('gelu.sqrt2', [])], {}, 'gelu.div')], {}, 'gelu.erf');
  const shifted = model.node('Add', [erf, model.weight('gelu.one', [])], {}, 'gelu.add');
  return model.node('Mul', [model.node('Mul', [x, shifted], {}, 'gelu.mul'), model.weight('gelu.half', [])], {}, 'gelu.half_mul');
}

/** Llama-3-8B-class sizes: grouped queries, RMS norm, rotary positions, gated SiLU. */
const LLAMA = { width: 4096, heads: 32, keyHeads: 8, size: 128, inner: 14336 } as const;

/**
 * One decoder layer.
 * @param positions new tokens: the prompt, or 1
 * @param past tokens in the key-value cache: 0 for the prompt
 */
export function llamaLayer(positions: number, past: number): Uint8Array {
  const { width, heads, keyHeads, size, inner } = LLAMA;
  const model = new ModelBuilder(past === 0 ? 'llama-prefill' : 'llama-decode', 'fp16');
  const x = model.input('hidden', [1, positions, width]);
  const normed = rmsNorm(model, x, 'norm1', width);
  const tables = [model.input('cos', [1, 1, positions, size]), model.input('sin', [1, 1, positions, size])] as const;
  const query = rope(model, split(model, linear(model, normed, 'query', width, heads * size, false), 'query', positions, heads), 'query', tables);
  const newKey = rope(model, split(model, linear(model, normed, 'key', width, keyHeads * size, false), 'key', positions, keyHeads), 'key', tables);
  const newValue = split(model, linear(model, normed, 'value', width, keyHeads * size, false), 'value', positions, keyHeads);
  const total = positions + past;
  // Keys are cached transposed, as the scores want them: a step then transposes one token, not the cache.
  const columns = model.node('Transpose', [newKey], { perm: [0, 1, 3, 2] }, 'key.transposed');
  const key = cached(model, columns, 'key', past, (tokens) => [1, keyHeads, size, tokens]);
  const value = cached(model, newValue, 'value', past, (tokens) => [1, keyHeads, tokens, size]);
  const context = groupedAttention(model, query, key, value, positions, total);
  const attended = model.node('Add', [x, linear(model, context, 'output', heads * size, width, false)], {}, 'residual1');
  const normed2 = rmsNorm(model, attended, 'norm2', width);
  const gate = linear(model, normed2, 'gate', width, inner, false);
  const silu = model.node('Mul', [gate, model.node('Sigmoid', [gate], {}, 'silu.sigmoid')], {}, 'silu');
  const gated = model.node('Mul', [silu, linear(model, normed2, 'up', width, inner, false)], {}, 'gated');
  const y = model.node('Add', [attended, linear(model, gated, 'down', inner, width, false)], {}, 'residual2');
  model.output(y, [1, positions, width]);
  return model.bytes();
}

/** x / sqrt(mean(x^2) + eps) * scale */
function rmsNorm(model: ModelBuilder, x: string, name: string, width: number): string {
  const mean = model.node('ReduceMean', [model.node('Mul', [x, x], {}, `${name}.square`)], { axes: [-1], keepdims: 1 }, `${name}.mean`);
  const root = model.node('Sqrt', [model.node('Add', [mean, model.weight(`${name}.epsilon`, [])], {}, `${name}.stable`)], {}, `${name}.root`);
  return model.node('Mul', [model.node('Div', [x, root], {}, `${name}.div`), model.weight(`${name}.scale`, [width])], {}, name);
}

/** [1, positions, heads * size] -> [1, heads, positions, size] */
function split(model: ModelBuilder, x: string, name: string, positions: number, heads: number): string {
  const parted = model.node('Reshape', [x, model.integers(`${name}.shape`, [1, positions, heads, LLAMA.size])], {}, `${name}.split`);
  return model.node('Transpose', [parted], { perm: [0, 2, 1, 3] }, `${name}.heads`);
}

/** x * cos + rotate_half(x) * sin */
function rope(model: ModelBuilder, x: string, name: string, [cos, sin]: readonly [string, string]): string {
  const half = LLAMA.size / 2;
  const part = (from: number, to: number, which: string): string =>
    model.node(
      'Slice',
      [x, model.integers(`${name}.${which}.start`, [from]), model.integers(`${name}.${which}.end`, [to]), model.integers(`${name}.${which}.axis`, [3])],
      {},
      `${name}.rope.${which}`,
    );
  const negated = model.node('Neg', [part(half, LLAMA.size, 'upper')], {}, `${name}.rope.neg`);
  const rotated = model.node('Concat', [negated, part(0, half, 'lower')], { axis: 3 }, `${name}.rope.rotate`);
  const straight = model.node('Mul', [x, cos], {}, `${name}.rope.cos`);
  return model.node('Add', [straight, model.node('Mul', [rotated, sin], {}, `${name}.rope.sin`)], {}, `${name}.rope`);
}

/** One more token behind those in the cache; `shape` of so many tokens. */
function cached(model: ModelBuilder, fresh: string, name: string, past: number, shape: (tokens: number) => readonly number[]): string {
  if (past === 0) return fresh;
  const cache = model.input(`${name}_cache`, shape(past));
  const joined = model.node('Concat', [cache, fresh], { axis: shape(past).indexOf(past) }, `${name}.cache`);
  model.output(joined, shape(past + 1));
  return joined;
}

/** Four query heads share one key head: [1, 8, 4, positions, size] x [1, 8, 1, size, total]. */
function groupedAttention(model: ModelBuilder, query: string, key: string, value: string, positions: number, total: number): string {
  const { heads, keyHeads, size } = LLAMA;
  const share = heads / keyHeads;
  const grouped = model.node('Reshape', [query, model.integers('query.groups', [1, keyHeads, share, positions, size])], {}, 'query.grouped');
  const keys = model.node('Unsqueeze', [key, model.integers('key.axis', [2])], {}, 'key.grouped');
  const values = model.node('Unsqueeze', [value, model.integers('value.axis', [2])], {}, 'value.grouped');
  const scores = model.node('Mul', [model.node('MatMul', [grouped, keys], {}, 'scores'), model.weight('scale', [])], {}, 'scaled');
  const masked = positions === 1 ? scores : model.node('Add', [scores, model.input('mask', [1, 1, 1, positions, total])], {}, 'masked');
  const context = model.node('MatMul', [model.node('Softmax', [masked], { axis: -1 }, 'softmax'), values], {}, 'context');
  const flat = model.node('Reshape', [context, model.integers('context.heads', [1, heads, positions, size])], {}, 'context.flat');
  const rows = model.node('Transpose', [flat], { perm: [0, 2, 1, 3] }, 'context.rows');
  return model.node('Reshape', [rows, model.integers('context.joined', [1, positions, heads * size])], {}, 'context.join');
}

/** Gu and Dao, 2023: one block of Mamba-130M, one token: projections, causal convolution, selective state update. */
export function mambaDecode(): Uint8Array {
  const [width, inner, state, rank, kernel] = [768, 1536, 16, 48, 4];
  const model = new ModelBuilder('mamba-decode', 'fp16');
  const x = model.input('hidden', [1, width]);
  const [u, z] = model.nodeWithOutputs(
    'Split',
    [linear(model, rmsNorm(model, x, 'norm', width), 'in_proj', width, 2 * inner, false), model.integers('halves.sizes', [inner, inner])],
    { axis: 1 },
    2,
    'halves',
  ) as [string, string];
  const window = model.node(
    'Concat',
    [model.input('conv_state', [1, inner, kernel - 1]), model.node('Unsqueeze', [u, model.integers('column.axis', [2])], {}, 'column')],
    { axis: 2 },
    'window',
  );
  model.output(window, [1, inner, kernel]);
  const convolved = model.node(
    'Conv',
    [window, model.weight('conv.weight', [inner, 1, kernel]), model.weight('conv.bias', [inner])],
    { kernel_shape: [kernel], group: inner },
    'conv',
  );
  const flat = model.node('Squeeze', [convolved, model.integers('conv.axis', [2])], {}, 'conv.flat');
  const active = model.node('Mul', [flat, model.node('Sigmoid', [flat], {}, 'conv.sigmoid')], {}, 'conv.silu');
  const parts = model.nodeWithOutputs(
    'Split',
    [linear(model, active, 'x_proj', inner, rank + 2 * state, false), model.integers('parts.sizes', [rank, state, state])],
    { axis: 1 },
    3,
    'parts',
  ) as [string, string, string];
  const delta = model.node('Softplus', [linear(model, parts[0], 'dt_proj', rank, inner, true)], {}, 'delta');
  const y = stateUpdate(model, active, delta, parts[1], parts[2], inner, state);
  const gated = model.node('Mul', [y, model.node('Mul', [z, model.node('Sigmoid', [z], {}, 'gate.sigmoid')], {}, 'gate.silu')], {}, 'gated');
  model.output(model.node('Add', [x, linear(model, gated, 'out_proj', inner, width, false)], {}, 'residual'), [1, width]);
  return model.bytes();
}

/** h' = exp(delta A) h + delta B u;  y = C h' + D u  per channel, with a state of 16. */
function stateUpdate(model: ModelBuilder, u: string, delta: string, b: string, c: string, inner: number, state: number): string {
  const axis = (x: string, at: number, name: string): string => model.node('Unsqueeze', [x, model.integers(`${name}.axis`, [at])], {}, name);
  const step = axis(delta, 2, 'delta.column');
  const decay = model.node('Exp', [model.node('Mul', [step, model.weight('A', [inner, state])], {}, 'decay.mul')], {}, 'decay');
  const kept = model.node('Mul', [decay, model.input('ssm_state', [1, inner, state])], {}, 'kept');
  const drive = model.node('Mul', [model.node('Mul', [step, axis(u, 2, 'u.column')], {}, 'delta_u'), axis(b, 1, 'B.row')], {}, 'drive');
  const next = model.node('Add', [kept, drive], {}, 'state');
  model.output(next, [1, inner, state]);
  const read = model.node('Squeeze', [model.node('MatMul', [next, axis(c, 2, 'C.column')], {}, 'read'), model.integers('read.axis', [2])], {}, 'read.flat');
  return model.node('Add', [read, model.node('Mul', [u, model.weight('D', [inner])], {}, 'skip')], {}, 'y');
}
