import type { ByteRange, ImportSource, Layer, Workload } from '../../../core/index.js';
import type { OnnxOptions } from '../../../plugins/importers/onnx/options.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { ModelBuilder, type ElementType } from '../../../tools/models/model-builder.js';

export function source(bytes: Uint8Array, siblings: Readonly<Record<string, Uint8Array>> = {}): ImportSource {
  const part = (file: Uint8Array | undefined, { offset, length }: ByteRange): Uint8Array | undefined =>
    file?.subarray(offset, length === undefined ? undefined : offset + length);
  return { fileName: 'test.onnx', bytes, readSibling: (path, range = { offset: 0 }) => part(siblings[path], range) };
}

/** A graph of one input `x` (and what `build` adds); the returned tensors are its outputs. */
export function graph(shape: readonly number[], build: (model: ModelBuilder, x: string) => string | readonly string[], type: ElementType = 'fp32'): Uint8Array {
  const model = new ModelBuilder('test', type);
  const outputs = build(model, model.input('x', shape));
  for (const name of typeof outputs === 'string' ? [outputs] : outputs) model.output(name);
  return model.bytes();
}

export function read(shape: readonly number[], build: (model: ModelBuilder, x: string) => string | readonly string[], options?: OnnxOptions): Workload {
  return readOnnx(source(graph(shape, build)), options);
}

/** Sizes of the tensor that the layer writes. */
export function outputShape(workload: Workload, layer: Layer): number[] {
  const output = layer.operands.find((operand) => operand.role === 'output');
  return Object.values(workload.tensors[output?.tensor ?? '']?.dims ?? {});
}

export function last(workload: Workload): Layer {
  return workload.layers[workload.layers.length - 1] as Layer;
}
