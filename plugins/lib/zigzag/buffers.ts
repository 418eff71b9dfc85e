import type { MemoryOperand, ZigzagCore, ZigzagMemory } from './form.js';
import type { OperandMovement } from './movement.js';

/** Memories of an operand, innermost first. */
export function memoriesOf(core: ZigzagCore, operand: MemoryOperand): readonly ZigzagMemory[] {
  return core.memories.filter(({ operands }) => operands.includes(operand));
}

/**
 * Whether each level of each operand holds two tiles, by name of the operand; index 0 is the array, which never does. What counts is the part
 * of a tile that must be there at once; a memory that several operands share is given out in their order.
 */
export function doubleBuffering(core: ZigzagCore, operands: readonly OperandMovement[]): Readonly<Record<string, readonly boolean[]>> {
  const share = (movement: OperandMovement, level: number): number =>
    movement.residentBits[level + 1]! / memoriesOf(core, movement.operand.memoryOperand)[level]!.sizeBits;
  const used = new Map<ZigzagMemory, number>();
  for (const movement of operands)
    memoriesOf(core, movement.operand.memoryOperand)
      .slice(0, movement.levels.length)
      .forEach((memory, level) => used.set(memory, (used.get(memory) ?? 0) + share(movement, level)));
  return Object.fromEntries(
    operands.map((movement) => [
      movement.operand.name,
      [
        false,
        ...memoriesOf(core, movement.operand.memoryOperand)
          .slice(0, movement.levels.length)
          .map((memory, level) => {
            const total = used.get(memory)!;
            if (total <= 0.5) return true;
            if (share(movement, level) > 1 - total) return false;
            if (memory.operands.length > 1) used.set(memory, total + share(movement, level));
            return true;
          }),
      ],
    ]),
  );
}
