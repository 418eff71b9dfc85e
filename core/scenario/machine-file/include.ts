import { InputError, type SourcePlace } from '../../errors.js';
import { isPlainObject, type Places } from '../../document/places.js';
import { parseLocated } from '../../document/yaml.js';
import type { LoadTools } from '../load-tools.js';

/** The `set` of one document: parameters by path, applied in the order from the innermost include outwards. */
export interface SetLayer {
  readonly values: Record<string, unknown>;
}

export interface ResolvedDocument {
  readonly value: Record<string, unknown>;
  readonly sets: readonly SetLayer[];
}

/**
 * Follows `include` of a machine document and lays the including document's keys over the included one.
 * @param chain files that are being included, for cycles.
 */
export function resolveIncludes(document: Record<string, unknown>, path: string, tools: LoadTools, chain: readonly string[]): ResolvedDocument {
  const { places } = tools;
  const sets = isPlainObject(document['set']) ? [{ values: document['set'] }] : [];
  const own = withoutKeys(document, isPlainObject(document['set']) ? ['include', 'set'] : ['include'], places);
  if (document['include'] === undefined) return { value: own, sets };
  const place = { ...places.ofValue(document, 'include'), path: path === '' ? 'include' : `${path}.include` };
  const reference = document['include'];
  if (typeof reference !== 'string' || reference === '') {
    throw new InputError({ ...place, message: 'what is included is not a file name', expected: 'the path of a machine file' });
  }
  const base = readIncluded(reference, place, path, tools, chain);
  dropReplacedConfigs(base.value, own);
  return { value: places.merge(base.value, own) as Record<string, unknown>, sets: [...base.sets, ...sets] };
}

/** A block that is given another plugin starts from that plugin's defaults: the configuration of the replaced one goes. */
function dropReplacedConfigs(base: Record<string, unknown>, over: Record<string, unknown>): void {
  const [below, above] = [base['blocks'], over['blocks']];
  if (!isPlainObject(below) || !isPlainObject(above)) return;
  for (const [name, block] of Object.entries(above)) {
    const former = below[name];
    if (!isPlainObject(block) || !isPlainObject(former)) continue;
    if (block['use'] !== undefined && former['use'] !== undefined && block['use'] !== former['use']) delete former['with'];
    dropReplacedConfigs(former, block);
  }
}

function readIncluded(reference: string, place: Partial<SourcePlace>, path: string, tools: LoadTools, chain: readonly string[]): ResolvedDocument {
  const file = tools.files.resolve(reference, place.file ?? '', place);
  if (chain.includes(file)) {
    const names = [...chain.slice(chain.indexOf(file)), file].map((name) => tools.files.nameOf(name));
    throw new InputError({ ...place, message: `include cycle: ${names.join(' -> ')}`, expected: 'a file that does not include itself' });
  }
  const parsed = parseLocated(tools.files.readText(file, place), file, tools.places);
  if (!isPlainObject(parsed.value)) {
    throw new InputError({ file, line: 1, column: 1, message: 'the file holds no mapping', expected: 'a machine: clocks, blocks, connect' });
  }
  return resolveIncludes(parsed.value, path, tools, [...chain, file]);
}

function withoutKeys(document: Record<string, unknown>, keys: readonly string[], places: Places): Record<string, unknown> {
  const copy = places.clone(document);
  for (const key of keys) delete copy[key];
  return copy;
}
