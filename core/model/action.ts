/** Something that a block does and that costs energy, e.g. a multiply-accumulate or a row activation. */
export interface ActionDeclaration {
  /** Energy of one, in picojoules at the nominal supply; undefined when no figure is known, which totals then say. */
  readonly energyPj: number | undefined;
  /** What one is, e.g. `MAC`, `byte`, `activation`. */
  readonly unit: string;
  /** Where the figure comes from. */
  readonly source?: string;
}

/** Actions by name. A static power is an action whose unit is `mW` and whose energy is that of a milliwatt-second's part: see `EnergyMeter`. */
export type ActionDeclarations = Readonly<Record<string, ActionDeclaration>>;
