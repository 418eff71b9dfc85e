/** One compute tile as a core sees it, for closed forms: no buffers, no addresses. */
export interface TileShape {
  readonly operator: string;
  /** Sizes of the loops of the tile, e.g. `{ K: 64, C: 3, OY: 3, OX: 112, FY: 7, FX: 7 }`; absent loops count 1. */
  readonly loops: Readonly<Record<string, number>>;
  /** Matrix product that the tile comes to, from the maps of its layer; absent: from the standard names of the loops. */
  readonly product?: { readonly groups: number; readonly m: number; readonly n: number; readonly reduction: number };
  /** Bits per element by operand role (`W`, `I`, `I2`, `O`), payload only. */
  readonly bits: Readonly<Record<string, number>>;
  /** Names of the number formats by operand role. */
  readonly formats: Readonly<Record<string, string>>;
}
