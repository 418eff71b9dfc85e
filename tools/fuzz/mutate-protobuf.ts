import type { Draw } from './draw.js';
import { mutateBytes } from './mutate-text.js';

/** A field of a protobuf message as it lies on the wire; what is inside is parsed as a message again where it can be one. */
interface Field {
  readonly number: number;
  readonly wire: number;
  bytes: Uint8Array;
  fields?: Field[] | undefined;
}

/** Changes a protobuf file and keeps its lengths right, so that what is changed is what the importer reads, not what it cannot decode. */
export function mutateProtobuf(bytes: Uint8Array, draw: Draw): Uint8Array {
  const root = parse(bytes, 0);
  if (root === undefined || draw.chance(0.15)) return mutateBytes(bytes, draw);
  for (let changes = draw.chance(0.7) ? 1 : 1 + draw.below(4); changes > 0; changes--) {
    const lists = listsIn(root);
    changeOne(draw.of(lists), draw, lists);
  }
  return write(root);
}

const VARINTS: readonly bigint[] = [0n, 1n, 2n, 7n, 16n, 255n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n, 2n ** 63n, 1_000_000_000_000n];
const TEXTS: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(20_000),
  '\u001b[2J',
  'Conv',
  'Gemm',
  'Reshape',
  'Loop',
  'If',
  'pads',
  'axes',
  '../x',
];

function changeOne(list: Field[], draw: Draw, lists: readonly Field[][]): void {
  const at = draw.below(list.length);
  const field = list[at];
  if (field === undefined) return;
  const way = draw.below(6);
  if (way === 0) list.splice(at, 1);
  else if (way === 1) list.splice(at, 0, structuredClone(field));
  else if (way === 2) {
    const other = draw.of(draw.of(lists));
    if (other !== undefined) list[at] = { ...structuredClone(other), number: field.number };
  } else if (field.wire === 0) field.bytes = varint(draw.of(VARINTS));
  else if (field.wire === 2) {
    field.fields = undefined;
    field.bytes = way === 3 ? mutateBytes(field.bytes, draw) : way === 4 ? new TextEncoder().encode(draw.of(TEXTS)) : varint(draw.of(VARINTS));
  } else field.bytes = Uint8Array.from(field.bytes, () => draw.below(256));
}

function listsIn(root: Field[]): Field[][] {
  const lists: Field[][] = [];
  const visit = (list: Field[]): void => {
    if (list.length > 0) lists.push(list);
    for (const { fields } of list) if (fields !== undefined) visit(fields);
  };
  visit(root);
  return lists;
}

function parse(bytes: Uint8Array, depth: number): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const number = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = number();
    if (tag === undefined || tag >> 3n === 0n || tag >> 3n > 10_000n) return undefined;
    const wire = Number(tag & 7n);
    const start = at;
    const length = wire === 0 ? undefined : wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? Number(number() ?? -1n) : -1;
    const from = wire === 2 ? at : start;
    if (length === undefined) {
      if (number() === undefined) return undefined;
    } else if (length < 0 || from + length > bytes.length) return undefined;
    else at = from + length;
    const inner = bytes.slice(from, at);
    fields.push({ number: Number(tag >> 3n), wire, bytes: inner, ...(wire === 2 && depth < 8 && inner.length > 1 ? { fields: parse(inner, depth + 1) } : {}) });
  }
  return fields;
}

function write(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(({ number, wire, bytes, fields: inner }) => {
      const content = inner === undefined ? bytes : write(inner);
      const tag = varint((BigInt(number) << 3n) | BigInt(wire));
      return wire === 2 ? [tag, varint(BigInt(content.length)), content] : [tag, content];
    }),
  );
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
