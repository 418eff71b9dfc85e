import type { JsonSchema } from 'tessera-sim';

const MOST_LOOPS = 256;

const loop: JsonSchema = {
  type: 'object',
  required: ['loop', 'size', 'kind'],
  additionalProperties: false,
  properties: {
    loop: { type: 'string', minLength: 1, description: 'Loop of the layer' },
    size: { type: 'integer', minimum: 1, maximum: 2 ** 40, description: 'Steps, or instances of a spatial loop' },
    last: { type: 'integer', minimum: 1, maximum: 2 ** 40, description: 'Steps when all outer loops of the name are at their last step' },
    kind: { enum: ['temporal', 'spatial'], description: 'In time, or side by side' },
    axis: { type: 'string', minLength: 1, description: 'Axis of a spatial loop' },
  },
};

const level: JsonSchema = {
  type: 'object',
  required: ['storage', 'loops'],
  additionalProperties: false,
  properties: {
    storage: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1 },
      description: 'Memory that holds the tile, by operand; an operand that is left out stays where the level outside put it',
    },
    loops: { type: 'array', maxItems: MOST_LOOPS, items: loop, description: 'Outermost first' },
  },
};

/** A `LoopNest`, as docs/mapping.md says. */
export const NEST_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['levels'],
  additionalProperties: false,
  properties: { levels: { type: 'array', minItems: 1, maxItems: MOST_LOOPS, items: level, description: 'Outermost first' } },
};
