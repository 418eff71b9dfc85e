import type { SourcePlace } from '../../errors.js';
import type { LinkOptions } from '../../machine/specification.js';
import type { PluginSource } from '../loaded-scenario.js';

/** Voltages as far as they have been stated, with the place of the last statement. */
export interface RawSupply {
  readonly voltage?: number;
  readonly nominalVoltage?: number;
  readonly place?: SourcePlace | undefined;
}

/** A block as written, after templates and `set`, before its plugin is known. */
export interface RawBlock {
  readonly path: string;
  use: string;
  /** Plugins that `set` has replaced: what only they know of the configuration goes with them. */
  formerUses?: string[];
  /** Holds `use`, `with` and `clock` with their places. */
  readonly source: Record<string, unknown>;
  clock: string | undefined;
  supply: RawSupply;
  /** Of the machine or chiplet that the block belongs to: `` or `die0.`. */
  readonly clockPrefix: string;
}

/** A machine flattened: includes, groups, templates and chiplets are gone. */
export interface RawMachine {
  name: string;
  readonly clocks: Map<string, number>;
  referenceClock: string | undefined;
  readonly blocks: Map<string, RawBlock>;
  readonly connections: RawConnection[];
  readonly plugins: PluginSource[];
}

/** A connection as written, its ends with full paths. */
export interface RawConnection {
  from: string;
  to: string;
  latencyCycles: number;
  widthBits: number;
  /** What is stated besides; absent keys take the defaults. */
  options: Omit<LinkOptions, 'supply'>;
  supply: RawSupply;
  /** Path of the machine, chiplet or group whose list it stands in, with a dot: `` or `die0.`. */
  readonly scope: string;
  /** Of the machine or chiplet: `` or `die0.`. */
  readonly clockPrefix: string;
  readonly place: SourcePlace;
}

export function emptyMachine(name: string): RawMachine {
  return { name, clocks: new Map(), referenceClock: undefined, blocks: new Map(), connections: [], plugins: [] };
}
