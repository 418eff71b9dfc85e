import type { JsonSchema } from 'tessera-sim';
import type { CoreChoice, SplitChoice } from './shares.js';

/** Settings that all built-in mappers have. */
export interface SharedMapperConfig {
  readonly cores: CoreChoice;
  readonly split: SplitChoice;
  readonly foldElementwise: boolean;
}

export const SHARED_MAPPER_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  cores: {
    description: 'Cores that take part: `all`, `one`, or a list of paths (`core0` or `core0.pe`)',
    oneOf: [
      { type: 'string', enum: ['all', 'one'] },
      { type: 'array', items: { type: 'string' }, minItems: 1 },
    ],
    default: 'all',
  },
  split: {
    type: 'string',
    description: 'Loop along which a layer is dealt out to the cores (`K`, `OY`, `OX`, `B`, `G`, ...); `auto` takes the one with the shortest predicted time',
    default: 'auto',
  },
  foldElementwise: {
    type: 'boolean',
    description: 'Execute batch normalisation, ReLU, clamps and requantisation on the way out of the layer before, at no cost',
    default: true,
  },
};
