/** An element that a run left at its place with another value than the reference has. */
export interface ValueDifference {
  readonly tensor: string;
  /** The layer that writes the tensor. */
  readonly layer?: string;
  /** Position by dimension. */
  readonly index: Readonly<Record<string, number>>;
  /** As readers see it; as text where JSON has no such number. */
  readonly expected: number | string;
  /** `nothing`: never written, or dead. `undefined`: made from such, or changed while it was in use. */
  readonly got: number | string;
  /** The operation that wrote it last. */
  readonly operation?: number;
}

export interface ComparedTensor {
  readonly tensor: string;
  readonly elements: number;
  readonly wrong: number;
}

/** What carrying values through a run has shown. */
export interface FunctionalResult {
  readonly equal: boolean;
  /** Elements of outputs. */
  readonly compared: number;
  readonly wrong: number;
  readonly tensors: readonly ComparedTensor[];
  /** Of the first tensor, in the order of the layers, that is wrong. */
  readonly firstDifference?: ValueDifference;
  /** Outputs that no layer describes, so that nobody knows what they should hold. */
  readonly notCompared: readonly string[];
  /** Operators whose results are fingerprints of what they read. */
  readonly fingerprints: readonly string[];
  readonly notes: readonly string[];
}
