import { InputError, readDocument, type ImportSource } from 'tessera-sim';
import { parseEquation, parseRelation, type MemoryOperand, type SourcedLayer, type ZigzagLayer } from 'tessera-sim/zigzag';
import { WORKLOAD_SCHEMA } from './schemas.js';

interface LayerEntry {
  readonly id: number;
  readonly name?: string;
  readonly operator_type: string;
  readonly equation: string;
  readonly dimension_relations?: readonly string[];
  readonly loop_dims: readonly string[];
  readonly loop_sizes: readonly number[];
  readonly operand_precision: Readonly<Record<string, number>>;
  readonly operand_source?: Readonly<Record<string, number>>;
  readonly pr_loop_dims?: readonly string[];
  readonly pr_loop_sizes?: readonly number[];
}

export interface ReadLayer extends SourcedLayer {
  readonly id: number;
  readonly operator: string;
}

const USUAL_LINKS: Readonly<Record<string, MemoryOperand>> = { O: 'O', W: 'I2', I: 'I1' };

/** Layers of a workload file. Sources that name no other layer are inputs or weights. */
export function readLayersFile({ fileName, bytes }: ImportSource): ReadLayer[] {
  const { value, places } = readDocument<readonly LayerEntry[]>(bytes, fileName, WORKLOAD_SCHEMA, 'workload of ZigZag');
  const names = new Map(value.map((entry) => [entry.id, nameOf(entry)]));
  const seen = new Set<string>();
  return value.map((entry, index): ReadLayer => {
    const fail = (key: string, message: string, expected: string): InputError =>
      new InputError({ file: fileName, ...places.along(value, [String(index), key]), path: `${index}.${key}`, message, expected });
    if (entry.loop_dims.length !== entry.loop_sizes.length)
      throw fail('loop_sizes', `${entry.loop_sizes.length} sizes of ${entry.loop_dims.length} loops`, 'one of each');
    const name = nameOf(entry);
    if (seen.has(name)) throw fail('id', `there are two layers '${name}'`, 'every layer once');
    seen.add(name);
    const operands = parseEquation(entry.equation);
    if (operands.length < 2) throw fail('equation', 'no output and input in it', 'e.g. O[k][ox]+=W[k][c]*I[c][ox]');
    const relations = (entry.dimension_relations ?? []).map(
      (text, place) => parseRelation(text) ?? never(fail(`dimension_relations`, `entry ${place} is no relation of dimensions`, 'e.g. ix=2*ox+1*fx')),
    );
    const loops = Object.fromEntries(entry.loop_dims.map((dim, place) => [dim.toUpperCase(), entry.loop_sizes[place]!]));
    const missing = operands.flatMap(({ dims }) => dims).find((dim) => loops[dim] === undefined && !relations.some((relation) => relation.dim === dim));
    if (missing !== undefined) throw fail('loop_dims', `the equation's ${missing} has no size`, 'a loop, or a relation of loops');
    const layer: ZigzagLayer = {
      name,
      loops,
      relations,
      operands: operands.map((operand, place) => ({ ...operand, memoryOperand: USUAL_LINKS[operand.name] ?? (['O', 'I2', 'I1'] as const)[place] ?? 'I1' })),
      precision: precisionOf(
        entry,
        operands.map((operand) => operand.name),
        fail,
      ),
      ...(entry.pr_loop_dims === undefined
        ? {}
        : { clippedDims: Object.fromEntries(entry.pr_loop_dims.map((dim, place) => [dim.toUpperCase(), entry.pr_loop_sizes?.[place] ?? Infinity])) }),
    };
    const from = Object.fromEntries(
      Object.entries(entry.operand_source ?? {}).flatMap(([operand, id]) =>
        id !== entry.id && seen.has(names.get(id) ?? '') ? [[operand, names.get(id)!]] : [],
      ),
    );
    return { id: entry.id, layer, operator: entry.operator_type, from };
  });
}

function precisionOf(
  { operand_precision: given }: LayerEntry,
  operands: readonly string[],
  fail: (key: string, message: string, expected: string) => InputError,
): ZigzagLayer['precision'] {
  const [output, ...inputs] = operands;
  const missing = [output!, ...inputs].find((operand) => given[operand] === undefined);
  if (missing !== undefined) throw fail('operand_precision', `no bits of ${missing}`, [...operands, 'O_final'].join(', '));
  return { ...given, O: given[output!]!, O_final: given['O_final'] ?? given[output!]! };
}

const nameOf = ({ name, id, operator_type: operator }: LayerEntry): string => name ?? `${operator}_${id}`;
const never = (error: InputError): never => {
  throw error;
};
