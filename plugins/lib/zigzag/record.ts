import { InputError } from 'tessera-sim';
import {
  FUNCTIONS,
  type DimensionRelation,
  type LevelLoops,
  type MemoryOperand,
  type PortFunction,
  type ZigzagCore,
  type ZigzagLayer,
  type ZigzagMapping,
  type ZigzagPort,
} from './form.js';

type Loose = Readonly<Record<string, unknown>>;

/** `I1, tl` and the like. */
export function parseServed(text: string): ZigzagPort['serves'][number] | undefined {
  const match = /^\s*(I1|I2|O)\s*,\s*(fh|tl|fl|th)\s*$/.exec(text);
  return match === null ? undefined : { operand: match[1] as MemoryOperand, direction: FUNCTIONS[match[2] as PortFunction] };
}

/** `ix=2*ox+1*fx`; a factor of 1 may be left out. */
export function parseRelation(text: string): DimensionRelation | undefined {
  const match = /^\s*([a-z]\w*)\s*=\s*(?:(\d+)\s*\*\s*)?([a-z]\w*)\s*\+\s*(?:(\d+)\s*\*\s*)?([a-z]\w*)\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, dim, stride, outer, dilation, inner] = match;
  return {
    dim: dim!.toUpperCase(),
    terms: [
      { loop: outer!.toUpperCase(), factor: Number(stride ?? 1) },
      { loop: inner!.toUpperCase(), factor: Number(dilation ?? 1) },
    ],
  };
}

/** Operands of `O[k][ox]+=W[k][c]*I[c][ox]`, the output first. */
export function parseEquation(text: string): { readonly name: string; readonly dims: readonly string[] }[] {
  return [...text.matchAll(/([A-Za-z]\w*)((?:\[\w+\])+)/g)].map(([, name, dims]) => ({
    name: name!,
    dims: [...dims!.matchAll(/\[(\w+)\]/g)].map(([, dim]) => dim!.toUpperCase()),
  }));
}

export interface ZigzagCase {
  readonly id: string;
  readonly core: ZigzagCore;
  readonly layer: ZigzagLayer;
  readonly mapping: ZigzagMapping;
}

/** The machine, layer and mapping of a record of kind `core-estimate`; never its results. @throws InputError with the path of what is missing. */
export function zigzagCase(record: Loose, at = ''): ZigzagCase {
  const config = object(record, 'config', at);
  const layer = object(record, 'layer', at);
  const spatial = object(record, 'spatial_mapping', at);
  const temporal = object(record, 'temporal_mapping', at);
  return {
    id: typeof record['id'] === 'string' ? record['id'] : 'record',
    core: coreOf(config, `${at}config.`),
    layer: layerOf(layer, object(record, 'precision_bits', at), object(record, 'operand_to_memory_operand', at), at),
    mapping: {
      spatial: loopsOf(spatial, 'per_operand_level', `${at}spatial_mapping.`),
      spatialWhole: loopsOf(spatial, 'integer_per_operand_level', `${at}spatial_mapping.`),
      temporal: loopsOf(temporal, 'per_operand_level_inner_to_outer', `${at}temporal_mapping.`),
    },
  };
}

function coreOf(config: Loose, at: string): ZigzagCore {
  return {
    name: text(config, 'name', at),
    array: numbers(object(config, 'pe_array', at), `${at}pe_array.`),
    macPj: number(config, 'mac_energy_pJ', at),
    memories: list(config, 'memories_inner_to_outer', at).map((entry, index) => {
      const memory = entry as Loose;
      const path = `${at}memories_inner_to_outer.${index}.`;
      return {
        name: text(memory, 'name', path),
        sizeBits: number(memory, 'size_bits', path),
        operands: list(memory, 'operands', path) as MemoryOperand[],
        servedDimensions: list(memory, 'served_dimensions', path) as string[],
        readPj: number(memory, 'read_energy_pJ', path),
        writePj: number(memory, 'write_energy_pJ', path),
        ports: list(memory, 'ports', path).map((port, place) => portOf(port as Loose, `${path}ports.${place}.`)),
      };
    }),
  };
}

function portOf(port: Loose, at: string): ZigzagPort {
  return {
    name: text(port, 'name', at),
    type: text(port, 'type', at) as ZigzagPort['type'],
    minBits: number(port, 'bw_min', at),
    bitsPerCycle: number(port, 'bw_max', at),
    serves: list(port, 'serves', at).map(
      (served, index) => parseServed(String(served)) ?? fail(`${at}serves.${index}`, 'not a function of a port', "e.g. 'I1, tl'"),
    ),
  };
}

function layerOf(layer: Loose, precision: Loose, links: Loose, at: string): ZigzagLayer {
  const equation = parseEquation(text(layer, 'equation', `${at}layer.`));
  if (equation.length < 2) fail(`${at}layer.equation`, 'no output and input in it', 'e.g. O[k][ox]+=W[k][c]*I[c][ox]');
  return {
    name: text(layer, 'name', `${at}layer.`),
    loops: numbers(object(layer, 'dims', `${at}layer.`), `${at}layer.dims.`),
    relations: list(layer, 'relations', `${at}layer.`).map(
      (relation, index) => parseRelation(String(relation)) ?? fail(`${at}layer.relations.${index}`, 'not a relation of dimensions', 'e.g. ix=1*ox+1*fx'),
    ),
    operands: equation.map((operand) => ({ ...operand, memoryOperand: text(links, operand.name, `${at}operand_to_memory_operand.`) as MemoryOperand })),
    precision: numbers(precision, `${at}precision_bits.`),
  };
}

function loopsOf(parent: Loose, key: string, at: string): Readonly<Record<string, LevelLoops>> {
  return Object.fromEntries(
    Object.entries(object(parent, key, at)).map(([operand, levels]) => [
      operand,
      (Array.isArray(levels) ? levels : fail(`${at}${key}.${operand}`, 'no list of levels', 'a list')).map((loops: unknown, level: number) =>
        (Array.isArray(loops) ? loops : fail(`${at}${key}.${operand}.${level}`, 'no list of loops', 'a list')).map((loop: unknown) => {
          const [name, size] = Array.isArray(loop) ? loop : [];
          return typeof name === 'string' && typeof size === 'number' && size > 0
            ? ([name, size] as const)
            : fail(`${at}${key}.${operand}.${level}`, 'not a loop with its size', "e.g. ['K', 16]");
        }),
      ),
    ]),
  );
}

const fail = (path: string, message: string, expected: string): never => {
  throw new InputError({ path, message, expected });
};
function object(parent: Loose, key: string, at: string): Loose {
  const value = parent[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : fail(`${at}${key}`, 'is missing', 'an object');
}
function list(parent: Loose, key: string, at: string): readonly unknown[] {
  const value = parent[key];
  return Array.isArray(value) ? value : fail(`${at}${key}`, 'is missing', 'a list');
}
function text(parent: Loose, key: string, at: string): string {
  const value = parent[key];
  return typeof value === 'string' ? value : fail(`${at}${key}`, 'is missing', 'a text');
}
function number(parent: Loose, key: string, at: string): number {
  const value = parent[key];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fail(`${at}${key}`, 'is missing', 'a number');
}
function numbers(parent: Loose, at: string): Record<string, number> {
  return Object.fromEntries(Object.keys(parent).map((key) => [key, number(parent, key, at)]));
}
