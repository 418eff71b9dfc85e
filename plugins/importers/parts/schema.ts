import type { JsonSchema } from 'tessera-sim';

const text: JsonSchema = { type: 'string', minLength: 1 };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const integer: JsonSchema = { type: 'integer' };
const cycles: JsonSchema = { type: 'number', minimum: 0 };
const sizes: JsonSchema = { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } };
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const record = (additionalProperties: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties });
const object = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: [...required],
});

const term = object({ loop: text, coefficient: { type: 'number' }, shift: integer, divisor: { type: 'integer', minimum: 1 } }, ['loop', 'coefficient']);
const expression = object({ dim: text, terms: list(term), offset: integer, window: { type: 'integer', minimum: 1 } }, ['dim', 'terms']);
const reshape = object({ from: list(text), fromSizes: list({ type: 'integer', minimum: 1 }), to: list(text), toSizes: list({ type: 'integer', minimum: 1 }) }, [
  'from',
  'fromSizes',
  'to',
  'toSizes',
]);
const map: JsonSchema = {
  oneOf: [
    object({ kind: { const: 'index' }, expressions: list(expression) }, ['kind', 'expressions']),
    object({ kind: { const: 'reshape' }, groups: list(reshape) }, ['kind', 'groups']),
  ],
};
const operand = object(
  { name: text, tensor: text, role: { enum: ['weight', 'activation', 'output'] }, map, format: text, partialFormat: text, indirect: { type: 'boolean' } },
  ['name', 'tensor', 'role', 'map', 'format'],
);
const layer = object(
  {
    id: count,
    name: text,
    operator: text,
    class: { enum: ['mac', 'vector', 'move', 'view'] },
    loops: { ...sizes, minProperties: 1 },
    operands: { ...list(operand), minItems: 1 },
    predecessors: list(count),
    opsPerPoint: { type: 'number', minimum: 0 },
    activeFraction: { type: 'number', minimum: 0 },
    attributes: record({ oneOf: [{ type: 'number' }, { type: 'string' }, list({ type: 'number' })] }),
  },
  ['id', 'name', 'operator', 'class', 'loops', 'operands', 'predecessors', 'opsPerPoint'],
);
const tensor = object({ name: text, dims: sizes, format: text, role: { enum: ['input', 'constant', 'intermediate', 'output'] } }, [
  'name',
  'dims',
  'format',
  'role',
]);
const format = object(
  {
    name: text,
    kind: { enum: ['int', 'uint', 'float', 'block-float', 'ternary'] },
    bits: { type: 'number', exclusiveMinimum: 0, maximum: 128 },
    groupSize: { type: 'integer', minimum: 1 },
    groupMetadataBits: cycles,
    description: { type: 'string' },
  },
  ['name', 'kind', 'bits', 'description'],
);
const workload = object(
  { name: text, tensors: record(tensor), layers: list(layer), inputs: list(text), outputs: list(text), formats: list(format), notes: list({ type: 'string' }) },
  ['name', 'tensors', 'layers', 'inputs', 'outputs'],
);

const layerResult = object(
  {
    layer: text,
    operator: { type: 'string' },
    macs: cycles,
    ops: cycles,
    cycles,
    startCycle: cycles,
    endCycle: cycles,
    computeCycles: cycles,
    energyPj: cycles,
    bytes: record(cycles),
  },
  ['layer', 'operator', 'macs', 'cycles', 'computeCycles'],
);
const resource = object(
  { resource: text, kind: { type: 'string' }, busyCycles: cycles, bytesRead: cycles, bytesWritten: cycles, peakBytes: cycles, energyPj: cycles },
  ['resource', 'kind', 'busyCycles'],
);
const estimate = object(
  {
    estimator: text,
    notes: list({ type: 'string' }),
    cycles,
    seconds: cycles,
    energyPj: cycles,
    energyMissing: list(text),
    layers: list(layerResult),
    resources: list(resource),
  },
  ['estimator', 'cycles', 'seconds', 'layers', 'resources'],
);

/** Workload and estimate as core holds them: what `tessera import -o FOLDER` writes. */
export const PARTS_SCHEMA: JsonSchema = object({ tesseraParts: { const: 1, description: 'Version of this form' }, workload, estimate }, ['tesseraParts']);
