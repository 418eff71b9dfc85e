import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestOperands, operandBox, type IndexExpression, type Layer, type RegionMap, type Workload } from '../../../../core/index.js';
import { caseCount } from '../../../many.js';

const SIZES = { P: 5, Q: 4, R: 3 };
const DIMS = { A: 6, B: 7, C: 5 };

const term = fc.record({
  loop: fc.constantFrom('P', 'Q', 'R', 'S'),
  coefficient: fc.constantFrom(-2, -1, 1, 2, 3),
  shift: fc.integer({ min: -2, max: 2 }),
  divisor: fc.integer({ min: 1, max: 3 }),
});
const expression = (dim: string): fc.Arbitrary<IndexExpression> =>
  fc.record({
    dim: fc.constant(dim),
    terms: fc.uniqueArray(term, { selector: ({ loop }) => loop, maxLength: 3 }),
    offset: fc.integer({ min: -3, max: 3 }),
    window: fc.integer({ min: 1, max: 3 }),
  });
const indexMap = fc.tuple(expression('A'), expression('B')).map((expressions): RegionMap => ({ kind: 'index', expressions }));
const interval = (size: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: size })).map(([low, length]) => [low, Math.min(size, low + length)]);

function problem(map: RegionMap): { workload: Workload; layer: Layer } {
  const layer: Layer = {
    id: 0,
    name: 'layer',
    operator: 'gather',
    class: 'move',
    loops: SIZES,
    operands: [{ name: 'I', tensor: 'x', role: 'activation', format: 'int8', map }],
    predecessors: [],
    opsPerPoint: 1,
  };
  return {
    layer,
    workload: { name: 'one', tensors: { x: { name: 'x', dims: DIMS, format: 'int8', role: 'input' } }, layers: [layer], inputs: ['x'], outputs: [] },
  };
}

describe('an operand of a nest', () => {
  it('touches what its map says: shifts, divisors, windows, padding, dimensions without a map', () => {
    fc.assert(
      fc.property(indexMap, interval(5), interval(4), interval(3), (map, P, Q, R) => {
        const { workload, layer } = problem(map);
        const [operand] = nestOperands(workload, layer);
        const tile = { P, Q, R };
        expect(operand!.region(tile)).toEqual(operandBox(workload, layer, layer.operands[0]!, tile));
        expect(operand!.region({ P })).toEqual(operandBox(workload, layer, layer.operands[0]!, { P }));
      }),
      { numRuns: caseCount(2000) },
    );
  });

  it('has groups that share neither loops nor dimensions', () => {
    fc.assert(
      fc.property(indexMap, (map) => {
        const { workload, layer } = problem(map);
        const { groups } = nestOperands(workload, layer)[0]!;
        const [loops, dims] = [groups.flatMap((group) => group.loops), groups.flatMap((group) => group.dims)];
        expect(new Set(loops).size).toBe(loops.length);
        expect([...dims].sort()).toEqual(Object.keys(DIMS));
      }),
      { numRuns: caseCount(200) },
    );
  });
});
