/** Bounds of trees that come from files (docs/input-limits.md). */
export const MAXIMUM_NODES = 2000;
export const MAXIMUM_DEPTH = 100;
export const MAXIMUM_INSTANCES = 65_536;
export const MAXIMUM_DIMENSIONS = 64;
export const MAXIMUM_TENSORS = 256;
/** Steps that a tree takes to work out: of a visit of a node some, of that of a spatial tile one more for each of its instances. */
export const MAXIMUM_STEPS = 20_000_000;
export const VISIT_STEPS = 200;
