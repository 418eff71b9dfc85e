import type { JsonSchema } from '../document/json-schema.js';
import { walkKeyword } from '../document/keyword-walk.js';
import { listNames, nearestName } from '../document/nearest.js';
import { isPlainObject, Places } from '../document/places.js';
import { validateInPlace } from '../document/validate.js';
import type { InputProblem } from '../errors.js';
import type { BlockKind, BlockPlugin } from './block-plugin.js';
import type { ExtensionCatalogue } from './extension-access.js';
import { completeExtensions, type ExtensionPlace } from './extension-schema.js';

/** Registered block plugins, and the extensions that their configurations may name. */
export interface BlockCatalogue extends ExtensionCatalogue {
  blocks(): readonly BlockPlugin[];
}

/** A block plugin with its configuration, as a parameter of another plugin names it. */
export interface BlockUse {
  readonly use: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** The schema of a parameter that names a block: `{ use: NAME, with: { ... } }`. The loader checks `with` against the block's schema. */
export function blockReference(kinds: readonly BlockKind[], description: string): JsonSchema {
  return {
    type: 'object',
    description,
    properties: {
      use: { type: 'string', description: 'Name of the block plugin' },
      with: { type: 'object', additionalProperties: true, description: 'Its configuration' },
    },
    required: ['use'],
    additionalProperties: false,
    block: kinds,
  };
}

/** Checks and completes, in place, every block that a configuration names. */
export function completeBlocks(schema: JsonSchema, config: object, catalogue: BlockCatalogue, where: ExtensionPlace): InputProblem[] {
  const problems: InputProblem[] = [];
  const places = where.places ?? new Places();
  walkKeyword(schema, config, 'block', where.path, ({ container, key, at, keyword }) => {
    const reference = container[key];
    if (!isPlainObject(reference) || typeof reference['use'] !== 'string') return;
    const fitting = catalogue.blocks().filter(({ kind }) => (keyword as readonly string[]).includes(kind));
    const name = reference['use'];
    const plugin = fitting.find((one) => one.name === name);
    const place = places.ofValue(reference, 'use');
    if (plugin === undefined) {
      const names = fitting.map((one) => one.name);
      const nearest = nearestName(name, names);
      const message = `there is no block '${name}' of kind ${listNames(keyword as readonly string[])}`;
      problems.push({ ...place, path: `${at}.use`, message, expected: listNames(names, 24), ...(nearest === undefined ? {} : { nearest }) });
      return;
    }
    const own = (reference['with'] ??= {}) as object;
    if (places.ofSelf(own) === undefined && place !== undefined) places.setOwn(own, place);
    const faults = validateInPlace(plugin.configSchema, own, { places, path: `${at}.with`, owner: `plugin '${name}'` });
    if (faults.length === 0) faults.push(...completeExtensions(plugin.configSchema, own, catalogue, { places, path: `${at}.with` }));
    problems.push(...faults);
  });
  return problems;
}
