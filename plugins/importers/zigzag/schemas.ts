import type { JsonSchema } from 'tessera-sim';

const bits: JsonSchema = { type: 'number', exclusiveMinimum: 0, maximum: 1e18 };
const cost: JsonSchema = { type: 'number', minimum: 0, maximum: 1e12 };
const name: JsonSchema = { type: 'string', minLength: 1, maxLength: 256 };
const names: JsonSchema = { type: 'array', items: name, maxItems: 64 };
const port: JsonSchema = { type: 'string', pattern: '^[r]?[w]?_port_\\d+$' };
const count: JsonSchema = { type: 'integer', minimum: 0, maximum: 64 };

const portEntry: JsonSchema = {
  type: 'object',
  additionalProperties: true,
  required: ['name', 'type', 'bandwidth_max', 'allocation'],
  properties: {
    name: port,
    type: { enum: ['read', 'write', 'read_write'] },
    bandwidth_min: bits,
    bandwidth_max: bits,
    allocation: { type: 'array', maxItems: 16, items: { type: 'string', pattern: '^\\s*(I1|I2|O)\\s*,\\s*(fh|tl|fl|th)\\s*$' } },
  },
};

const scalarPorts: JsonSchema = { type: 'object', minProperties: 1, additionalProperties: false, properties: { fh: port, tl: port, fl: port, th: port } };

const memory: JsonSchema = {
  type: 'object',
  additionalProperties: true,
  required: ['size', 'operands', 'ports', 'served_dimensions'],
  properties: {
    size: { anyOf: [bits, { type: 'string', pattern: '^[1-9][0-9]*(_[0-9]+)*$', maxLength: 24 }] },
    r_cost: cost,
    w_cost: cost,
    operands: { type: 'array', minItems: 1, maxItems: 3, uniqueItems: true, items: { enum: ['I1', 'I2', 'O'] } },
    served_dimensions: names,
    ports: { type: 'array', minItems: 1, maxItems: 64, items: { type: 'object', additionalProperties: true } },
    r_bw: bits,
    w_bw: bits,
    min_r_granularity: bits,
    min_w_granularity: bits,
    r_port: count,
    w_port: count,
    rw_port: count,
    auto_cost_extraction: { type: 'boolean' },
    force_double_buffering: { type: 'boolean' },
  },
  if: { required: ['r_bw'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a key of JSON Schema
  then: { required: ['w_bw'], properties: { ports: { items: scalarPorts } } },
  else: { properties: { ports: { items: portEntry } } },
};

/** Keys that the latency and energy model does not look at may be there. */
export const ACCELERATOR_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: true,
  required: ['name', 'memories', 'operational_array'],
  properties: {
    name,
    memories: { type: 'object', minProperties: 1, maxProperties: 64, additionalProperties: memory },
    operational_array: {
      type: 'object',
      additionalProperties: true,
      required: ['dimensions', 'sizes'],
      properties: {
        is_imc: { type: 'boolean' },
        unit_energy: cost,
        dimensions: { type: 'array', minItems: 1, maxItems: 16, items: name },
        sizes: { type: 'array', minItems: 1, maxItems: 16, items: { type: 'integer', minimum: 0, maximum: 1e6 } },
      },
    },
  },
};

export const WORKLOAD_SCHEMA: JsonSchema = {
  type: 'array',
  minItems: 1,
  maxItems: 10_000,
  items: {
    type: 'object',
    additionalProperties: true,
    required: ['id', 'operator_type', 'equation', 'loop_dims', 'loop_sizes', 'operand_precision'],
    properties: {
      id: { type: 'integer' },
      name,
      operator_type: name,
      equation: { type: 'string', maxLength: 1024, pattern: '^\\s*[A-Za-z]\\w*(\\[\\w+\\])+\\s*\\+?=' },
      dimension_relations: { type: 'array', maxItems: 16, items: { type: 'string', maxLength: 256, pattern: '^\\s*[A-Za-z]\\w*\\s*=' } },
      loop_dims: { type: 'array', minItems: 1, maxItems: 32, items: name },
      loop_sizes: { type: 'array', minItems: 1, maxItems: 32, items: { type: 'integer', minimum: 1, maximum: 2 ** 31 } },
      operand_precision: { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: 64 } },
      operand_source: { type: 'object', additionalProperties: { type: 'integer' } },
      pr_loop_dims: names,
      pr_loop_sizes: { type: 'array', maxItems: 32, items: { type: 'integer', minimum: 1, maximum: 2 ** 31 } },
    },
  },
};

export const MAPPING_SCHEMA: JsonSchema = {
  type: 'array',
  minItems: 1,
  maxItems: 10_000,
  items: {
    type: 'object',
    additionalProperties: true,
    required: ['name'],
    properties: {
      name,
      spatial_mapping: {
        type: 'object',
        additionalProperties: { type: 'array', maxItems: 16, items: { type: 'string', pattern: '^\\s*\\w+\\s*,\\s*\\d+\\s*$' } },
      },
      spatial_mapping_hint: { type: 'object', additionalProperties: true },
      temporal_ordering: {
        type: 'array',
        maxItems: 64,
        items: { type: 'array', minItems: 2, maxItems: 2 },
      },
      memory_operand_links: { type: 'object', additionalProperties: { enum: ['I1', 'I2', 'O'] } },
    },
  },
};
