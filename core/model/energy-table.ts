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

/** Makes a block's figures: those of the table where it has one, else the block's own. */
export function figuresFrom(
  table: EnergyTable | undefined,
  { path, config }: { readonly path: string; readonly config: object },
  plugin: string,
): (action: string, own: number) => number {
  return (action, own) => table?.picojoules({ block: path, plugin, action, config: config as Readonly<Record<string, unknown>> }) ?? own;
}
