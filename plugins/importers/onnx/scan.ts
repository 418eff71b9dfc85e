import { LISTS, ONNX_DESCRIPTOR } from './descriptor.js';

/** What a file may hold: far more than any model, and little enough that what is decoded fits into memory. `values`: names and numbers. */
export const SCAN_LIMITS = { depth: 100, messages: 2_000_000, values: 8_000_000, text: 65_536 } as const;

/** Something that is wrong with the bytes of a message. */
export class ScanError extends Error {}

interface Field {
  readonly type: string;
  readonly isRepeated: boolean;
  /** Numbers of a tensor. */
  readonly isListed: boolean;
}

/** Wire types of numbers. */
const SCALARS: Readonly<Record<string, number>> = { int32: 0, int64: 0, uint64: 0, float: 5, double: 1 };

type Fields = Readonly<Record<string, { readonly type: string; readonly id: number; readonly rule?: string }>>;

const MESSAGES: ReadonlyMap<string, ReadonlyMap<number, Field>> = new Map(
  Object.entries(ONNX_DESCRIPTOR.nested.onnx.nested).map(([message, { fields }]) => [message, fieldsById(message, fields)]),
);

function fieldsById(message: string, fields: Fields): Map<number, Field> {
  return new Map(
    Object.entries(fields).map(([name, { type, id, rule }]) => [
      id,
      { type, isRepeated: rule === 'repeated', isListed: message === 'TensorProto' && LISTS.includes(name) },
    ]),
  );
}

/**
 * Walks the wire form of an ONNX file without taking memory: lengths must lie inside, messages may nest and be as many as
 * `SCAN_LIMITS` says. Numbers listed in tensors are not counted: they are decoded one tensor at a time, the small ones only.
 */
export function scanModel(bytes: Uint8Array): void {
  new Scan(bytes).message('ModelProto', 0, bytes.length, 1);
}

class Scan {
  private messages = 0;
  private values = 0;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  message(type: string, from: number, to: number, depth: number): void {
    if (depth > SCAN_LIMITS.depth) throw new ScanError(`its messages nest more than ${SCAN_LIMITS.depth} deep`);
    const fields = MESSAGES.get(type)!;
    this.at = from;
    while (this.at < to) {
      const tag = this.varint(to);
      const wire = tag % 8;
      const field = fields.get(Math.floor(tag / 8));
      if (wire === 0) this.varint(to);
      else if (wire === 1) this.skip(8, to);
      else if (wire === 5) this.skip(4, to);
      else if (wire !== 2) throw new ScanError(`byte ${this.at} begins no field (wire type ${wire})`);
      const length = wire === 2 ? this.varint(to) : 0;
      const begin = this.at;
      if (begin + length > to) throw new ScanError(`a part of ${length} bytes at byte ${begin} reaches behind its end at ${to}`);
      if (field !== undefined) this.field(field, wire, begin, begin + length, depth);
      this.at = begin + length;
    }
  }

  /** A field of another wire type than its own is unknown to the decoder, and passed over. */
  private field({ type, isRepeated, isListed }: Field, wire: number, from: number, to: number, depth: number): void {
    const scalar = SCALARS[type];
    const isPacked = wire === 2 && isRepeated && scalar !== undefined;
    if (isListed || (wire !== (scalar ?? 2) && !isPacked)) return;
    if (MESSAGES.has(type)) {
      if (++this.messages > SCAN_LIMITS.messages) throw new ScanError(`it has more than ${SCAN_LIMITS.messages} messages`);
      this.message(type, from, to, depth + 1);
      return;
    }
    this.values += isPacked ? to - from : 1;
    if (this.values > SCAN_LIMITS.values) throw new ScanError(`it has more than ${SCAN_LIMITS.values} names and numbers`);
    if (type === 'string' && to - from > SCAN_LIMITS.text)
      throw new ScanError(`a name of ${to - from} bytes at byte ${from} is longer than ${SCAN_LIMITS.text}`);
  }

  private varint(to: number): number {
    let value = 0;
    for (let scale = 1, read = 0; ; scale *= 128) {
      if (this.at >= to) throw new ScanError(`it ends inside a number at byte ${this.at}`);
      if (read++ === 10) throw new ScanError(`the number before byte ${this.at} is too long`);
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  private skip(bytes: number, to: number): void {
    if (this.at + bytes > to) throw new ScanError(`it ends inside a number at byte ${this.at}`);
    this.at += bytes;
  }
}
