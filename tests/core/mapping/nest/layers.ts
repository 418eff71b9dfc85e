import * as fc from 'fast-check';
import { lastFactors, type IndexExpression, type Layer, type Loop, type LoopNest, type NestLevel, type Workload } from '../../../../core/index.js';

const one = (dim: string, loop: string): IndexExpression => ({ dim, terms: [{ loop, coefficient: 1 }] });

/** X[M, C] W[C, K] -> O[M, K] */
export function gemm(M: number, K: number, C: number): { workload: Workload; layer: Layer } {
  const layer: Layer = {
    id: 0,
    name: 'gemm',
    operator: 'gemm',
    class: 'mac',
    loops: { OX: M, K, C },
    operands: [
      { name: 'I', tensor: 'x', role: 'activation', format: 'int8', map: { kind: 'index', expressions: [one('M', 'OX'), one('C', 'C')] } },
      { name: 'W', tensor: 'w', role: 'weight', format: 'int8', map: { kind: 'index', expressions: [one('C', 'C'), one('K', 'K')] } },
      { name: 'O', tensor: 'o', role: 'output', format: 'int8', map: { kind: 'index', expressions: [one('M', 'OX'), one('K', 'K')] } },
    ],
    predecessors: [],
    opsPerPoint: 2,
  };
  const tensors: Workload['tensors'] = {
    x: { name: 'x', dims: { M, C }, format: 'int8', role: 'input' },
    w: { name: 'w', dims: { C, K }, format: 'int8', role: 'constant' },
    o: { name: 'o', dims: { M, K }, format: 'int8', role: 'output' },
  };
  return { layer, workload: { name: 'gemm', tensors, layers: [layer], inputs: ['x'], outputs: ['o'] } };
}

export interface ConvShape {
  readonly K: number;
  readonly C: number;
  readonly OY: number;
  readonly FY: number;
  readonly stride: number;
  readonly pad: number;
}

/** A convolution along Y with stride and padding: X[C, Y] W[K, C, FY] -> O[K, Y], its dimensions named as those of X */
export function conv({ K, C, OY, FY, stride, pad }: ConvShape): { workload: Workload; layer: Layer; stride: number; pad: number } {
  const Y = Math.max(1, (OY - 1) * stride + FY - 2 * pad);
  const rows: IndexExpression = {
    dim: 'Y',
    terms: [
      { loop: 'OY', coefficient: stride },
      { loop: 'FY', coefficient: 1 },
    ],
    offset: -pad,
  };
  const layer: Layer = {
    id: 0,
    name: 'conv',
    operator: 'conv',
    class: 'mac',
    loops: { K, C, OY, FY },
    operands: [
      { name: 'I', tensor: 'x', role: 'activation', format: 'int8', map: { kind: 'index', expressions: [one('C', 'C'), rows] } },
      { name: 'W', tensor: 'w', role: 'weight', format: 'int8', map: { kind: 'index', expressions: [one('K', 'K'), one('C', 'C'), one('FY', 'FY')] } },
      { name: 'O', tensor: 'o', role: 'output', format: 'int8', map: { kind: 'index', expressions: [one('C', 'K'), one('Y', 'OY')] } },
    ],
    predecessors: [],
    opsPerPoint: 2,
  };
  const tensors: Workload['tensors'] = {
    x: { name: 'x', dims: { C, Y }, format: 'int8', role: 'input' },
    w: { name: 'w', dims: { K, C, FY }, format: 'int8', role: 'constant' },
    o: { name: 'o', dims: { C: K, Y: OY }, format: 'int8', role: 'output' },
  };
  return { layer, workload: { name: 'conv', tensors, layers: [layer], inputs: ['x'], outputs: ['o'] }, stride, pad };
}

/** What random nests are made of; levels: how many may lie between home and the core. */
export interface NestSeed {
  /** For each loop of the layer: the factor of each level, 1 to 3. */
  readonly factors: readonly (readonly number[])[];
  readonly order: readonly number[];
  /** Which of them are spatial, by position in the order. */
  readonly spatial: readonly boolean[];
  /** Operands by level: stored or bypassed. */
  readonly stored: readonly (readonly boolean[])[];
}

export function nestSeed(loops: number, levels: number, operands = 3): fc.Arbitrary<NestSeed> {
  const count = loops * levels;
  return fc.record({
    factors: fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: levels, maxLength: levels }), { minLength: loops, maxLength: loops }),
    order: fc.array(fc.nat(1000), { minLength: count, maxLength: count }),
    spatial: fc.array(
      fc.nat(5).map((n) => n === 0),
      { minLength: count, maxLength: count },
    ),
    stored: fc.array(fc.array(fc.boolean(), { minLength: operands, maxLength: operands }), { minLength: levels, maxLength: levels }),
  });
}

/** A valid nest of `seed`: factors are made to reach the sizes by the innermost, and `last` follows. */
export function nestOf(layer: Layer, seed: NestSeed, memories: (level: number) => string, spatialUpTo = Infinity): LoopNest {
  const names = Object.keys(layer.loops);
  const levels = seed.stored.length;
  const sizes = names.map((name, n) => {
    const own = [...seed.factors[n]!];
    const others = own.slice(0, -1).reduce((product, factor) => product * factor, 1);
    own[levels - 1] = Math.max(1, Math.ceil(layer.loops[name]! / others));
    return own;
  });
  const lasts = names.map((name, n) => lastFactors(sizes[n]!, layer.loops[name]!) ?? sizes[n]!);
  const made = Array.from({ length: levels }, (_, level): NestLevel => {
    const loops = names.map((loop, n): Loop & { rank: number } => {
      const isSpatial = level < spatialUpTo && (seed.spatial[n * levels + level] ?? false);
      return {
        loop,
        size: sizes[n]![level]!,
        last: lasts[n]![level]!,
        kind: isSpatial ? 'spatial' : 'temporal',
        ...(isSpatial ? { axis: 'x' } : {}),
        rank: seed.order[n * levels + level]!,
      };
    });
    const storage = layer.operands.flatMap(({ name }, o): [string, string][] => (level === 0 || seed.stored[level]![o]! ? [[name, memories(level)]] : []));
    return { storage: Object.fromEntries(storage), loops: loops.sort((a, b) => a.rank - b.rank).map(({ rank: _, ...loop }) => loop) };
  });
  return { levels: made };
}
