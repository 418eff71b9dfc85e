import { validateInPlace } from '../../document/validate.js';
import { describeValue } from '../../document/schema-text.js';
import { readQuantity } from '../../document/units.js';
import { partOfSchema } from '../../document/installation.js';
import { stateLink } from './connections.js';
import type { LoadTools } from '../load-tools.js';
import type { RawMachine } from './raw-machine.js';
import { supplyOf } from './supply.js';

/** The clock that `clocks.core`, `clocks.die1.core` or `die1.clocks.core` means, as `core` or `die1.core`; undefined for other paths. */
export function clockNameIn(parts: readonly string[], prefix: string, machine: RawMachine): string | undefined {
  const at = parts.indexOf('clocks');
  if (at < 0 || at === parts.length - 1 || parts.slice(0, at).includes('with')) return undefined;
  const chiplet = parts
    .slice(0, at)
    .map((part) => `${part}.`)
    .join('');
  const isChiplet = at === 0 || [...machine.clocks.keys()].some((name) => name.startsWith(`${prefix}${chiplet}`));
  return isChiplet ? `${chiplet}${parts.slice(at + 1).join('.')}` : undefined;
}

export function setClock(name: string, values: Record<string, unknown>, path: string, prefix: string, machine: RawMachine, tools: LoadTools): void {
  const key = `${prefix}${name}`;
  const place = tools.places.ofValue(values, path);
  if (!machine.clocks.has(key)) return tools.problems.unknown(place, path, 'clock', name, ownNames(machine.clocks.keys(), prefix));
  const value = values[path];
  const reading = typeof value === 'string' ? readQuantity(value, 'Hz') : { value };
  const hertz = 'value' in reading ? reading.value : undefined;
  if (typeof hertz === 'number' && Number.isInteger(hertz) && hertz >= 1 && hertz <= 1e12) machine.clocks.set(key, hertz);
  else tools.problems.add(place, path, `${describeValue(value)} is not a frequency`, 'an integer number of hertz from 1 to 1e12, e.g. 1 GHz');
}

export function setReferenceClock(values: Record<string, unknown>, path: string, prefix: string, machine: RawMachine, tools: LoadTools): void {
  const name = `${prefix}${String(values[path])}`;
  if (machine.clocks.has(name)) {
    if (prefix === '') machine.referenceClock = name;
  } else tools.problems.unknown(tools.places.ofValue(values, path), path, 'clock', String(values[path]), ownNames(machine.clocks.keys(), prefix));
}

/** Sets `connect.3.KEY`; connections count as in the machine or chiplet that `set` belongs to. */
export function setConnection(
  index: string,
  key: string,
  values: Record<string, unknown>,
  path: string,
  prefix: string,
  machine: RawMachine,
  tools: LoadTools,
): void {
  const own = machine.connections.filter(({ scope }) => scope.startsWith(prefix));
  const connection = own[Number(index)];
  const place = tools.places.ofValue(values, path);
  if (connection === undefined) return tools.problems.add(place, path, `no connection ${index}`, `0 to ${own.length - 1}`);
  const holder: Record<string, unknown> = { [key]: values[path] };
  tools.places.copyChild(values, path, holder, key);
  const faults = validateInPlace(partOfSchema('machine', 'link'), holder, { places: tools.places, path: `connect.${index}`, owner: 'machine schema' });
  tools.problems.addAll(faults);
  if (faults.length > 0) return;
  stateLink(connection, holder);
  connection.supply = supplyOf(holder, connection.supply, tools);
}

export function ownNames(names: Iterable<string>, prefix: string): string[] {
  return [...names].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
