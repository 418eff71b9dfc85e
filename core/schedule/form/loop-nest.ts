/**
 * A mapping as a value: the loops around one layer, outermost first, and where each operand's tile lies between them.
 * See docs/mapping.md. A schedule holds them under `mappings`; an operation may name one.
 */
export interface LoopNest {
  /** Outermost first. A level's storage holds what its own loops and all loops inside touch. */
  readonly levels: readonly NestLevel[];
}

export interface NestLevel {
  /**
   * Operand -> path of the memory that holds its tile; `{axis}` stands for the position along a spatial axis, as in
   * `core{x}.l1`. An operand that is left out is bypassed: it stays where the level outside put it. Operands cut at
   * different places (an uneven mapping) take one level each.
   */
  readonly storage: Readonly<Record<string, string>>;
  /** Outermost first. */
  readonly loops: readonly Loop[];
}

export interface Loop {
  /** Loop of the layer. */
  readonly loop: string;
  /** Steps (temporal) or instances (spatial). */
  readonly size: number;
  /**
   * Steps when all outer loops of the same name are at their last step; `size` when absent. With it a size is covered that
   * its factors do not divide (imperfect factorisation, the residuals of Timeloop and Ruby).
   */
  readonly last?: number;
  readonly kind: 'temporal' | 'spatial';
  /** Of a spatial loop: the axis of the machine that it is laid out on. */
  readonly axis?: string;
}
