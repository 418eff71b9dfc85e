import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../core/index.js';
import { ONNX_DESCRIPTOR } from '../../../plugins/importers/onnx/api.js';
import type { OnnxOptions } from '../../../plugins/importers/onnx/options.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { isLongRun } from '../../many.js';
import { outputShape, source } from './onnx-graph.js';

const modelType = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.ModelProto');
const tensor = (name: string, ...sizes: readonly (number | string)[]): object => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: sizes.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) } } },
});
const ints = (name: string, values: readonly number[]): object => ({ name, ints: values, type: 7 });
const int = (name: string, i: number): object => ({ name, i, type: 2 });
const node = (opType: string, input: readonly string[], output: readonly string[], attribute: readonly object[] = [], domain = ''): object => ({
  opType,
  name: `${opType}.${output[0]}`,
  input,
  output,
  attribute,
  domain,
});

interface Parts {
  readonly opset?: number;
  readonly functions?: readonly object[];
  readonly options?: OnnxOptions;
  readonly siblings?: Readonly<Record<string, Uint8Array>>;
  readonly input: readonly object[];
  readonly initializer?: readonly object[];
  readonly node: readonly object[];
}

/** The last node's first output is the graph's. */
function read({ opset = 17, functions = [], options, siblings, ...graph }: Parts): Workload {
  const output = [{ name: (graph.node[graph.node.length - 1] as { output: string[] }).output[0] }];
  const model = { opsetImport: [{ domain: '', version: opset }], functions, graph: { ...graph, output } };
  return readOnnx(source(modelType.encode(modelType.fromObject(model)).finish(), siblings), options);
}

function shapes(workload: Workload): number[][] {
  return workload.layers.map((layer) => outputShape(workload, layer));
}

describe('ONNX files as they come', () => {
  it('reads nodes in any order', () => {
    const workload = read({ input: [tensor('x', 4)], node: [node('Relu', ['a'], ['b']), node('Neg', ['x'], ['a']), node('Abs', ['b'], ['c'])] });
    expect(workload.layers.map((layer) => layer.operator)).toEqual(['neg', 'relu', 'abs']);
  });

  it('takes sizes of symbolic dimensions by name and by position', () => {
    const parts: Parts = { input: [tensor('x', 'batch', 'seq', 8)], node: [node('Relu', ['x'], ['y'])] };
    expect(shapes(read({ ...parts, options: { dims: { batch: 2, 'x.1': 16 } } }))).toEqual([[2, 16, 8]]);
    expect(() => read({ ...parts, options: { dims: { batch: 2 } } })).toThrow("dimension 'seq' is symbolic");
  });

  it('reads small constants from files beside it, and does without weights that are not there', () => {
    const outside = (name: string, dims: readonly number[], dataType: number, location: string, offset = '0'): object => ({
      name,
      dims,
      dataType,
      dataLocation: 1,
      externalData: [
        { key: 'location', value: location },
        { key: 'offset', value: offset },
        { key: 'length', value: '16' },
      ],
    });
    const data = new Uint8Array(24);
    new DataView(data.buffer).setBigInt64(8, 3n, true);
    new DataView(data.buffer).setBigInt64(16, -1n, true);
    const workload = read({
      input: [tensor('x', 2, 6)],
      initializer: [outside('s', [2], 7, 'consts.bin', '8'), outside('w', [4, 5], 1, 'missing.bin')],
      node: [node('Reshape', ['x', 's'], ['a']), node('MatMul', ['a', 'w'], ['b'])],
      siblings: { 'consts.bin': data },
    });
    expect(shapes(workload)).toEqual([
      [3, 4],
      [3, 5],
    ]);
  });

  it('puts a decided branch and a function in the place of their nodes', () => {
    const branch = (operator: string): object => ({
      name: operator,
      node: [node(operator, ['x'], [`${operator}.out`])],
      output: [{ name: `${operator}.out` }],
    });
    const workload = read({
      input: [tensor('x', 4)],
      initializer: [{ name: 'yes', dims: [], dataType: 9, int32Data: [1] }],
      functions: [
        {
          name: 'Twice',
          domain: 'my',
          input: ['a'],
          output: ['b'],
          attribute: ['way'],
          node: [node('Neg', ['a'], ['t']), { ...node('Softmax', ['t'], ['b']), attribute: [{ name: 'axis', refAttrName: 'way', type: 2 }] }],
        },
      ],
      node: [
        {
          ...node('If', ['yes'], ['c']),
          attribute: [
            { name: 'then_branch', g: branch('Relu'), type: 5 },
            { name: 'else_branch', g: branch('Exp'), type: 5 },
          ],
        },
        node('Twice', ['c'], ['d'], [int('way', 0)], 'my'),
        node('Twice', ['d'], ['e'], [int('way', -1)], 'my'),
      ],
    });
    expect(workload.layers.map((layer) => layer.operator)).toEqual(['relu', 'neg', 'softmax', 'neg', 'softmax']);
    expect(workload.layers.map((layer) => layer.predecessors)).toEqual([[], [0], [1], [2], [3]]);
  });

  it('refuses functions that call themselves, or one another too often', () => {
    const calls = (name: string, other: string, times: number): object => ({
      name,
      domain: 'my',
      input: ['a'],
      output: [`t${times - 1}`],
      node: Array.from({ length: times }, (_, index) => node(other, ['a'], [`t${index}`], [], 'my')),
    });
    const run = (functions: readonly object[]) => (): unknown => read({ input: [tensor('x', 4)], functions, node: [node('F0', ['x'], ['y'], [], 'my')] });
    expect(run([calls('F0', 'F0', 1)])).toThrow('functions call one another too deeply');
    // Makes as many as are allowed first.
    if (isLongRun) expect(run(Array.from({ length: 15 }, (_, level) => calls(`F${level}`, `F${level + 1}`, 8)))).toThrow('too many nodes');
  });

  it.each([
    ['Squeeze', 11, [ints('axes', [0])], [4, 6]],
    ['Unsqueeze', 11, [ints('axes', [0, 4])], [1, 1, 4, 6, 1]],
    ['ReduceSum', 11, [ints('axes', [1]), int('keepdims', 0)], [1, 6]],
    ['Slice', 9, [ints('axes', [1]), ints('starts', [1]), ints('ends', [100])], [1, 3, 6]],
    ['Pad', 9, [ints('pads', [0, 1, 0, 0, 1, 2])], [1, 6, 8]],
    ['TopK', 9, [int('axis', 2), int('k', 3)], [1, 4, 3]],
    ['Clip', 6, [], [1, 4, 6]],
    ['Dropout', 7, [], [1, 4, 6]],
  ])('%s of opset %i takes attributes where later ones take inputs', (operator, opset, attributes, shape) => {
    const workload = read({ opset, input: [tensor('x', 1, 4, 6)], node: [node(operator, ['x'], ['t'], attributes), node('Relu', ['t'], ['y'])] });
    expect(shapes(workload).pop()).toEqual(shape);
  });

  it('reduces over all axes from the given one in old Softmax, over one in the new', () => {
    const axes = (opset: number): unknown =>
      read({ opset, input: [tensor('x', 2, 3, 4)], node: [node('Softmax', ['x'], ['y'], [int('axis', 1)])] }).layers[0]?.attributes?.['axes'];
    expect(axes(11)).toEqual([1, 2]);
    expect(axes(13)).toEqual([1]);
  });

  it('takes initializers that are listed as inputs for constants', () => {
    const workload = read({
      opset: 8,
      input: [tensor('x', 2, 3), tensor('w', 3, 5)],
      initializer: [{ name: 'w', dims: [3, 5], dataType: 1 }],
      node: [node('MatMul', ['x', 'w'], ['y'])],
    });
    expect(workload.inputs).toEqual(['x']);
    expect(workload.tensors['w']?.role).toBe('constant');
  });

  it('notes where the file says another shape', () => {
    const model = { opsetImport: [{ version: 17 }], graph: { input: [tensor('x', 2, 3)], output: [tensor('y', 2, 4)], node: [node('Relu', ['x'], ['y'])] } };
    expect(readOnnx(source(modelType.encode(modelType.fromObject(model)).finish())).notes).toEqual([
      "tensor 'y': the file says [2, 4], its operator makes [2, 3]",
    ]);
  });
});
