/** One compute tile as a core sees it, for closed forms: no buffers, no addresses. */
export interface TileShape {
  readonly operator: string;
  /** Sizes of the loops of the tile, e.g. `{ K: 64, C: 3, OY: 3, OX: 112, FY: 7, FX: 7 }`; absent loops count 1. */
  readonly loops: Readonly<Record<string, number>>;
  /** Bits per element by operand role (`W`, `I`, `I2`, `O`), payload only. */
  readonly bits: Readonly<Record<string, number>>;
  /** Names of the number formats by operand role. */
  readonly formats: Readonly<Record<string, string>>;
}
