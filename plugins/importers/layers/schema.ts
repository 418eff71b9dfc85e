import type { JsonSchema } from 'tessera-sim';

const name = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });
const size = (description: string): JsonSchema => ({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description });
const sizes = (description: string): JsonSchema => ({
  type: 'object',
  minProperties: 1,
  propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]*$' },
  additionalProperties: size('Size'),
  description,
});
const numbers = (description: string, minimum: number): JsonSchema => ({
  oneOf: [
    { type: 'integer', minimum },
    { type: 'array', items: { type: 'integer', minimum }, minItems: 1, maxItems: 6 },
  ],
  description,
});
const precision: JsonSchema = {
  oneOf: [
    { type: 'string', minLength: 1 },
    { type: 'integer', minimum: 1, maximum: 64 },
  ],
  description: 'Name of a number format, or the bits of a signed integer',
};
const object = (description: string, properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  description,
  properties,
  required,
  additionalProperties: false,
});

const format = object(
  'A number format of this workload',
  {
    name: name('Name to use in `precision`'),
    kind: { type: 'string', enum: ['int', 'uint', 'float', 'block-float', 'ternary'], description: 'What the bits mean' },
    bits: { type: 'number', exclusiveMinimum: 0, maximum: 128, description: 'Payload bits of one element' },
    groupSize: size('Elements that share metadata'),
    groupMetadataBits: { type: 'number', minimum: 0, description: 'Metadata bits of one group' },
    description: { type: 'string', description: 'For listings' },
  },
  ['name', 'kind', 'bits'],
);

const tensor = object(
  'A tensor that no layer writes',
  {
    dims: sizes('Ordered dimensions; the last is contiguous in memory'),
    format: precision,
    role: { type: 'string', enum: ['input', 'constant'], description: 'Comes from outside, or is known before the run (default: input)' },
  },
  ['dims'],
);

const operand = object(
  'One operand and its map',
  {
    role: { type: 'string', enum: ['weight', 'activation', 'output'], description: 'Default: by name (W: weight, O: output, else activation)' },
    index: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]*$' },
      additionalProperties: { oneOf: [{ type: 'string', minLength: 1 }, { type: 'integer' }] },
      description: 'For each dimension of the tensor, in order: a sum over loops such as `2*OY + FY - 1`, or `*` for all of it',
    },
    sizes: sizes("Sizes of dimensions that cannot be told from the loops (an input's height under padding)"),
  },
  ['index'],
);

const layer = object(
  'One layer',
  {
    name: name('Unique name'),
    operator: name('conv, depthwise-conv, gemm, matmul, maxpool, averagepool, add, relu, softmax, ...'),
    loops: sizes('Loops and their sizes, outermost first: B G K C OY OX FY FX'),
    stride: numbers('Stride over OY, OX (one number for both); default 1', 1),
    dilation: numbers('Dilation over FY, FX; default 1', 1),
    pad: numbers('Padding: one number for all sides, two for Y and X, or four: top, left, bottom, right; default 0', 0),
    precision: {
      type: 'object',
      additionalProperties: precision,
      description: 'By operand (W, I, I2, O, bias), and `partial` for unfinished sums; default int8, partial sums int32',
    },
    from: {
      type: 'object',
      additionalProperties: name('Layer or tensor'),
      description: 'Where operands come from: a layer (its output) or a tensor; default: an input or constant of the layer itself',
    },
    after: { type: 'array', items: name('Layer'), description: 'Layers to wait for though no data say so' },
    operands: { type: 'object', minProperties: 1, additionalProperties: operand, description: 'Maps in full, in place of those of the operator' },
    opsPerPoint: { type: 'number', minimum: 0, description: 'Elementary operations at one point; default 2 for products, 1 otherwise' },
  },
  ['name', 'operator', 'loops'],
);

/** JSON Schema of a workload file; schemas/workload.schema.json is a copy, which the tests hold equal. */
export const workloadSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://tessera.invalid/schemas/workload.schema.json',
  title: 'Tessera workload: layers',
  ...object(
    'Layers with loops, precisions and dependencies',
    {
      tesseraWorkload: { const: 1, description: 'Version of this form' },
      name: name('Name of the workload; default: of the file'),
      formats: { type: 'array', items: format, description: 'Number formats that are not standard' },
      tensors: { type: 'object', additionalProperties: tensor, description: 'Inputs and constants that several layers share' },
      layers: { type: 'array', minItems: 1, items: layer, description: 'Producers before consumers' },
    },
    ['tesseraWorkload', 'layers'],
  ),
};
