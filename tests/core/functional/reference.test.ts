import { describe, expect, it } from 'vitest';
import { Meanings } from '../../../core/functional/operators.js';
import { Reference } from '../../../core/functional/reference.js';
import { seededValues } from '../../../core/functional/seeds.js';
import { formatsOf, type Workload } from '../../../core/index.js';
import { read } from '../../plugins/importers/onnx-graph.js';
import { workloadOf } from './support.js';

/** The first output of a workload of one layer, and the values that its inputs have. */
function computed(workload: Workload): { output: number[]; values: number[]; input: (name: string) => number[] } {
  const formats = formatsOf(workload);
  const tensors = Object.fromEntries(Object.entries(workload.tensors).map(([name, { dims, format }]) => [name, { dims, format: formats.get(format) }]));
  const reference = new Reference(tensors, new Meanings());
  for (const { name, operator, class: layerClass, loops, operands, attributes = {} } of workload.layers)
    reference.compute({ name, operator, class: layerClass, loops, attributes, operands: operands.map(({ partialFormat: _, ...operand }) => operand) });
  const input = (name: string): number[] => seededValues(name, reference.of(name).values.length, tensors[name]!.format).map(Number);
  const { sums, values } = reference.of(workload.outputs[0]!);
  return { output: sums.map(Number), values: values.map(Number), input };
}

describe('the reference computes what text books say:', () => {
  it('a strided, padded convolution', () => {
    const [K, C, size, F, stride, pad] = [3, 2, 5, 3, 2, 1];
    const { output, input } = computed(workloadOf([{ name: 'a', operator: 'conv', loops: { K, C, OY: size, OX: size, FY: F, FX: F }, stride, pad }]));
    const [I, W] = [input('a.I'), input('a.W')];
    const inputSize = Math.sqrt(I.length / C);
    const at = (c: number, y: number, x: number): number => (y < 0 || x < 0 || y >= inputSize || x >= inputSize ? 0 : I[(c * inputSize + y) * inputSize + x]!);
    for (let k = 0; k < K; k++)
      for (let oy = 0; oy < size; oy++)
        for (let ox = 0; ox < size; ox++) {
          let sum = 0;
          for (let c = 0; c < C; c++)
            for (let fy = 0; fy < F; fy++)
              for (let fx = 0; fx < F; fx++) sum += at(c, stride * oy + fy - pad, stride * ox + fx - pad) * W[((k * C + c) * F + fy) * F + fx]!;
          expect(output[(k * size + oy) * size + ox]).toBe(sum);
        }
  });

  it.each([
    [3, 2, 1],
    [2, 2, 0],
    [4, 2, 1],
    [3, 1, 1],
  ])('a transposed convolution, kernel %i, stride %i, padding %i', (F, stride, pad) => {
    const [C, K, H, W] = [2, 3, 4, 3];
    const workload = read([1, C, H, W], (m, x) =>
      m.node('ConvTranspose', [x, m.weight('w', [C, K, F, F])], { strides: [stride, stride], pads: [pad, pad, pad, pad] }),
    );
    const { output, input } = computed(workload);
    const [OY, OX] = [stride * (H - 1) + F - 2 * pad, stride * (W - 1) + F - 2 * pad];
    const expected = new Array<number>(K * OY * OX).fill(0);
    const [I, kernel] = [input('x'), input('w')];
    for (let c = 0; c < C; c++)
      for (let k = 0; k < K; k++)
        for (let y = 0; y < H; y++)
          for (let x = 0; x < W; x++)
            for (let fy = 0; fy < F; fy++)
              for (let fx = 0; fx < F; fx++) {
                const [oy, ox] = [stride * y + fy - pad, stride * x + fx - pad];
                if (oy >= 0 && ox >= 0 && oy < OY && ox < OX)
                  expected[(k * OY + oy) * OX + ox]! += I[(c * H + y) * W + x]! * kernel[((c * K + k) * F + fy) * F + fx]!;
              }
    expect(output).toEqual(expected);
  });

  it('softmax along the last axis', () => {
    const { output, input } = computed(read([3, 5], (m, x) => m.node('Softmax', [x])));
    const x = input('x');
    for (let row = 0; row < 3; row++) {
      const exponentials = x.slice(5 * row, 5 * row + 5).map(Math.exp);
      const total = exponentials.reduce((a, b) => a + b, 0);
      exponentials.forEach((value, i) => expect(output[5 * row + i]).toBeCloseTo(value / total, 12));
    }
  });

  it('the largest of a window, and where it is', () => {
    const pool = computed(read([1, 1, 4, 4], (m, x) => m.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] })));
    const x = pool.input('x');
    expect(pool.output).toEqual([0, 2, 8, 10].map((first) => Math.max(x[first]!, x[first + 1]!, x[first + 4]!, x[first + 5]!)));
    const argument = computed(read([2, 6], (m, name) => m.node('ArgMax', [name], { axis: 1 })));
    const rows = [argument.input('x').slice(0, 6), argument.input('x').slice(6)];
    expect(argument.values).toEqual(rows.map((row) => row.indexOf(Math.max(...row))));
  });
});
