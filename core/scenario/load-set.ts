import type { SourcePlace } from '../errors.js';
import { isPlainObject } from '../plugin/places.js';
import { describeValue } from '../plugin/schema-text.js';
import { readQuantity } from '../plugin/units.js';
import type { MachineTools, RawBlock, RawMachine } from './load-machine.js';
import { nearestName } from '../plugin/nearest.js';

/**
 * Changes parameters of a flattened machine by path: `noc.with.linkWidthBits`, `core0.clock`, `noc.use`, `clocks.core`,
 * `referenceClock`, `connect.3.latencyCycles`. One part may be `*`: `core*` is every block whose name begins so.
 */
export function applySet(values: Record<string, unknown>, prefix: string, machine: RawMachine, tools: MachineTools): void {
  for (const path of Object.keys(values)) {
    const place = { ...tools.places.ofKey(values, path) };
    const [head = '', ...rest] = path.split('.');
    if (head === 'clocks' && rest.length === 1) setClock(rest[0] as string, values, path, prefix, machine, tools);
    else if (head === 'referenceClock' && rest.length === 0) setReferenceClock(values, path, prefix, machine, tools);
    else if (head === 'connect' && rest.length === 2) setConnection(rest, values, path, machine, tools);
    else setBlockParameter(values, path, prefix, machine, tools, place);
  }
}

function setClock(name: string, values: Record<string, unknown>, path: string, prefix: string, machine: RawMachine, tools: MachineTools): void {
  const key = `${prefix}${name}`;
  const place = tools.places.ofValue(values, path);
  if (!machine.clocks.has(key)) return tools.problems.unknown(place, path, 'clock', name, ownNames(machine.clocks.keys(), prefix));
  const value = values[path];
  const reading = typeof value === 'string' ? readQuantity(value, 'Hz') : { value };
  const hertz = 'value' in reading ? reading.value : undefined;
  if (typeof hertz === 'number' && Number.isInteger(hertz) && hertz >= 1 && hertz <= 1e12) machine.clocks.set(key, hertz);
  else tools.problems.add(place, path, `${describeValue(value)} is not a frequency`, 'an integer number of hertz from 1 to 1e12, e.g. 1 GHz');
}

function setReferenceClock(values: Record<string, unknown>, path: string, prefix: string, machine: RawMachine, tools: MachineTools): void {
  const name = `${prefix}${String(values[path])}`;
  if (machine.clocks.has(name)) {
    if (prefix === '') machine.referenceClock = name;
  } else tools.problems.unknown(tools.places.ofValue(values, path), path, 'clock', String(values[path]), ownNames(machine.clocks.keys(), prefix));
}

function setConnection(rest: readonly string[], values: Record<string, unknown>, path: string, machine: RawMachine, tools: MachineTools): void {
  const place = tools.places.ofValue(values, path);
  const [index = '', key = ''] = rest;
  const connection = machine.connections[Number(index)];
  if (connection === undefined) return tools.problems.add(place, path, `no connection ${index}`, `0 to ${machine.connections.length - 1}`);
  const units: Readonly<Record<string, string>> = { latencyCycles: 'cycles', widthBits: 'bits', depth: 'messages' };
  const unit = units[key];
  if (unit === undefined) return tools.problems.unknown(place, path, 'key', key, Object.keys(units));
  const value = values[path];
  const reading = typeof value === 'string' ? readQuantity(value, unit) : { value };
  const number = 'value' in reading ? reading.value : undefined;
  const fits = typeof number === 'number' && (key === 'widthBits' ? number > 0 : Number.isInteger(number) && number >= 1);
  if (!fits) return tools.problems.add(place, path, `${describeValue(value)} is no ${key}`, `a positive number in ${unit}`);
  connection[key as 'latencyCycles' | 'widthBits' | 'depth'] = number;
}

function setBlockParameter(
  values: Record<string, unknown>,
  path: string,
  prefix: string,
  machine: RawMachine,
  tools: MachineTools,
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
  tools.problems.add(place, path, `no parameter '${path}'`, `BLOCK.with.KEY, BLOCK.clock, BLOCK.use or clocks.NAME, with BLOCK one of ${names.slice(0, 8).join(', ')}`, nearest);
}

function matchingBlocks(parts: readonly string[], prefix: string, machine: RawMachine): RawBlock[] {
  const exact = machine.blocks.get(`${prefix}${parts.join('.')}`);
  if (exact !== undefined) return [exact];
  if (!parts.some((part) => part.includes('*'))) return [];
  const pattern = parts.map((part) => part.split('*').map((text) => text.replace(/[^\w-]/g, '\\$&')).join('[^.]*')).join('\\.');
  const expression = new RegExp(`^${pattern}$`);
  return [...machine.blocks.values()].filter(({ path }) => path.startsWith(prefix) && expression.test(path.slice(prefix.length)));
}

function setInBlock(
  block: RawBlock,
  rest: readonly string[],
  values: Record<string, unknown>,
  path: string,
  tools: MachineTools,
  place: Partial<SourcePlace>,
): void {
  const value = values[path];
  const [word = ''] = rest;
  if (rest.length === 1 && (word === 'use' || word === 'clock')) {
    if (typeof value !== 'string') return tools.problems.add(place, path, `${describeValue(value)} is no name`, 'a name');
    if (word === 'use' && value !== block.use) (block.formerUses ??= []).push(block.use);
    block[word] = word === 'clock' ? `${block.clockPrefix}${value}` : value;
    block.source[word] = value;
    tools.places.copyChild(values, path, block.source, word);
    return;
  }
  if (word !== 'with') {
    const near = nearestName(word, ['with', 'use', 'clock']);
    const nearest = near === undefined ? undefined : [path.split('.').slice(0, -rest.length).join('.'), near, ...rest.slice(1)].join('.');
    return tools.problems.add(place, path, `a block has no '${word}'`, `${block.path}.with.KEY, ${block.path}.clock or ${block.path}.use`, nearest);
  }
  setNested(block.source, rest, values, path, tools);
}

/** Sets a nested value and makes the mappings on the way that are not there yet. */
export function setNested(root: Record<string, unknown>, keys: readonly string[], values: Record<string, unknown>, path: string, tools: MachineTools | { places: MachineTools['places'] }): void {
  let node: Record<string, unknown> = root;
  for (const key of keys.slice(0, -1)) {
    const child = node[key];
    if (!isPlainObject(child) && !Array.isArray(child)) {
      node[key] = {};
      tools.places.setOwn(node[key] as object, tools.places.ofKey(values, path) ?? { file: '' });
      tools.places.copyChild(values, path, node, key);
    }
    node = node[key] as Record<string, unknown>;
  }
  const last = keys[keys.length - 1] as string;
  node[last] = tools.places.clone(values[path]);
  tools.places.copyChild(values, path, node, last);
}

function ownNames(names: Iterable<string>, prefix: string): string[] {
  return [...names].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
