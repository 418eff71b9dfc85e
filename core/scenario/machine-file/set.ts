import type { SourcePlace } from '../../errors.js';
import { isPlainObject } from '../../document/places.js';
import { describeValue } from '../../document/schema-text.js';
import type { LoadTools } from '../load-tools.js';
import type { RawBlock, RawMachine } from './raw-machine.js';
import { clockNameIn, ownNames, setClock, setConnection, setReferenceClock } from './set-clocks-and-links.js';
import { isSupplyKey, setSupply } from './supply.js';
import { nearestName } from '../../document/nearest.js';
import { LIMITS } from '../../limits.js';
import { PathPattern } from '../../text/glob.js';
import { bareTable, isInheritedName, NAME_EXPECTED } from '../../text/names.js';

/**
 * Changes parameters of a flattened machine by path: `noc.with.linkWidthBits`, `core0.clock`, `noc.use`, `clocks.core`,
 * `die1.clocks.core`, `referenceClock`, `connect.3.latencyCycles`, `die1.voltage`. One part may be `*`: `core*` is every block
 * whose name begins so.
 */
export function applySet(values: Record<string, unknown>, prefix: string, machine: RawMachine, tools: LoadTools): void {
  for (const path of Object.keys(values)) {
    const place = { ...tools.places.ofKey(values, path) };
    const parts = path.split('.');
    if (!checkPath(parts, path, place, tools)) continue;
    const [head, index = '', key = ''] = parts;
    const clock = clockNameIn(parts, prefix, machine);
    if (clock !== undefined) setClock(clock, values, path, prefix, machine, tools);
    else if (path === 'referenceClock') setReferenceClock(values, path, prefix, machine, tools);
    else if (head === 'connect' && parts.length === 3) setConnection(index, key, values, path, prefix, machine, tools);
    else if (!setVoltage(parts, values, path, prefix, machine, tools)) setBlockParameter(values, path, prefix, machine, tools, place);
  }
}

/** False, and a problem, where a part is a name that objects inherit or the path is too long to be one. */
export function checkPath(parts: readonly string[], path: string, place: Partial<SourcePlace>, { problems }: Pick<LoadTools, 'problems'>): boolean {
  const inherited = parts.find(isInheritedName);
  if (inherited !== undefined) problems.add(place, path, `'${inherited}' is no name of a parameter`, NAME_EXPECTED);
  else if (path.length > LIMITS.pathCharacters || parts.length > LIMITS.depth) {
    problems.add(place, '', `${describeValue(path)} is too long for a path`, `at most ${LIMITS.pathCharacters} characters in ${LIMITS.depth} parts`);
  } else return true;
  return false;
}

function setVoltage(parts: readonly string[], values: Record<string, unknown>, path: string, prefix: string, machine: RawMachine, tools: LoadTools): boolean {
  const key = parts[parts.length - 1] as string;
  return isSupplyKey(key) && !parts.includes('with') && setSupply(parts.slice(0, -1), key, values, path, prefix, machine, tools);
}

function setBlockParameter(
  values: Record<string, unknown>,
  path: string,
  prefix: string,
  machine: RawMachine,
  tools: LoadTools,
  place: Partial<SourcePlace>,
): void {
  const parts = path.split('.');
  for (let length = parts.length - 1; length >= 1; length--) {
    const blocks = matchingBlocks(parts.slice(0, length), prefix, machine);
    if (blocks.length === 0) continue;
    for (const block of blocks) setInBlock(block, parts.slice(length), values, path, tools, place);
    return;
  }
  const names = ownNames(machine.blocks.keys(), prefix);
  const wanted = parts.includes('with') ? parts.slice(0, parts.indexOf('with')) : parts.slice(0, -1);
  const tail = parts.slice(wanted.length);
  const near = nearestName(wanted.join('.'), names);
  const nearest = near === undefined ? undefined : [near, ...tail].join('.');
  tools.problems.add(
    place,
    path,
    `no parameter '${path}'`,
    `BLOCK.with.KEY, BLOCK.clock, BLOCK.voltage, BLOCK.use, BLOCK.copies or clocks.NAME, with BLOCK one of ${names.slice(0, 8).join(', ')}`,
    nearest,
  );
}

function matchingBlocks(parts: readonly string[], prefix: string, machine: RawMachine): RawBlock[] {
  const exact = machine.blocks.get(`${prefix}${parts.join('.')}`);
  if (exact !== undefined) return [exact];
  if (!parts.some((part) => part.includes('*'))) return [];
  const pattern = new PathPattern(parts);
  return [...machine.blocks.values()].filter(({ path }) => path.startsWith(prefix) && pattern.matches(path.slice(prefix.length)));
}

function setInBlock(
  block: RawBlock,
  rest: readonly string[],
  values: Record<string, unknown>,
  path: string,
  tools: LoadTools,
  place: Partial<SourcePlace>,
): void {
  const value = values[path];
  const [key = ''] = rest;
  if (rest.length === 1 && (key === 'use' || key === 'clock')) {
    if (typeof value !== 'string') return tools.problems.add(place, path, `${describeValue(value)} is no name`, 'a name');
    if (key === 'use' && value !== block.use) (block.formerUses ??= []).push(block.use);
    block[key] = key === 'clock' ? `${block.clockPrefix}${value}` : value;
    block.source[key] = value;
    tools.places.copyChild(values, path, block.source, key);
    return;
  }
  if (key !== 'with') {
    const near = nearestName(key, ['with', 'use', 'clock', 'voltage', 'nominalVoltage']);
    const nearest = near === undefined ? undefined : [path.split('.').slice(0, -rest.length).join('.'), near, ...rest.slice(1)].join('.');
    return tools.problems.add(place, path, `a block has no '${key}'`, `${block.path}.with.KEY, ${block.path}.clock or ${block.path}.use`, nearest);
  }
  setNested(block.source, rest, values, path, tools);
}

/** Sets a nested value and makes the mappings on the way that are not there yet. */
export function setNested(
  root: Record<string, unknown>,
  keys: readonly string[],
  values: Record<string, unknown>,
  path: string,
  tools: Pick<LoadTools, 'places' | 'problems'>,
): void {
  let node: Record<string, unknown> = root;
  for (const key of keys.slice(0, -1)) {
    if (!checkIndex(node, key, values, path, tools)) return;
    const child = node[key];
    if (!isPlainObject(child) && !Array.isArray(child)) {
      node[key] = bareTable();
      tools.places.setOwn(node[key] as object, tools.places.ofKey(values, path) ?? { file: '' });
      tools.places.copyChild(values, path, node, key);
    }
    node = node[key] as Record<string, unknown>;
  }
  const last = keys[keys.length - 1] as string;
  if (!checkIndex(node, last, values, path, tools)) return;
  node[last] = tools.places.clone(values[path]);
  tools.places.copyChild(values, path, node, last);
}

/** A list takes the place of an item that it has, or the next one: any other would leave a hole, up to four thousand million items long. */
function checkIndex(node: object, key: string, values: object, path: string, { places, problems }: Pick<LoadTools, 'places' | 'problems'>): boolean {
  if (!Array.isArray(node) || (/^\d{1,9}$/.test(key) && Number(key) <= node.length)) return true;
  problems.add(places.ofKey(values, path), path, `${describeValue(key)} is no item of this list`, `0 to ${node.length}`);
  return false;
}
