import { InputError, type LoopNest } from 'tessera-sim';

/** The innermost level that holds something in a memory of the machine: its loops and all inside are one tile of the core. */
export function computeLevelOf({ levels }: LoopNest, memories: ReadonlySet<string>, place: string): number {
  const unknown = levels.flatMap(({ storage }, level) =>
    Object.entries(storage)
      .filter(([, memory]) => !memories.has(memory))
      .map(([operand, memory]) => ({ level, operand, memory })),
  );
  if (unknown.length > 0) {
    const { level, operand, memory } = unknown[0]!;
    throw new InputError({
      path: `${place}.levels.${level}.storage.${operand}`,
      message: `no memory '${memory}' in the machine`,
      expected: [...memories].join(', '),
    });
  }
  const found = levels.findLastIndex(({ storage }) => Object.keys(storage).length > 0);
  if (found >= 0) return found;
  throw new InputError({
    path: `${place}.levels`,
    message: 'no level says where an operand lies',
    expected: `storage: { I: ${[...memories][0] ?? 'dram'}, ... }`,
  });
}

/** Steps in time of a whole tile: the temporal loops of its level and of all inside. */
export function tileCycles({ levels }: LoopNest, computeLevel: number): number {
  return levels
    .slice(computeLevel)
    .flatMap(({ loops }) => loops)
    .reduce((steps, { kind, size }) => (kind === 'temporal' ? steps * size : steps), 1);
}
