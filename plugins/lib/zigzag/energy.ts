import { fourWay, DIRECTIONS, type Direction, type FourWay, type ZigzagCore, type ZigzagRules } from './form.js';
import { memoriesOf } from './buffers.js';
import type { OperandMovement } from './movement.js';
import { portOf } from './ports.js';

/** Accesses of whole words by operand and level, of all replicas together. */
export type WordAccesses = Readonly<Record<string, readonly FourWay[]>>;

export function wordAccesses(core: ZigzagCore, operands: readonly OperandMovement[], rules: ZigzagRules): WordAccesses {
  return Object.fromEntries(
    operands.map((movement) => [
      movement.operand.name,
      movement.levels.map((_, level) => fourWay((direction) => accesses(core, movement, level, direction, rules))),
    ]),
  );
}

function accesses(core: ZigzagCore, movement: OperandMovement, level: number, direction: Direction, rules: ZigzagRules): number {
  const { elements, bits, periods } = movement.levels[level]!;
  if (elements[direction] === 0 || bits[direction] === 0) return 0;
  const { memoryOperand } = movement.operand;
  const memories = memoriesOf(core, memoryOperand);
  const port = portOf(memories[level]!, memoryOperand, direction)!;
  let chunk = elements[direction];
  let chunks = 1;
  if (!rules.wholeWords && level > 0 && direction.endsWith('low')) {
    // 2.x: no more goes over in a cycle than the other side takes.
    const other = portOf(memories[level - 1]!, memoryOperand, direction === 'rd_out_to_low' ? 'wr_in_by_high' : 'rd_out_to_high')!;
    const { distinctUnits } = movement.unrolling;
    const otherBits = other.bitsPerCycle * (distinctUnits[level]! / distinctUnits[level + 1]!);
    chunk = Math.min(otherBits / bits[direction], port.bitsPerCycle / bits[direction], elements[direction]);
    chunks = Math.ceil(elements[direction] / chunk);
  }
  const share = Math.ceil((chunk * bits[direction]) / port.minBits) * (port.minBits / port.bitsPerCycle);
  const all = share * periods[direction] * chunks * movement.unrolling.units[level + 1]!;
  return rules.wholeWords ? Math.trunc(all) : all;
}

export interface ZigzagEnergy {
  readonly totalPj: number;
  readonly macPj: number;
  readonly memoryPj: number;
  /** By operand and level. */
  readonly levelsPj: Readonly<Record<string, readonly number[]>>;
}

export function energyOf(core: ZigzagCore, operands: readonly OperandMovement[], words: WordAccesses, macs: number): ZigzagEnergy {
  const levelsPj = Object.fromEntries(
    operands.map(({ operand }) => [
      operand.name,
      words[operand.name]!.map((moved, level) => {
        const { readPj, writePj } = memoriesOf(core, operand.memoryOperand)[level]!;
        return DIRECTIONS.reduce((all, direction) => all + moved[direction] * (direction.startsWith('rd') ? readPj : writePj), 0);
      }),
    ]),
  );
  const memoryPj = Object.values(levelsPj)
    .flat()
    .reduce((all, pj) => all + pj, 0);
  const macPj = core.macPj * macs;
  return { totalPj: memoryPj + macPj, macPj, memoryPj, levelsPj };
}
