import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { Draw } from './draw.js';
import { mutateProtobuf } from './mutate-protobuf.js';
import { mutateBytes, mutateText } from './mutate-text.js';
import { mutateTree } from './mutate-tree.js';
import type { Seed } from './seeds.js';

/** One input: a file of the project with other content, and the command that reads it. */
export interface FuzzCase {
  readonly number: number;
  readonly seed: Seed;
  readonly content: string | Uint8Array;
}

/** Case `number` of a run with this seed: always the same. */
export function makeCase(number: number, randomSeed: number, seeds: readonly Seed[], folder: string): FuzzCase {
  const draw = new Draw(randomSeed, `fuzz ${number}`);
  const form = draw.of(FORMS);
  const seed = draw.of(seeds.filter((candidate) => candidate.form === form));
  return { number, seed, content: mutated(readFileSync(path.join(folder, seed.file)), seed, draw) };
}

/** How often each form is drawn: what people write most is what strangers send most. */
const FORMS = [
  'yaml',
  'yaml',
  'yaml',
  'yaml',
  'yaml',
  'yaml',
  'yaml',
  'json',
  'json',
  'json',
  'json',
  'ndjson',
  'ndjson',
  'onnx',
  'onnx',
  'onnx',
  'onnx',
  'text',
  'text',
  'bytes',
];

function mutated(bytes: Buffer, { form }: Seed, draw: Draw): string | Uint8Array {
  if (form === 'onnx') return mutateProtobuf(bytes, draw);
  if (form === 'bytes') return mutateBytes(bytes, draw);
  const text = bytes.toString('utf8');
  if (form === 'text' || draw.chance(0.3)) return mutateText(text, draw);
  if (form === 'json') return toJson(mutateTree(JSON.parse(text), draw));
  if (form === 'ndjson') {
    const lines = mutateTree(
      text.split('\n').map((line) => JSON.parse(line) as unknown),
      draw,
    ) as ArrayLike<unknown>;
    // A mutation may have given the list a `constructor` of its own, which its methods would call.
    return Array.from({ length: lines.length }, (_, index) => toJson(lines[index])).join('\n');
  }
  return stringify(mutateTree(parse(text), draw), { aliasDuplicateObjects: draw.chance(0.5) });
}

/** JSON has no NaN; a number that it cannot hold is written as other programs do. */
function toJson(value: unknown): string {
  return (JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' && !Number.isFinite(part) ? `\u0001${part}` : part), 1) ?? 'null').replaceAll(
    /"\\u0001(-?Infinity|NaN)"/g,
    '$1',
  );
}
