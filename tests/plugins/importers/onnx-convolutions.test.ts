import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workloadTotals, type Workload } from '../../../core/index.js';
import { caseCount } from '../../many.js';
import { last, outputShape, read } from './onnx-graph.js';
import { countsOf, MAPPERS, runWorkload } from './onnx-run.js';

/** One spatial dimension. */
interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: readonly [number, number];
  readonly outputPadding: number;
}

interface Shape {
  readonly groups: number;
  /** Channels of a group. */
  readonly inner: number;
  readonly outer: number;
  readonly batch: number;
  readonly axes: readonly Axis[];
}

const axis = fc.record({
  input: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  pads: fc.tuple(fc.nat(4), fc.nat(4)),
  outputPadding: fc.nat(2),
});
const shape = fc.record({
  groups: fc.integer({ min: 1, max: 3 }),
  inner: fc.integer({ min: 1, max: 4 }),
  outer: fc.integer({ min: 1, max: 4 }),
  batch: fc.integer({ min: 1, max: 2 }),
  axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
});

const reach = ({ kernel, dilation }: Axis): number => (kernel - 1) * dilation + 1;
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const attributes = ({ groups, axes }: Shape) => ({
  group: groups,
  strides: axes.map(({ stride }) => stride),
  dilations: axes.map(({ dilation }) => dilation),
  pads: [...axes.map(({ pads }) => pads[0]), ...axes.map(({ pads }) => pads[1])],
});

/** Places of the window, and multiplications at them, counted one by one: those with padding are done too. */
function slide(one: Axis): { outputs: number; taps: number } {
  let [outputs, taps] = [0, 0];
  for (let at = -one.pads[0]; at + reach(one) <= one.input + one.pads[1]; at += one.stride) {
    outputs++;
    for (let tap = 0; tap < one.kernel; tap++) taps++;
  }
  return { outputs, taps };
}

/** Every input is multiplied with every tap and scattered; what falls between the pads is kept. */
function scatter(one: Axis): { outputs: number; taps: number } {
  let [size, taps] = [0, 0];
  for (let at = 0; at < one.input; at++)
    for (let tap = 0; tap < one.kernel; tap++) {
      taps++;
      size = Math.max(size, at * one.stride + tap * one.dilation + 1);
    }
  return { outputs: size + one.outputPadding - one.pads[0] - one.pads[1], taps };
}

const KINDS = {
  Conv: {
    count: slide,
    read: (each: Shape): Workload =>
      read([each.batch, each.groups * each.inner, ...each.axes.map(({ input }) => input)], (m, x) =>
        m.node('Conv', [x, m.weight('w', [each.groups * each.outer, each.inner, ...each.axes.map(({ kernel }) => kernel)])], attributes(each)),
      ),
  },
  ConvTranspose: {
    count: scatter,
    read: (each: Shape): Workload =>
      read([each.batch, each.groups * each.inner, ...each.axes.map(({ input }) => input)], (m, x) =>
        m.node('ConvTranspose', [x, m.weight('w', [each.groups * each.inner, each.outer, ...each.axes.map(({ kernel }) => kernel)])], {
          ...attributes(each),
          output_padding: each.axes.map(({ outputPadding }) => outputPadding),
        }),
      ),
  },
} as const;

describe.each(['Conv', 'ConvTranspose'] as const)('%s of random shapes', (kind) => {
  const { count, read: readShape } = KINDS[kind];
  const fits = (each: Shape): boolean => each.axes.every((one) => count(one).outputs >= 1);

  it('has the outputs and multiply-accumulates that counting one by one gives', () => {
    fc.assert(
      fc.property(shape.filter(fits), (each) => {
        const workload = readShape(each);
        const counted = each.axes.map(count);
        expect(outputShape(workload, last(workload)).slice(2)).toEqual(counted.map(({ outputs }) => outputs));
        const channels = each.batch * each.groups * each.inner * each.outer;
        expect(workloadTotals(workload).macs).toBe(channels * product(counted.map(({ taps }) => taps)));
      }),
      { numRuns: caseCount(400, 200), seed: 1 },
    );
  });

  it('is executed legally by every mapper, which counts as many', () => {
    fc.assert(
      fc.property(shape.filter(fits), fc.constantFrom(...Object.keys(MAPPERS)), (each, mapper) => {
        const workload = readShape(each);
        const { violations, isDone, layers } = runWorkload(workload, MAPPERS[mapper]!);
        expect(violations).toEqual([]);
        expect(isDone).toBe(true);
        expect(layers.map(({ layer, macs, ops }) => [layer, [macs, ops]])).toEqual(Object.entries(countsOf(workload)));
      }),
      { numRuns: caseCount(200, 4), seed: 2 },
    );
  });
});
