import { InputError } from 'tessera-sim';
import type { MappingLevel, TimeloopLoop, TimeloopMapping } from '../mapping.js';
import type { Problem } from '../problem.js';
import type { TargetLevel } from './architecture.js';
import { isTable, type Table } from './yaml-file.js';

const MOST_DIRECTIVES = 10_000;

interface Factor {
  readonly size: number;
  readonly last?: number;
}

interface LevelDirectives {
  temporal?: { table: Table; path: string };
  spatial?: { table: Table; path: string };
  datatype?: { table: Table; path: string };
}

/**
 * Reads the directives of `mapping:`. The order of the levels is the machine's (`targets`, outermost first); without one it is that of the
 * directives, which the tool writes innermost first and people outermost first: the end at which a level called DRAM or memory stands decides.
 */
export function readDirectives(list: unknown, problem: Problem, targets: readonly TargetLevel[] | undefined, path = 'mapping'): TimeloopMapping {
  if (!Array.isArray(list) || list.length === 0) throw bad(path, 'the mapping has no directives', 'a list of target, type, factors, permutation');
  if (list.length > MOST_DIRECTIVES) throw bad(path, `there are ${list.length} directives`, `at most ${MOST_DIRECTIVES}`);
  const order = targets ?? orderIn(list as unknown[], path);
  const byTarget = new Map(order.map((target) => [target.name, {} as LevelDirectives]));
  const canonical = new Map(order.flatMap(({ name, aliases }) => [name, ...aliases].map((alias) => [alias, name] as const)));
  (list as unknown[]).forEach((entry, index) => {
    const at = `${path}.${index}`;
    if (!isTable(entry)) throw bad(at, 'this directive is no mapping', 'target, type');
    const name = canonical.get(String(entry['target']));
    if (name === undefined) throw bad(`${at}.target`, `there is no level '${String(entry['target'])}'`, order.map((target) => target.name).join(', '));
    const type = String(entry['type']);
    const key = type === 'bypass' || type === 'datatype' || type === 'dataspace' ? 'datatype' : type;
    if (key !== 'temporal' && key !== 'spatial' && key !== 'datatype')
      throw bad(`${at}.type`, `the type '${type}' is not known`, 'temporal, spatial, datatype, bypass');
    byTarget.get(name)![key] = { table: entry, path: at };
  });
  const rests = new Rests(problem, path);
  const levels = order.map((target): MappingLevel => {
    const { temporal, spatial, datatype } = byTarget.get(target.name)!;
    return {
      name: target.name,
      keep: keptOf(target, datatype, problem),
      loops: [...loopsOf(temporal, 'temporal', problem, rests), ...loopsOf(spatial, 'spatial', problem, rests)],
    };
  });
  return rests.filled({ levels });
}

function orderIn(list: readonly unknown[], path: string): TargetLevel[] {
  const names = [...new Set(list.flatMap((entry) => (isTable(entry) ? [String(entry['target'])] : [])))];
  const isOutermost = (name: string): boolean => /dram|main_?memory|backing/i.test(name);
  if (names.length < 2 || isOutermost(names[0] ?? '')) return names.map((name) => ({ name, aliases: [] }));
  if (isOutermost(names.at(-1) ?? '')) return names.reverse().map((name) => ({ name, aliases: [] }));
  throw bad(path, `which of ${names.slice(0, 8).join(', ')} is the outermost level cannot be told`, 'the architecture beside the mapping');
}

function keptOf(target: TargetLevel, datatype: LevelDirectives['datatype'], { dataSpaces }: Problem): string[] {
  const names = dataSpaces.map(({ name }) => name);
  const listOf = (value: unknown): string[] | undefined => (Array.isArray(value) ? value.map(String) : undefined);
  const { table, path } = datatype ?? { table: {} as Table, path: '' };
  const keep = listOf(table['keep']) ?? (datatype === undefined ? target.keep : undefined);
  const bypass = listOf(table['bypass']) ?? (datatype === undefined ? target.bypass : undefined);
  for (const name of [...(keep ?? []), ...(bypass ?? [])])
    if (!names.includes(name)) {
      if (datatype !== undefined) throw bad(path, `there is no data space '${name}'`, names.join(', '));
    }
  if (bypass !== undefined) return names.filter((name) => !bypass.includes(name));
  return keep === undefined ? names : names.filter((name) => keep.includes(name));
}

/** Loops outermost first; of those in space the ones before `split`, counted from inside, lie along X. */
function loopsOf(directive: { table: Table; path: string } | undefined, kind: TimeloopLoop['kind'], problem: Problem, rests: Rests): TimeloopLoop[] {
  if (directive === undefined) return [];
  const { table, path } = directive;
  const factors = factorsOf(table['factors'], problem, `${path}.factors`);
  const inner = permutationOf(table['permutation'], problem, `${path}.permutation`);
  const split = typeof table['split'] === 'number' ? table['split'] : inner.length;
  const loops = inner.map((dimension, index): TimeloopLoop => {
    const { size, last } = factors.get(dimension) ?? { size: 1 };
    const loop: TimeloopLoop = {
      dimension,
      size,
      ...(last === undefined || last === size ? {} : { last }),
      kind,
      ...(kind === 'spatial' ? { axis: index < split ? 'X' : 'Y' } : {}),
    };
    if (size === 0) rests.note(loop);
    return loop;
  });
  return loops.filter(({ size }) => size !== 1).reverse();
}

/** `R=3 S=1`, `R3 S1`, `P=80,64`, or a list of these. */
function factorsOf(value: unknown, { dimensions }: Problem, path: string): Map<string, Factor> {
  const factors = new Map<string, Factor>();
  const words = Array.isArray(value)
    ? value.map(String)
    : typeof value === 'string'
      ? value.split(/\s+|,(?=\s*[A-Za-z_])/)
      : value === undefined || value === null
        ? []
        : [String(value)];
  for (const word of words.map((one) => one.trim()).filter((one) => one !== '')) {
    const match = /^(.+?)\s*=?\s*(\d{1,10})(?:\s*,\s*(\d{1,10}))?,?$/.exec(word);
    if (match === null || !dimensions.includes(match[1]!))
      throw bad(path, `'${word.slice(0, 40)}' is no factor`, `${dimensions.slice(0, 8).join(', ')} with a number, e.g. ${dimensions[0]}=2`);
    if (factors.has(match[1]!)) throw bad(path, `there are two factors of ${match[1]!}`, 'one for each dimension');
    const last = match[3] === undefined ? undefined : Number(match[3]);
    if (last !== undefined && (last < 1 || last > Number(match[2])))
      throw bad(path, `the last bound of '${word}' is not within the first`, '1 to the first bound');
    factors.set(match[1]!, { size: Number(match[2]), ...(last === undefined ? {} : { last }) });
  }
  return factors;
}

/** Innermost first; dimensions that are not named stand outside of those that are. */
function permutationOf(value: unknown, { dimensions }: Problem, path: string): string[] {
  if (value === undefined || value === null) return [...dimensions];
  const single = dimensions.every((name) => name.length === 1);
  const names = Array.isArray(value)
    ? value.map(String)
    : single
      ? [...String(value).replaceAll(/[\s,]/g, '')]
      : String(value)
          .split(/[\s,]+/)
          .filter((name) => name !== '');
  for (const name of names) if (!dimensions.includes(name)) throw bad(path, `there is no dimension '${name.slice(0, 20)}'`, dimensions.join(', '));
  if (new Set(names).size !== names.length) throw bad(path, 'a dimension is there twice', 'every dimension once');
  return [...names, ...dimensions.filter((name) => !names.includes(name))];
}

/** `C=0` takes what the other factors of the dimension leave. */
class Rests {
  private readonly open = new Set<TimeloopLoop>();

  constructor(
    private readonly problem: Problem,
    private readonly path: string,
  ) {}

  note(loop: TimeloopLoop): void {
    this.open.add(loop);
  }

  filled({ levels }: TimeloopMapping): TimeloopMapping {
    if (this.open.size === 0) return { levels };
    const sizes = new Map<string, number>();
    for (const { loops } of levels) for (const { dimension, size } of loops) if (size > 0) sizes.set(dimension, (sizes.get(dimension) ?? 1) * size);
    const restOf = (loop: TimeloopLoop): TimeloopLoop => {
      if (!this.open.has(loop)) return loop;
      if ([...this.open].filter(({ dimension }) => dimension === loop.dimension).length > 1)
        throw bad(this.path, `two factors of ${loop.dimension} are 0`, 'one that takes the rest');
      return { ...loop, size: Math.ceil(this.problem.sizes[this.problem.dimensions.indexOf(loop.dimension)]! / (sizes.get(loop.dimension) ?? 1)) };
    };
    return { levels: levels.map((level) => ({ ...level, loops: level.loops.map(restOf).filter(({ size }) => size !== 1) })) };
  }
}

/** The mapping as directives in the order of the tool's own output: data first, innermost level first. */
export function writeDirectives(
  { levels }: TimeloopMapping,
  { dimensions, dataSpaces }: Pick<Problem, 'dimensions' | 'dataSpaces'>,
): Record<string, unknown>[] {
  const inner = [...levels].reverse();
  return [
    ...inner.map(({ name, keep }) => ({
      target: name,
      type: 'datatype',
      keep: [...keep],
      bypass: dataSpaces.map((space) => space.name).filter((space) => !keep.includes(space)),
    })),
    ...inner.flatMap(({ name, loops }) => {
      const spatial = loops.filter(({ kind }) => kind === 'spatial');
      const temporal = loops.filter(({ kind }) => kind === 'temporal');
      return [
        ...(spatial.length === 0 ? [] : [{ target: name, type: 'spatial', ...directiveOf(spatial, dimensions), split: splitOf(spatial, name) }]),
        { target: name, type: 'temporal', ...directiveOf(temporal, dimensions) },
      ];
    }),
  ];
}

function directiveOf(loops: readonly TimeloopLoop[], dimensions: readonly string[]): { factors: string; permutation: string } {
  const of = new Map(loops.map((loop) => [loop.dimension, loop]));
  if (of.size !== loops.length) throw bad('mapping', 'a level has two loops over one dimension', 'one loop over each dimension in a level');
  const inner = loops.map(({ dimension }) => dimension).reverse();
  const order = [...inner, ...dimensions.filter((dimension) => !of.has(dimension))];
  const factor = (dimension: string): string => {
    const { size = 1, last } = of.get(dimension) ?? {};
    return `${dimension}=${size}${last === undefined ? '' : `,${last}`}`;
  };
  return { factors: dimensions.map(factor).join(' '), permutation: order.join(dimensions.every((name) => name.length === 1) ? '' : ' ') };
}

/** How many loops, from inside, lie along X. */
function splitOf(loops: readonly TimeloopLoop[], level: string): number {
  const inner = [...loops].reverse();
  const split = inner.filter(({ axis = 'X' }) => axis === 'X').length;
  if (inner.slice(0, split).some(({ axis = 'X' }) => axis === 'Y'))
    throw bad(`mapping.${level}`, 'a loop along Y lies inside of one along X', 'loops along X inside');
  return split;
}

function bad(path: string, message: string, expected: string): InputError {
  return new InputError({ path, message, expected });
}
