import { digestOf } from '../../kernel/digest.js';
import type { Loop, LoopNest, NestLevel } from '../../schedule/form/loop-nest.js';
import { formatLoop } from './nest-text.js';

/**
 * The one form of all nests that mean the same: no loops of one step, no `last` that equals its size,
 * the outermost loop of a name as long as its last turn, operands in the order of
 * their names, no level that neither stores nor loops.
 */
export function canonicalNest(nest: LoopNest): LoopNest {
  const seen = new Set<string>();
  const levels = nest.levels.map(({ storage, loops }): NestLevel => ({
    storage: Object.fromEntries(
      Object.keys(storage)
        .sort()
        .map((operand) => [operand, storage[operand] as string]),
    ),
    loops: loops.map((loop) => canonicalLoop(loop, seen)).filter(({ size }) => size !== 1),
  }));
  return { levels: levels.filter(({ storage, loops }) => loops.length > 0 || Object.keys(storage).length > 0) };
}

/** The outermost loop of a name is always in its last turn. */
function canonicalLoop({ loop, size, last = size, kind, axis }: Loop, seen: Set<string>): Loop {
  const steps = seen.has(loop) ? size : last;
  if (steps !== 1) seen.add(loop);
  return { loop, size: steps, ...(last === steps ? {} : { last }), kind, ...(axis === undefined ? {} : { axis }) };
}

/** SHA-256 of the canonical form: equal for nests that mean the same. */
export function nestDigest(nest: LoopNest): string {
  return digestOf(canonicalNest(nest));
}

/** The first place, from outside, in which two nests differ. */
export interface NestDifference {
  /** Level of the canonical form. */
  readonly level: number;
  readonly what: 'storage' | 'loop' | 'level';
  /** A sentence that names both. */
  readonly message: string;
}

/** Undefined when both mean the same. */
export function compareNests(a: LoopNest, b: LoopNest): NestDifference | undefined {
  const [left, right] = [canonicalNest(a).levels, canonicalNest(b).levels];
  for (let level = 0; level < Math.max(left.length, right.length); level++) {
    const [mine, other] = [left[level], right[level]];
    if (mine === undefined || other === undefined) {
      return { level, what: 'level', message: `level ${level} exists on the ${mine === undefined ? 'right' : 'left'} side only` };
    }
    const difference = storageDifference(mine, other, level) ?? loopDifference(mine, other, level);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

export function sameNest(a: LoopNest, b: LoopNest): boolean {
  return compareNests(a, b) === undefined;
}

function storageDifference(a: NestLevel, b: NestLevel, level: number): NestDifference | undefined {
  for (const operand of [...new Set([...Object.keys(a.storage), ...Object.keys(b.storage)])].sort()) {
    const [mine, other] = [a.storage[operand], b.storage[operand]];
    if (mine === other) continue;
    const place = (memory: string | undefined): string => (memory === undefined ? 'bypasses it' : `lies in ${memory}`);
    return { level, what: 'storage', message: `level ${level}: operand ${operand} ${place(mine)}, on the other side ${place(other)}` };
  }
  return undefined;
}

function loopDifference(a: NestLevel, b: NestLevel, level: number): NestDifference | undefined {
  for (let i = 0; i < Math.max(a.loops.length, b.loops.length); i++) {
    const text = (loop: Loop | undefined): string => (loop === undefined ? 'nothing' : `'${formatLoop(loop)}'`);
    const [mine, other] = [text(a.loops[i]), text(b.loops[i])];
    if (mine !== other) return { level, what: 'loop', message: `level ${level}, loop ${i}: ${mine}, on the other side ${other}` };
  }
  return undefined;
}
