import type { GraphState } from './graph-state.js';
import { bitsOfType } from './data-types.js';
import { checkedExternal } from './external-data.js';
import { toNumber, type TensorMessage } from './messages.js';

/** `data_location` of a tensor whose data lie in a file of their own. */
const EXTERNAL = 1;

/** Constants up to this many elements are looked into: shapes, axes, scales. Weights never are. */
export const FOLD_LIMIT = 65_536;

/** Elements of a small constant; undefined when it is large or its data are not there (stripped weights). */
export function tensorData(tensor: TensorMessage, elements: number, state: GraphState): readonly number[] | undefined {
  const type = tensor.dataType ?? 0;
  const external = tensor.dataLocation === EXTERNAL ? checkedExternal(tensor, rawBytesWanted(type, elements), state) : undefined;
  if (elements > FOLD_LIMIT || !state.mayHold(elements)) return undefined;
  const listed = listedData(tensor, type);
  if (listed.length > 0 || elements === 0) return listed.length === elements ? listed : undefined;
  const raw = tensor.dataLocation === EXTERNAL ? external?.read() : tensor.rawData;
  return raw === undefined || raw.length === 0 ? undefined : rawNumbers(raw, type, elements);
}

/** Bytes of raw data that the tensor's type and dims ask for. */
export function rawBytesWanted(type: number, elements: number): number {
  return Math.ceil((elements * (bitsOfType(type) ?? 8)) / 8);
}

function listedData(tensor: TensorMessage, type: number): readonly number[] {
  if (tensor.int64Data.length > 0) return tensor.int64Data.map(toNumber);
  if (tensor.floatData.length > 0) return tensor.floatData;
  if (tensor.doubleData.length > 0) return tensor.doubleData;
  if (tensor.uint64Data.length > 0) return tensor.uint64Data.map(toNumber);
  if (type === 10 || type === 16) return tensor.int32Data.map((bits) => (type === 16 ? bfloat(bits) : half(bits)));
  return tensor.int32Data;
}

function rawNumbers(raw: Uint8Array, type: number, elements: number): readonly number[] | undefined {
  const bits = bitsOfType(type);
  if (bits === undefined || bits < 8 || raw.length < (elements * bits) / 8) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = reader(view, type);
  return read === undefined ? undefined : Array.from({ length: elements }, (_, index) => read((index * bits) / 8));
}

function reader(view: DataView, type: number): ((at: number) => number) | undefined {
  switch (type) {
    case 1:
      return (at) => view.getFloat32(at, true);
    case 2:
    case 9:
      return (at) => view.getUint8(at);
    case 3:
      return (at) => view.getInt8(at);
    case 4:
      return (at) => view.getUint16(at, true);
    case 5:
      return (at) => view.getInt16(at, true);
    case 6:
      return (at) => view.getInt32(at, true);
    case 7:
      return (at) => Number(view.getBigInt64(at, true));
    case 10:
      return (at) => half(view.getUint16(at, true));
    case 11:
      return (at) => view.getFloat64(at, true);
    case 12:
      return (at) => view.getUint32(at, true);
    case 13:
      return (at) => Number(view.getBigUint64(at, true));
    case 16:
      return (at) => bfloat(view.getUint16(at, true));
    default:
      return undefined;
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a binary32. */
function bfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
