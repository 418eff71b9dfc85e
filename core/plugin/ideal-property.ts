import type { JsonSchema } from '../document/json-schema.js';
import type { IdealDeclaration } from './block-plugin.js';

/** The configuration property `ideal` of a plugin that declares these mechanisms: a list of their names, none by default. */
export function idealProperty(mechanisms: Readonly<Record<string, IdealDeclaration>>): JsonSchema {
  const meanings = Object.entries(mechanisms).map(([name, { description }]) => `${name} (${description})`);
  return {
    type: 'array',
    items: { enum: Object.keys(mechanisms) },
    uniqueItems: true,
    default: [],
    description: `Mechanisms that cost nothing: ${meanings.join(', ')}`,
  };
}
