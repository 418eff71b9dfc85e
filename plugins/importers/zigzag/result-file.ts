import { InputError, parseJson, type ImportSource } from 'tessera-sim';
import {
  parseEquation,
  parseRelation,
  type LevelLoops,
  type MemoryOperand,
  type SizedLoop,
  type ZigzagCore,
  type ZigzagLayer,
  type ZigzagMemory,
  type ZigzagMapping,
} from 'tessera-sim/zigzag';

type Loose = Readonly<Record<string, unknown>>;

/** A `_complete.json` of 2.x or 3.x. */
export interface ReadResult {
  readonly layer: ZigzagLayer;
  readonly mapping: ZigzagMapping;
  readonly cycles: { readonly onloading: number; readonly computation: number; readonly offloading: number };
  readonly energyPj: number;
  /** The machine as 2.x writes it: ports are not in it, each memory gets one for each way that it is used. */
  readonly core?: ZigzagCore;
}

/** `overall_simple.json`: two numbers. */
export interface ReadOverall {
  readonly energyPj: number;
  readonly cycles: number;
}

export function readResultFile({ fileName, bytes }: ImportSource): ReadResult | ReadOverall {
  const document = parseJson(new TextDecoder().decode(bytes), fileName) as Loose;
  const read = new Reader(fileName);
  if (document['outputs'] === undefined && document['inputs'] === undefined)
    return { energyPj: read.number(document, 'energy', ''), cycles: read.number(document, 'latency', '') };
  const outputs = read.object(document, 'outputs', '');
  const latency = read.object(outputs, 'latency', 'outputs.');
  const inputs = read.object(document, 'inputs', '');
  const name = fileName.replace(/^.*[\\/]/, '').replace(/_complete\.json$/i, '');
  const layer = read.layer(read.object(inputs, 'layer', 'inputs.'), name);
  const spatial = read.loops(read.object(inputs, 'spatial_mapping', 'inputs.'), 'spatial_mapping', layer);
  const core = read.core(inputs['accelerator']);
  return {
    layer,
    mapping: {
      spatial,
      spatialWhole: Object.fromEntries(
        Object.entries(spatial).map(([operand, levels]) => [operand, levels.map((loops) => loops.map(([loop, size]) => [loop, Math.ceil(size)] as const))]),
      ),
      temporal: read.loops(read.object(inputs, 'temporal_mapping', 'inputs.'), 'temporal_mapping', layer),
    },
    cycles: {
      onloading: read.number(latency, 'data_onloading', 'outputs.latency.'),
      computation: read.number(latency, 'computation', 'outputs.latency.'),
      offloading: read.number(latency, 'data_offloading', 'outputs.latency.'),
    },
    energyPj: read.number(read.object(outputs, 'energy', 'outputs.'), 'energy_total', 'outputs.energy.'),
    ...(core === undefined ? {} : { core }),
  };
}

class Reader {
  constructor(private readonly file: string) {}

  layer(layer: Loose, name: string): ZigzagLayer {
    const at = 'inputs.layer.';
    const equation = parseEquation(String(layer['equation'] ?? ''));
    if (equation.length < 2) throw this.error(`${at}equation`, 'no output and input in it', 'e.g. O[b][k]+=W[k][c]*I[b][c]');
    const links = this.object(layer, 'memory_operand_links', at);
    const precision = this.numbers(this.object(layer, 'operand_precision', at), `${at}operand_precision.`);
    const loops = this.numbers(this.object(layer, 'loop_dimensions', at), `${at}loop_dimensions.`);
    const relations = Array.isArray(layer['equation_relations']) ? layer['equation_relations'].map(String) : [];
    const output = equation[0]!.name;
    for (const { name: operand } of equation) if (precision[operand] === undefined) throw this.error(`${at}operand_precision.${operand}`, 'is missing', 'bits');
    return {
      name,
      loops,
      relations: relations.map(
        (text, index) => parseRelation(text) ?? this.never(`${at}equation_relations.${index}`, 'not a relation of dimensions', 'e.g. ix=1*ox+1*fx'),
      ),
      operands: equation.map((operand) => {
        const memoryOperand = links[operand.name];
        if (memoryOperand !== 'I1' && memoryOperand !== 'I2' && memoryOperand !== 'O')
          throw this.error(`${at}memory_operand_links.${operand.name}`, 'is missing', 'I1, I2 or O');
        return { ...operand, memoryOperand: memoryOperand as MemoryOperand };
      }),
      precision: { ...precision, O: precision[output]!, O_final: precision['O_final'] ?? precision[output]! },
    };
  }

  /** 2.x wraps the mapping once more and writes loops as lists, 3.x as texts `(OX, 2)`. */
  loops(given: Loose, key: string, layer: ZigzagLayer): Record<string, LevelLoops> {
    const mapping = typeof given[key] === 'object' && given[key] !== null ? (given[key] as Loose) : given;
    return Object.fromEntries(
      layer.operands.map(({ name }) => {
        const path = `inputs.${key}.${name}`;
        const levels = mapping[name];
        if (!Array.isArray(levels) || levels.length === 0) throw this.error(path, 'is missing', 'a list of levels');
        return [
          name,
          levels.map((loops: unknown, level) =>
            (Array.isArray(loops) ? loops : this.never(`${path}.${level}`, 'not a list of loops', 'a list')).map((loop: unknown) =>
              this.loop(loop, `${path}.${level}`),
            ),
          ),
        ];
      }),
    );
  }

  private loop(given: unknown, path: string): SizedLoop {
    const [loop, size] = Array.isArray(given)
      ? [given[0] as unknown, Number(given[1])]
      : [...(/^\(\s*'?(\w+)'?\s*,\s*([\d.]+)\s*\)$/.exec(String(given)) ?? [])].slice(1).map((part, index) => (index === 0 ? part : Number(part)));
    if (typeof loop === 'string' && typeof size === 'number' && size > 0 && Number.isFinite(size)) return [loop, size];
    throw this.error(path, 'not a loop with its size', "e.g. ['OX', 2]");
  }

  core(accelerator: unknown): ZigzagCore | undefined {
    const { name, cores } = (accelerator ?? {}) as { name?: unknown; cores?: unknown };
    const core = Array.isArray(cores) ? (cores[0] as Loose | undefined) : undefined;
    const dimensions = (core?.['operational_array'] as Loose | undefined)?.['dimensions'];
    const texts = (core?.['memory_hierarchy'] as Loose | undefined)?.['memory_levels'];
    if (core === undefined || !Array.isArray(dimensions) || !Array.isArray(texts)) return undefined;
    const at = 'inputs.accelerator.cores.0.';
    const levels = new Map<string, number>();
    const memories = texts.map((text: unknown, index): ZigzagMemory => {
      const match = /^MemoryLevel\(instance=([^,]+),operands=\[([^\]]*)\],served_dimensions=(.*)\)$/.exec(String(text));
      if (match === null)
        throw this.error(
          `${at}memory_hierarchy.memory_levels.${index}`,
          'not a memory level',
          "e.g. MemoryLevel(instance=dram,operands=['O'],served_dimensions=set())",
        );
      const operands = [...match[2]!.matchAll(/I1|I2|O/g)].map(([operand]) => operand as MemoryOperand);
      const [first] = operands;
      const level = levels.get(first ?? '') ?? 0;
      for (const operand of operands) levels.set(operand, (levels.get(operand) ?? 0) + 1);
      const of = (table: string): number => {
        const values = (core[table] as Record<string, unknown> | undefined)?.[first ?? ''];
        const value: unknown = Array.isArray(values) ? values[level] : undefined;
        if (typeof value === 'number' && value > 0) return value;
        throw this.error(`${at}${table}.${first ?? ''}.${level}`, 'is missing', 'a number');
      };
      const port = (type: 'read' | 'write', bits: number): ZigzagMemory['ports'][number] => ({
        name: type,
        type,
        minBits: bits,
        bitsPerCycle: bits,
        serves: [],
      });
      return {
        name: match[1]!,
        sizeBits: of('mem_size_dict'),
        operands,
        servedDimensions: [...match[3]!.matchAll(/name=(\w+)/g)].map(([, dimension]) => dimension!),
        readPj: 0,
        writePj: 0,
        ports: [port('read', of('mem_r_bw_dict')), port('write', of('mem_w_bw_dict'))],
      };
    });
    const array = Object.fromEntries(
      (dimensions as Loose[]).map((dimension) => [String(dimension['name']), this.number(dimension, 'size', `${at}operational_array.dimensions.`)]),
    );
    return { name: typeof name === 'string' ? name : 'core', array, macPj: 0, memories };
  }

  object(parent: Loose, key: string, at: string): Loose {
    const value = (parent as Loose | undefined)?.[key];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Loose;
    throw this.error(`${at}${key}`, 'is missing', 'an object');
  }

  number(parent: Loose, key: string, at: string): number {
    const value = parent[key];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.error(`${at}${key}`, 'is missing', 'a number');
  }

  private numbers(parent: Loose, at: string): Record<string, number> {
    return Object.fromEntries(Object.keys(parent).map((key) => [key, this.number(parent, key, at)]));
  }

  private never(path: string, message: string, expected: string): never {
    throw this.error(path, message, expected);
  }

  private error(path: string, message: string, expected: string): InputError {
    return new InputError({ file: this.file, path, message, expected });
  }
}
