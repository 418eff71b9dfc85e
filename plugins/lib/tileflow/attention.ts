import { InputError } from 'tessera-sim';
import type { TileflowProblem } from './form.js';

const DIMENSIONS = ['B', 'H', 'M', 'N', 'A', 'L'] as const;

/** Attention without softmax, as TileFlow's example has it: C = Q K, O = C V. */
export function attentionProblem(given: Readonly<Record<string, unknown>>, at: string): TileflowProblem {
  const sizes = Object.fromEntries(
    DIMENSIONS.map((name) => {
      const size = given[name];
      if (!Number.isSafeInteger(size) || (size as number) < 1)
        throw new InputError({ path: `${at}${name}`, message: `'${name}' is ${String(size)}`, expected: 'iterations, a whole number of 1 or more' });
      return [name, size as number];
    }),
  );
  const tensor = (name: string, ranks: string, readWrite = false): TileflowProblem['tensors'][number] => ({
    name,
    ranks: [...ranks].map((rank) => [rank]),
    readWrite,
  });
  return {
    sizes,
    tensors: [tensor('C', 'BHML', true), tensor('K', 'BHAL'), tensor('Q', 'BHMA'), tensor('O', 'BHMN', true), tensor('V', 'BHLN')],
    operations: [
      { name: 'ProduceC', dimensions: ['B', 'H', 'A', 'L', 'M'], ins: ['K', 'Q'], out: 'C' },
      { name: 'ProduceO', dimensions: ['B', 'H', 'L', 'N', 'M'], ins: ['C', 'V'], out: 'O' },
    ],
    ins: ['Q', 'K', 'V'],
    outs: ['O'],
  };
}
