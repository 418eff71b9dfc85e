import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boxContains,
  boxVolume,
  BoxSet,
  isEmptyBox,
  operandBox,
  tensorOf,
  tileForRegion,
  wholeBox,
  workloadTotals,
  type Box,
  type Layer,
  type Workload,
} from '../../../core/index.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { MODELS } from '../../../tools/models/models.js';
import { source } from './onnx-graph.js';

const FOLDER = new URL('../../../scenarios/models/', import.meta.url);

/** Multiply-accumulates: published totals where there are any, else the sum written out. */
const MACS: Readonly<Record<string, number>> = {
  'resnet18.onnx': 1_814_073_344,
  'resnet50.onnx': 4_089_184_256,
  'mobilenetv2.onnx': 300_774_272,
  // 518400 positions times (5x5x56 + 56x12 + 4 (3x3x12x12) + 12x56 + 9x9x56)
  'fsrcnn.onnx': 518_400 * (1400 + 672 + 5184 + 672 + 4536),
  // four square projections, two of the feed-forward, scores and context
  'bert-base-layer.onnx': 4 * 128 * 768 * 768 + 2 * 128 * 768 * 3072 + 2 * 12 * 128 * 128 * 64,
  'llama-prefill.onnx': 512 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336) + 2 * 32 * 512 * 512 * 128,
  'llama-decode.onnx': 2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336 + 2 * 32 * 1024 * 128,
  'mamba-decode.onnx': 768 * 3072 + 1536 * 4 + 1536 * 80 + 48 * 1536 + 1536 * 16 + 1536 * 768,
  'resnet8.onnx': 12_501_632,
  'ds-cnn.onnx': 2_656_768,
  'mobilenetv1-025-vww.onnx': 7_489_664,
  'ad-autoencoder.onnx': 640 * 128 + 3 * 128 * 128 + 128 * 8 + 8 * 128 + 3 * 128 * 128 + 128 * 640,
};

function load(name: string): Workload {
  return readOnnx(source(readFileSync(new URL(name, FOLDER))));
}

describe.each(Object.keys(MODELS))('%s', (name) => {
  const make = MODELS[name] as () => Uint8Array;

  it('is what the script writes, byte for byte', () => {
    expect(Buffer.compare(readFileSync(new URL(name, FOLDER)), make())).toBe(0);
  });

  it('has the known multiply-accumulates', () => {
    expect(workloadTotals(load(name)).macs).toBe(MACS[name]);
  });

  it('has layers in order, with predecessors and tensors that exist', () => {
    const workload = load(name);
    workload.layers.forEach((layer, position) => {
      expect(layer.id).toBe(position);
      for (const before of layer.predecessors) expect(before).toBeLessThan(position);
      for (const operand of layer.operands) expect(operand.format).toBe(tensorOf(workload, operand).format);
    });
    expect(new Set(workload.layers.map((layer) => layer.name)).size).toBe(workload.layers.length);
    expect(workload.notes).toBeUndefined();
  });

  it('has maps that cover each output once and find their tiles again', () => {
    const workload = load(name);
    fc.assert(
      fc.property(fc.constantFrom(...workload.layers), fc.infiniteStream(fc.nat()), (layer, stream) => {
        checkLayer(workload, layer, () => stream.next().value as number);
      }),
      { numRuns: 60 },
    );
  });
});

/** Cuts the iteration space in two along an output loop at random. */
function checkLayer(workload: Workload, layer: Layer, next: () => number): void {
  const whole = wholeBox(layer.loops);
  const tile: Box = Object.fromEntries(
    Object.entries(layer.loops).map(([loop, size]) => {
      const [a, b] = [next() % size, next() % size];
      return [loop, [Math.min(a, b), Math.max(a, b) + 1] as const];
    }),
  );
  for (const operand of layer.operands) {
    const tensor = tensorOf(workload, operand);
    const region = operandBox(workload, layer, operand, tile);
    expect(boxContains(wholeBox(tensor.dims), region)).toBe(true);
    expect(boxContains(operandBox(workload, layer, operand, whole), region)).toBe(true);
    if (isEmptyBox(region)) continue;
    const back = tileForRegion(layer, operand, region);
    expect(boxContains(operandBox(workload, layer, operand, back), region)).toBe(true);
    // A tile of a concatenation may hold points that touch nothing of the operand.
    if (operand.role === 'output') expect(boxContains(back, tile)).toBe(true);
  }
  const output = layer.operands.find((operand) => operand.role === 'output')!;
  expect(boxVolume(operandBox(workload, layer, output, whole))).toBe(boxVolume(wholeBox(tensorOf(workload, output).dims)));
  const long = Object.keys(layer.loops).filter((each) => layer.loops[each]! > 1);
  const loop = long[next() % Math.max(1, long.length)];
  if (loop === undefined) return;
  const cut = 1 + (next() % (layer.loops[loop]! - 1));
  const dims = Object.keys(tensorOf(workload, output).dims);
  const set = new BoxSet(dims);
  const halves = [{ [loop]: [0, cut] as const }, { [loop]: [cut, layer.loops[loop]!] as const }].map((half) => operandBox(workload, layer, output, half));
  set.add(halves[0]!);
  const again = set.add(halves[1]!);
  // Either the loop is not of the output (both halves are all of it), or the halves share nothing.
  expect([0, boxVolume(halves[0]!)]).toContain(again);
  expect(set.volume).toBe(boxVolume(wholeBox(tensorOf(workload, output).dims)));
}

describe('convolution regions', () => {
  it('have the halo, clipped at the padding', () => {
    const workload = load('resnet18.onnx');
    const conv1 = workload.layers[0]!;
    const [input, weight] = [conv1.operands[0]!, conv1.operands[1]!];
    expect(operandBox(workload, conv1, input, { OY: [0, 4], OX: [111, 112] })).toEqual({ B: [0, 1], C: [0, 3], Y: [0, 10], X: [219, 224] });
    expect(operandBox(workload, conv1, weight, { K: [8, 16] })).toEqual({ K: [8, 16], C: [0, 3], FY: [0, 7], FX: [0, 7] });
    // Rows 0..9 of the image are touched by output rows 0..6.
    expect(tileForRegion(conv1, input, { Y: [0, 10] })['OY']).toEqual([0, 7]);
  });
});
