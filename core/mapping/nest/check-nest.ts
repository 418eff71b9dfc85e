import { InputError, type InputProblem } from '../../errors.js';
import type { LoopNest } from '../../schedule/form/loop-nest.js';
import type { Sizes } from '../../workload/box.js';

/** What a nest may name on a machine. */
export interface NestMachine {
  /** Instances along each spatial axis: their number, or what `{axis}` stands for at each position. */
  readonly axes: Readonly<Record<string, number | readonly string[]>>;
  hasMemory(path: string): boolean;
  /** Known memories, for a message. */
  readonly memories?: readonly string[];
}

export interface NestedLayer {
  readonly loops: Sizes;
  /** Names of the operands. */
  readonly operands: readonly string[];
}

/**
 * Checks a nest against a layer and, when given, a machine: its loops cover each loop of the layer exactly, every operand
 * is stored somewhere, in memories that exist, and spatial loops fit their axes.
 *
 * @param path of the nest in its document, as `mappings.conv1`
 * @throws InputError with every problem and its place
 */
export function checkNest(nest: LoopNest, layer: NestedLayer, machine?: NestMachine, path = 'mapping'): void {
  const problems = [...loopProblems(nest, layer.loops, path), ...storageProblems(nest, layer.operands, machine, path), ...axisProblems(nest, machine, path)];
  if (problems.length > 0) throw new InputError(problems);
}

function loopProblems(nest: LoopNest, sizes: Sizes, path: string): InputProblem[] {
  const problems: InputProblem[] = [];
  for (const [l, level] of nest.levels.entries()) {
    for (const [i, { loop, size, last }] of level.loops.entries()) {
      const place = `${path}.levels.${l}.loops.${i}`;
      if (!(loop in sizes)) problems.push({ path: `${place}.loop`, message: `the layer has no loop '${loop}'`, expected: Object.keys(sizes).join(', ') });
      if (!Number.isSafeInteger(size) || size < 1)
        problems.push({ path: `${place}.size`, message: `loop ${loop} has ${size} steps`, expected: 'a positive integer' });
      else if (last !== undefined && (!Number.isSafeInteger(last) || last < 1 || last > size)) {
        problems.push({ path: `${place}.last`, message: `the last turn of loop ${loop} has ${last} steps`, expected: `1 to ${size}` });
      }
    }
  }
  return problems.length > 0 ? problems : Object.entries(sizes).flatMap(([loop, size]) => coverProblem(nest, loop, size, path) ?? []);
}

/** What the loops of one name cover: the position of their last step of all, and one. */
function coverProblem(nest: LoopNest, loop: string, size: number, path: string): InputProblem | undefined {
  const own = nest.levels.flatMap(({ loops }) => loops.filter((candidate) => candidate.loop === loop));
  let stride = 1;
  let covered = 1;
  for (const each of [...own].reverse()) {
    covered += ((each.last ?? each.size) - 1) * stride;
    stride *= each.size;
  }
  if (covered === size) return undefined;
  const factors = own.map((each) => `${each.size}${each.last === undefined ? '' : ` (last ${each.last})`}`).join(' x ') || 'no loop';
  return { path: `${path}.levels`, message: `loop ${loop} of ${size} is covered by ${factors}, which is ${covered}`, expected: expectedFactors(own, size) };
}

function expectedFactors(own: readonly { readonly size: number }[], size: number): string {
  const product = own.reduce((whole, each) => whole * each.size, 1);
  if (product < size) return `factors of at least ${size}`;
  const lasts = lastFactors(
    own.map((each) => each.size),
    size,
  );
  if (lasts === undefined) return `factors of ${size}, the outermost not larger than it must be`;
  return `last factors ${lasts.join(' x ')}`;
}

/**
 * The `last` of each factor, outermost first, with which factors cover a size exactly: the digits of its last point in the
 * factors' mixed radix. Undefined when they do not reach so far.
 */
export function lastFactors(factors: readonly number[], size: number): number[] | undefined {
  const lasts: number[] = [];
  let rest = size - 1;
  for (let i = factors.length - 1; i >= 0; i--) {
    lasts.unshift((rest % factors[i]!) + 1);
    rest = Math.floor(rest / factors[i]!);
  }
  return rest === 0 ? lasts : undefined;
}

function storageProblems(nest: LoopNest, operands: readonly string[], machine: NestMachine | undefined, path: string): InputProblem[] {
  const problems: InputProblem[] = [];
  const stored = new Set<string>();
  for (const [l, { storage }] of nest.levels.entries()) {
    for (const [operand, memory] of Object.entries(storage)) {
      const place = `${path}.levels.${l}.storage.${operand}`;
      stored.add(operand);
      if (!operands.includes(operand)) problems.push({ path: place, message: `the layer has no operand ${operand}`, expected: operands.join(', ') });
      if (machine !== undefined) problems.push(...memoryProblems(memory, machine, place));
    }
  }
  for (const operand of operands) {
    if (!stored.has(operand))
      problems.push({ path: `${path}.levels`, message: `operand ${operand} is stored nowhere`, expected: 'a memory in one level at least' });
  }
  return problems;
}

function memoryProblems(memory: string, machine: NestMachine, path: string): InputProblem[] {
  const unknown = axesNamed(memory).find((axis) => !(axis in machine.axes));
  if (unknown !== undefined) return [{ path, message: `'${memory}' names axis '${unknown}'`, expected: axesOf(machine) }];
  const missing = instancesOf(memory, machine).find((instance) => !machine.hasMemory(instance));
  if (missing === undefined) return [];
  return [{ path, message: `the machine has no memory '${missing}'`, ...(machine.memories === undefined ? {} : { expected: machine.memories.join(', ') }) }];
}

function axisProblems(nest: LoopNest, machine: NestMachine | undefined, path: string): InputProblem[] {
  const problems: InputProblem[] = [];
  const used = new Map<string, number>();
  for (const [l, level] of nest.levels.entries()) {
    for (const [i, { axis, kind, size, loop }] of level.loops.entries()) {
      if (axis === undefined) continue;
      const place = `${path}.levels.${l}.loops.${i}.axis`;
      if (kind === 'temporal') problems.push({ path: place, message: `loop ${loop} is temporal and has an axis`, expected: 'kind: spatial' });
      if (kind === 'temporal' || machine === undefined) continue;
      const instances = machine.axes[axis];
      if (instances === undefined) {
        problems.push({ path: place, message: `the machine has no axis '${axis}'`, expected: axesOf(machine) });
        continue;
      }
      const together = (used.get(axis) ?? 1) * size;
      used.set(axis, together);
      const room = sizeOfAxis(instances);
      if (together > room) problems.push({ path: place, message: `${together} instances do not fit axis '${axis}' of ${room}`, expected: `at most ${room}` });
    }
  }
  return problems;
}

export function sizeOfAxis(axis: number | readonly string[]): number {
  return typeof axis === 'number' ? axis : axis.length;
}

function axesOf(machine: NestMachine): string {
  return Object.keys(machine.axes).join(', ') || 'no axis at all';
}

/** Axes that stand in braces in a path. */
export function axesNamed(pattern: string): string[] {
  return [...pattern.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] as string);
}

/** A path with each `{axis}` replaced by what stands at a position along it. */
export function pathAt(pattern: string, axes: NestMachine['axes'], position: Readonly<Record<string, number>>): string {
  return pattern.replaceAll(/\{([^{}]*)\}/g, (_, axis: string) => {
    const along = axes[axis];
    const index = position[axis] ?? 0;
    return typeof along === 'object' ? (along[index] ?? String(index)) : String(index);
  });
}

function instancesOf(pattern: string, machine: NestMachine): string[] {
  let paths: Record<string, number>[] = [{}];
  for (const axis of new Set(axesNamed(pattern))) {
    const count = sizeOfAxis(machine.axes[axis]!);
    paths = paths.flatMap((position) => Array.from({ length: count }, (_, index) => ({ ...position, [axis]: index })));
  }
  return paths.map((position) => pathAt(pattern, machine.axes, position));
}
