import { InputError } from '../errors.js';
import { isPower, type ActionDeclarations } from './action.js';
import { serviceToken } from './service.js';

/** What an energy table is asked. */
export interface EnergyQuery {
  /** Path of the block, e.g. `core0.l1`. */
  readonly block: string;
  readonly plugin: string;
  /** As the block's energy breakdown names it: `mac`, `read`. */
  readonly action: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Energies of actions from one place, e.g. of one technology, in place of each block's own figures. */
export interface EnergyTable {
  /** Picojoules of one action at the nominal supply; undefined where the table says nothing: the block's own figure then holds. */
  picojoules(query: EnergyQuery): number | undefined;
}

/** `bind: { energy-table: NAME }`; unbound: every block keeps its own figures. */
export const energyTable = serviceToken<EnergyTable>('energy-table');

/** A block's actions with the table's figures in place of its own, where the table has some. */
export function figuresOf(table: EnergyTable | undefined, actions: ActionDeclarations, block: Omit<EnergyQuery, 'action'>): ActionDeclarations {
  if (table === undefined) return actions;
  const figured = Object.entries(actions).map(([action, declaration]) => {
    const energyPj = isPower(declaration) ? undefined : askedOf(table, { ...block, action });
    return [action, energyPj === undefined ? declaration : { ...declaration, energyPj, source: 'the bound energy-table' }] as const;
  });
  return Object.fromEntries(figured) as ActionDeclarations;
}

/** A third party's table may say anything, or be no table. */
function askedOf(table: EnergyTable, query: EnergyQuery): number | undefined {
  const fault = (message: string): InputError =>
    new InputError({ path: `bind.${energyTable.service}`, message, expected: '`picojoules(query)` that returns a finite number >= 0, or undefined' });
  if (typeof (table as Partial<EnergyTable> | null)?.picojoules !== 'function') throw fault('the bound energy-table has no function `picojoules`');
  const energyPj: unknown = table.picojoules(query);
  if (energyPj === undefined || (typeof energyPj === 'number' && Number.isFinite(energyPj) && energyPj >= 0)) return energyPj;
  throw fault(`the bound energy-table says ${String(energyPj)} of action '${query.action}' of ${query.block} (${query.plugin})`);
}
