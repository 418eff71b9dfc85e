/** ONNX messages as decoded: repeated fields are always there, others may be missing. 64-bit integers may be Long objects. */
export type Int64 = number | { toNumber(): number };

export interface TensorMessage {
  readonly dims: readonly Int64[];
  readonly dataType?: number;
  readonly name?: string;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly Int64[];
  readonly doubleData: readonly number[];
  readonly uint64Data: readonly Int64[];
  readonly rawData?: Uint8Array;
  readonly externalData: readonly { readonly key?: string; readonly value?: string }[];
  readonly dataLocation?: number;
}

export interface AttributeMessage {
  readonly name?: string;
  readonly f?: number;
  readonly i?: Int64;
  readonly s?: Uint8Array;
  readonly t?: TensorMessage | null;
  readonly g?: GraphMessage | null;
  readonly floats: readonly number[];
  readonly ints: readonly Int64[];
  readonly strings: readonly Uint8Array[];
  readonly refAttrName?: string;
}

export interface DimensionMessage {
  readonly dimValue?: Int64;
  readonly dimParam?: string;
  readonly value?: 'dimValue' | 'dimParam';
}

export interface ValueInfoMessage {
  readonly name?: string;
  readonly type?: { readonly tensorType?: { readonly elemType?: number; readonly shape?: { readonly dim: readonly DimensionMessage[] } | null } | null } | null;
}

export interface NodeMessage {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute: readonly AttributeMessage[];
}

export interface GraphMessage {
  readonly name?: string;
  readonly node: readonly NodeMessage[];
  readonly initializer: readonly TensorMessage[];
  readonly sparseInitializer: readonly { readonly values?: TensorMessage | null; readonly dims: readonly Int64[] }[];
  readonly input: readonly ValueInfoMessage[];
  readonly output: readonly ValueInfoMessage[];
  readonly valueInfo: readonly ValueInfoMessage[];
}

export interface FunctionMessage {
  readonly name?: string;
  readonly domain?: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly node: readonly NodeMessage[];
  readonly attributeProto: readonly AttributeMessage[];
}

export interface ModelMessage {
  readonly irVersion?: Int64;
  readonly producerName?: string;
  readonly graph?: GraphMessage | null;
  readonly opsetImport: readonly { readonly domain?: string; readonly version?: Int64 }[];
  readonly functions: readonly FunctionMessage[];
}

export function toNumber(value: Int64 | undefined | null): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' ? value : value.toNumber();
}
