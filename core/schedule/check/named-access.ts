import type { Extent } from '../resolve/extent.js';
import type { TensorState } from '../resolve/places.js';

/** An access of an operation: its tensor, its box, and the operand that it says it is. */
export interface NamedAccess {
  readonly operand: string | undefined;
  readonly tensor: TensorState;
  readonly extent: Extent;
}
