/** Layers as a person writes them; see schemas/workload.schema.json and docs/workload.md. */
export interface LayersDocument {
  readonly tesseraWorkload: 1;
  readonly name?: string;
  readonly formats?: readonly FormatEntry[];
  readonly tensors?: Readonly<Record<string, TensorEntry>>;
  readonly layers: readonly LayerEntry[];
}

export interface FormatEntry {
  readonly name: string;
  readonly kind: 'int' | 'uint' | 'float' | 'block-float' | 'ternary';
  readonly bits: number;
  readonly groupSize?: number;
  readonly groupMetadataBits?: number;
  readonly description?: string;
}

export interface TensorEntry {
  readonly dims: Readonly<Record<string, number>>;
  readonly format?: string | number;
  readonly role?: 'input' | 'constant';
}

export interface LayerEntry {
  readonly name: string;
  readonly operator: string;
  readonly loops: Readonly<Record<string, number>>;
  readonly stride?: number | readonly number[];
  readonly dilation?: number | readonly number[];
  readonly pad?: number | readonly number[];
  /** Name of a format, or bits of an integer, by operand; `partial` for unfinished sums. */
  readonly precision?: Readonly<Record<string, string | number>>;
  /** Where operands come from: a layer (its output) or a tensor. */
  readonly from?: Readonly<Record<string, string>>;
  readonly after?: readonly string[];
  /** Maps in full, for operators that the usual ones do not fit. */
  readonly operands?: Readonly<Record<string, OperandEntry>>;
  readonly opsPerPoint?: number;
}

export interface OperandEntry {
  readonly role?: 'weight' | 'activation' | 'output';
  /** By dimension of the tensor, in its order: `C: C`, `Y: 2*OY + FY - 1`. */
  readonly index: Readonly<Record<string, string | number>>;
  readonly sizes?: Readonly<Record<string, number>>;
}
