import type { TileShape } from './tile-shape.js';

/** How many actions go with work that is known without simulating: what estimates count by. An absent figure counts none. */
export interface ExpectedActions {
  /** Of a tile that the block computes. */
  readonly ofTile?: (tile: TileShape) => number;
  /** Of a byte read from, or written to, the memory that the block is. */
  readonly perByteRead?: number;
  readonly perByteWritten?: number;
  /** Of a byte that passes through the block: a network, a link, a cache, a transfer engine. */
  readonly perByteMoved?: number;
  /** Of a second of the run. */
  readonly perSecond?: number;
}

/** Something that a block does, counts, and that costs energy, e.g. a multiply-accumulate or a row activation. */
export interface ActionDeclaration {
  /** Energy of one, in picojoules at the nominal supply; undefined when no figure is known, which totals then say. */
  readonly energyPj: number | undefined;
  /** What one is, e.g. `MAC`, `bit`, `activation`. */
  readonly unit: string;
  /** Where the figure comes from. */
  readonly source?: string;
  readonly expected?: ExpectedActions;
}

/** A power that is drawn all the time, in milliwatts at the nominal supply; undefined when no figure is known. */
export interface PowerDeclaration {
  readonly powerMw: number | undefined;
  readonly source?: string;
}

/** Actions and powers by name, in the order in which results list them. */
export type ActionDeclarations = Readonly<Record<string, ActionDeclaration | PowerDeclaration>>;

export function isPower(declaration: ActionDeclaration | PowerDeclaration): declaration is PowerDeclaration {
  return 'powerMw' in declaration;
}

/** A configured figure of which 0, the usual default, says that none is known. */
export function knownFigure(figure: number): number | undefined {
  return figure === 0 ? undefined : figure;
}

/** Whether anything is known of a block's energy. */
export function hasEnergyFigure(actions: ActionDeclarations): boolean {
  return Object.values(actions).some((declaration) => (isPower(declaration) ? declaration.powerMw : declaration.energyPj) !== undefined);
}
