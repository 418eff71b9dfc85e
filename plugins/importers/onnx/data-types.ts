/** ONNX element types (TensorProto.DataType) by code: the number format that holds one, and bytes in raw data. */
interface DataType {
  readonly format: string;
  readonly bits: number;
}

const TYPES: Readonly<Record<number, DataType>> = {
  1: { format: 'fp32', bits: 32 },
  2: { format: 'uint8', bits: 8 },
  3: { format: 'int8', bits: 8 },
  4: { format: 'uint16', bits: 16 },
  5: { format: 'int16', bits: 16 },
  6: { format: 'int32', bits: 32 },
  7: { format: 'int64', bits: 64 },
  9: { format: 'bool', bits: 8 },
  10: { format: 'fp16', bits: 16 },
  11: { format: 'fp64', bits: 64 },
  12: { format: 'uint32', bits: 32 },
  13: { format: 'uint64', bits: 64 },
  16: { format: 'bf16', bits: 16 },
  17: { format: 'fp8-e4m3', bits: 8 },
  18: { format: 'fp8-e4m3', bits: 8 },
  19: { format: 'fp8-e5m2', bits: 8 },
  20: { format: 'fp8-e5m2', bits: 8 },
  21: { format: 'uint4', bits: 4 },
  22: { format: 'int4', bits: 4 },
  23: { format: 'fp4-e2m1', bits: 4 },
  25: { format: 'uint2', bits: 2 },
  26: { format: 'int2', bits: 2 },
};

export const FLOAT = 1;
export const UINT8 = 2;
const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;
export const BOOL = 9;

export function formatOfType(type: number): string | undefined {
  return TYPES[type]?.format;
}

export function bitsOfType(type: number): number | undefined {
  return TYPES[type]?.bits;
}

export function isFloatType(type: number): boolean {
  return type === 1 || type === 10 || type === 11 || type === 16 || (type >= 17 && type <= 20) || type === 23;
}

export function isSmallInteger(type: number): boolean {
  return type === UINT8 || type === INT8 || type === 21 || type === 22 || type === 25 || type === 26;
}
