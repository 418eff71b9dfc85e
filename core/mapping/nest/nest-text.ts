import type { Loop, LoopNest } from '../../schedule/form/loop-nest.js';

/**
 * A nest as text, one line a storage level and one a loop, outermost first. Loops of one step are left out.
 * ```
 * [dram: I O W]
 * for K in 4
 *   spatial OY in 4 (last 3) on x
 *     [core{x}.l1: I W]
 *     for C in 64
 * ```
 */
export function formatNest(nest: LoopNest): string {
  const lines: string[] = [];
  let depth = 0;
  for (const { storage, loops } of nest.levels) {
    if (Object.keys(storage).length > 0) lines.push(`${'  '.repeat(depth)}[${formatStorage(storage)}]`);
    for (const loop of loops) {
      if (loop.size === 1) continue;
      lines.push('  '.repeat(depth++) + formatLoop(loop));
    }
  }
  return lines.join('\n');
}

/** `dram: I O; l2: W`, memories in the order of their names. */
function formatStorage(storage: Readonly<Record<string, string>>): string {
  const byMemory = new Map<string, string[]>();
  for (const operand of Object.keys(storage).sort()) {
    const memory = storage[operand] as string;
    byMemory.set(memory, [...(byMemory.get(memory) ?? []), operand]);
  }
  return [...byMemory.keys()]
    .sort()
    .map((memory) => `${memory}: ${byMemory.get(memory)?.join(' ')}`)
    .join('; ');
}

/** `for OY in 4 (last 3)`, `spatial K in 16 on columns`. */
export function formatLoop({ loop, size, last, kind, axis }: Loop): string {
  const rest = last === undefined || last === size ? '' : ` (last ${last})`;
  return `${kind === 'spatial' ? 'spatial' : 'for'} ${loop} in ${size}${rest}${axis === undefined ? '' : ` on ${axis}`}`;
}
