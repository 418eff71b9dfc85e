import type { JsonSchema } from '../document/json-schema.js';
import { walkKeyword } from '../document/keyword-walk.js';
import { listNames, nearestName } from '../document/nearest.js';
import { isPlainObject, Places } from '../document/places.js';
import { validateInPlace } from '../document/validate.js';
import type { InputProblem, SourcePlace } from '../errors.js';
import type { ExtensionPoint } from '../model/extension-point.js';
import type { ExtensionCatalogue } from './extension-access.js';

/** What the keyword `extension` of a configuration's schema says: at which point a name is looked up, and which the owner knows itself. */
export interface ExtensionKeyword {
  readonly point: string;
  readonly builtIn: readonly string[];
  /** A regular expression of further names that the owner understands. */
  readonly alsoMatching?: string;
}

export interface ReferenceSchema {
  readonly description: string;
  readonly builtIn?: Iterable<string>;
  readonly alsoMatching?: string;
  readonly default?: string;
  readonly source?: string;
}

/**
 * The schema of a parameter that names an extension: `NAME` or `{ use: NAME, with: { ... } }`. The loader checks the name, and `with`
 * against the extension's own schema, at the place where they are written.
 */
export function extensionReference<T>(point: ExtensionPoint<T>, { builtIn = [], alsoMatching, ...words }: ReferenceSchema): JsonSchema {
  const keyword: ExtensionKeyword = { point: point.name, builtIn: [...builtIn], ...(alsoMatching === undefined ? {} : { alsoMatching }) };
  return {
    type: ['string', 'object'],
    ...words,
    properties: {
      use: { type: 'string', description: 'Name of the extension' },
      with: { type: 'object', additionalProperties: true, description: 'Its configuration' },
    },
    required: ['use'],
    additionalProperties: false,
    extension: keyword,
  };
}

export interface ExtensionPlace {
  readonly places?: Places;
  /** Path of the configuration in the whole document. */
  readonly path: string;
}

/** Checks and completes, in place, every reference to an extension that a configuration holds. */
export function completeExtensions(schema: JsonSchema, config: object, catalogue: ExtensionCatalogue, where: ExtensionPlace): InputProblem[] {
  const walk: Walk = { catalogue, places: where.places ?? new Places(), problems: [] };
  walkKeyword(schema, config, 'extension', where.path, ({ container, key, at, keyword }) =>
    checkReference(container, key, keyword as ExtensionKeyword, walk, at),
  );
  return walk.problems;
}

interface Walk {
  readonly catalogue: ExtensionCatalogue;
  readonly places: Places;
  readonly problems: InputProblem[];
}

function checkReference(container: Record<string, unknown>, key: string, keyword: ExtensionKeyword, { catalogue, places, problems }: Walk, at: string): void {
  const value = container[key];
  const source = isPlainObject(value) ? value : { use: value };
  const isOwn = isPlainObject(value);
  const name = source['use'];
  if (typeof name !== 'string') return;
  const place = isOwn ? places.ofValue(value, 'use') : places.ofValue(container, key);
  const plugin = catalogue.extensionPlugin(keyword.point, name);
  const isBuiltIn = keyword.builtIn.includes(name) || (keyword.alsoMatching !== undefined && new RegExp(keyword.alsoMatching, 'u').test(name));
  if (plugin === undefined && !isBuiltIn) {
    problems.push(unknownName(name, keyword, catalogue, isOwn ? `${at}.use` : at, place));
    return;
  }
  const config = source['with'];
  if (plugin?.create === undefined) {
    if (isPlainObject(config) && Object.keys(config).length > 0)
      problems.push({ ...places.ofKey(source, 'with'), path: `${at}.with`, message: `'${name}' takes no configuration` });
    return;
  }
  const filled = isPlainObject(config) ? config : {};
  if (filled !== config && place !== undefined) places.setOwn(filled, place);
  problems.push(...validateInPlace(plugin.configSchema, filled, { places, path: `${at}.with`, owner: `extension '${name}'` }));
  if (isOwn) value['with'] = filled;
}

function unknownName(
  name: string,
  { point, builtIn, alsoMatching }: ExtensionKeyword,
  catalogue: ExtensionCatalogue,
  path: string,
  place: SourcePlace | undefined,
): InputProblem {
  const known = [...builtIn, ...catalogue.extensionNames(point)];
  const nearest = nearestName(name, known);
  const further = alsoMatching === undefined ? '' : `, or a name matching ${alsoMatching}`;
  return {
    ...place,
    path,
    message: `there is no '${name}' (extension point ${point})`,
    expected: `${listNames(known, 24)}${further}`,
    ...(nearest === undefined ? {} : { nearest }),
  };
}
