import { InputError } from 'tessera-sim';
import { defined } from '../defined.js';
import type { ComputeLevel, StorageLevel, TimeloopMachine } from '../machine.js';
import { isTable, type Table } from './yaml-file.js';

/** Energy of each action in pJ, and area in um2, by the last part of a component's name. */
export interface EnergyTables {
  readonly energy: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly area: ReadonlyMap<string, number>;
}

const MOST_ENTRIES = 100_000;

/** Reads `ERT` and `ART` of Accelergy. Where an action has several entries, by what changes on the wires, the largest counts, as in Timeloop. */
export function readTables(value: Table): EnergyTables {
  const energy = new Map<string, Map<string, number>>();
  const area = new Map<string, number>();
  for (const [index, entry] of tablesIn(value, 'ERT').entries()) {
    const path = `ERT.tables.${index}`;
    const actions = energy.get(leafName(entry['name'], path)) ?? new Map<string, number>();
    if (!Array.isArray(entry['actions']))
      throw new InputError({ path: `${path}.actions`, message: 'there are no actions', expected: 'a list of name and energy' });
    for (const [action, one] of (entry['actions'] as unknown[]).entries()) {
      const at = `${path}.actions.${action}`;
      if (!isTable(one) || typeof one['energy'] !== 'number' || !(one['energy'] >= 0))
        throw new InputError({ path: at, message: 'this action has no energy', expected: 'name, and energy in pJ' });
      actions.set(String(one['name']), Math.max(actions.get(String(one['name'])) ?? 0, one['energy']));
    }
    energy.set(leafName(entry['name'], path), actions);
  }
  for (const [index, entry] of tablesIn(value, 'ART').entries()) {
    const path = `ART.tables.${index}`;
    if (typeof entry['area'] !== 'number') throw new InputError({ path: `${path}.area`, message: 'this component has no area', expected: 'a number of um2' });
    area.set(leafName(entry['name'], path), entry['area']);
  }
  return { energy, area };
}

function tablesIn(value: Table, key: string): readonly Table[] {
  const table = value[key];
  if (table === undefined) return [];
  const tables = isTable(table) ? table['tables'] : undefined;
  if (!Array.isArray(tables)) throw new InputError({ path: `${key}.tables`, message: 'there are no tables', expected: 'a list of components' });
  if (tables.length > MOST_ENTRIES)
    throw new InputError({ path: `${key}.tables`, message: `there are ${tables.length} tables`, expected: `at most ${MOST_ENTRIES}` });
  return tables.map((entry, index) => {
    if (isTable(entry)) return entry;
    throw new InputError({ path: `${key}.tables.${index}`, message: 'this table is no mapping', expected: 'name, and actions or area' });
  });
}

/** `system.PE[0..167].mac[1..2]` > `mac`. */
function leafName(name: unknown, path: string): string {
  if (typeof name !== 'string') throw new InputError({ path: `${path}.name`, message: 'this component has no name', expected: 'a name' });
  return name
    .replaceAll(/\[[^\]]*\]/g, '')
    .split('.')
    .at(-1)!;
}

/** The machine with the energies and areas of the tables. */
export function withTables(machine: TimeloopMachine, { energy, area }: EnergyTables): TimeloopMachine {
  return {
    ...machine,
    levels: machine.levels.map((level) => storageWith(level, energy.get(level.name), area.get(level.name))),
    compute: computeWith(machine.compute, energy.get(machine.compute.name), area.get(machine.compute.name)),
  };
}

function storageWith(level: StorageLevel, actions: ReadonlyMap<string, number> | undefined, areaUm2: number | undefined): StorageLevel {
  const read = actions?.get('read') ?? actions?.get('access');
  const write = actions?.get('write') ?? actions?.get('access');
  return {
    ...level,
    ...(read === undefined || write === undefined ? {} : { energy: { read, fill: write, update: actions?.get('update') ?? write } }),
    ...defined('leakPj', actions?.get('leak')),
    ...defined('areaUm2', areaUm2),
  };
}

function computeWith(compute: ComputeLevel, actions: ReadonlyMap<string, number> | undefined, areaUm2: number | undefined): ComputeLevel {
  const names = ['compute', 'mac_random', 'mac', 'multiply', 'op'];
  const energyPj = names.map((name) => actions?.get(name)).find((value) => value !== undefined);
  return { ...compute, ...defined('energyPj', energyPj), ...defined('areaUm2', areaUm2) };
}
