import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/index.js';
import { ONNX_DESCRIPTOR } from '../../../plugins/importers/onnx/api.js';
import type { OnnxOptions } from '../../../plugins/importers/onnx/options.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import type { ModelBuilder } from '../../../tools/models/model-builder.js';
import { graph, source } from './onnx-graph.js';
import { caseCount } from '../../many.js';

const modelType = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.ModelProto');
const node = (opType: string, input: string[], output: string[], name = opType): object => ({ opType, name, input, output });
const tensor = (name: string, dim: object[], elemType = 1): object => ({ name, type: { tensorType: { elemType, shape: { dim } } } });
const size = (dimValue: number): object => ({ dimValue });
const raw = (parts: object): Uint8Array =>
  modelType
    .encode(
      modelType.fromObject({
        opsetImport: [{ domain: '', version: 17 }],
        graph: { input: [tensor('x', [size(4)])], output: [{ name: 'y', type: { tensorType: { elemType: 1 } } }], node: [], ...parts },
      }),
    )
    .finish();

type Build = (model: ModelBuilder, x: string) => string;
const built = (shape: readonly number[], build: Build): Uint8Array => graph(shape, build);
const relu = [node('Relu', ['x'], ['y'])];
/** An equation over inputs of these shapes. */
const einsum = (equation: string, ...shapes: readonly (readonly number[])[]): Uint8Array =>
  built(shapes[0]!, (m, x) => m.node('Einsum', [x, ...shapes.slice(1).map((shape, index) => m.input(`x${index + 2}`, shape))], { equation }));
const transposed = (attributes: Record<string, number | string | readonly number[]>): Uint8Array =>
  built([1, 3, 2, 2], (m, x) => m.node('ConvTranspose', [x, m.weight('w', [3, 4, 3, 3])], attributes));

/** What is wrong, the file's bytes, what the message must say, and options. */
const CASES: readonly (readonly [string, Uint8Array, RegExp, OnnxOptions?])[] = [
  ['empty file', new Uint8Array(), /test\.onnx: the file is empty; expected an ONNX model/],
  ['text', new TextEncoder().encode('hello, this is no model at all'), /truncated or no ONNX model|holds no graph/],
  ['truncated', readFileSync(new URL('../../../scenarios/models/resnet8.onnx', import.meta.url)).subarray(0, 900), /truncated or no ONNX model/],
  [
    'cycle',
    raw({ node: [node('Add', ['x', 'b'], ['a'], 'first'), node('Relu', ['a'], ['b'], 'second'), node('Relu', ['b'], ['y'], 'third')] }),
    /node 'first' \(Add\): nodes wait for one another in a circle: 'first' <- 'second' <- 'first'/,
  ],
  ['self loop', raw({ node: [node('Add', ['x', 'y'], ['y'])] }), /circle/],
  ['tensor of nobody', raw({ node: [node('Add', ['x', 'ghost'], ['y'])] }), /input 1, tensor 'ghost', is written by no node/],
  ['output of nobody', raw({ node: [node('Relu', ['x'], ['z'])] }), /output 'y': it is written by no node, and is no input or initializer/],
  [
    'tensor written twice',
    raw({ node: [node('Relu', ['x'], ['y'], 'a'), node('Neg', ['x'], ['y'], 'b')] }),
    /node 'b' \(Neg\): output tensor 'y' is written by node 'a' as well/,
  ],
  ['input overwritten', raw({ node: [node('Relu', ['x'], ['x']), ...relu] }), /output tensor 'x' is written twice or is an input/],
  [
    'two initializers of a name',
    raw({
      initializer: [
        { name: 'w', dims: [1], dataType: 1 },
        { name: 'w', dims: [2], dataType: 1 },
      ],
      node: relu,
    }),
    /initializer 'w': there are two tensors of this name/,
  ],
  ['negative input size', raw({ input: [tensor('x', [size(-3)])], node: relu }), /input 'x': dimension 0 is -3; expected a size from 1/],
  ['zero input size', raw({ input: [tensor('x', [size(0)])], node: relu }), /dimension 0 is 0/],
  ['negative weight size', raw({ initializer: [{ name: 'w', dims: [-1], dataType: 1 }], node: relu }), /initializer 'w': its shape is \[-1\]/],
  [
    '1 GB claim',
    raw({ initializer: [{ name: 'w', dims: [16384, 16384], dataType: 1, rawData: new Uint8Array(8) }], node: relu }),
    /initializer 'w': its shape \[16384, 16384\] claims 1073741824 bytes, but the file holds 8/,
  ],
  ['huge sizes', raw({ input: [tensor('x', [size(2 ** 40), size(2 ** 40)])], node: relu }), /too large/],
  ['huge iteration space', built([100_000, 100_000], (m, x) => m.node('MatMul', [x, m.weight('w', [100_000, 10_000_000])])), /its loops .* are too large/],
  ['unknown element type', raw({ input: [tensor('x', [size(1)], 8)], node: relu }), /input 'x': element type 8/],
  ['no tensor', raw({ input: [{ name: 'x' }], node: relu }), /input 'x': it is no tensor/],
  ['no layers', raw({ node: [node('Identity', ['x'], ['y'])] }), /the graph has no layers/],
  ['no outputs', raw({ output: [], node: relu }), /the graph has no outputs/],
  [
    'unknown operator',
    raw({ node: [{ ...node('Frobnicate', ['x'], ['y'], 'odd one'), domain: 'my.ops' }] }),
    /node 'odd one' \(my\.ops\.Frobnicate, opset 17\): operator 'Frobnicate' is not known; expected an operator of the list/,
  ],
  ['misspelt operator', raw({ node: [node('Softmaxx', ['x'], ['y'])] }), /did you mean 'Softmax'/],
  [
    'symbolic size',
    raw({ input: [tensor('x', [{ dimParam: 'batch' }])], node: relu }),
    /input 'x': dimension 'batch' is symbolic; expected a size for it: `dims: \{ batch: 1 \}`/,
  ],
  ['unnamed size', raw({ input: [tensor('x', [{}])], node: relu }), /dimension 0 has neither size nor name; expected a size for it: `dims: \{ "x\.0": 1 \}`/],
  [
    'misspelt dimension option',
    raw({ input: [tensor('x', [{ dimParam: 'batch' }])], node: relu }),
    /have no dimension 'bach'; expected batch/,
    { dims: { bach: 1 } },
  ],
  ['zero dimension option', raw({ input: [tensor('x', [{ dimParam: 'batch' }])], node: relu }), /the option dims\.batch is 0/, { dims: { batch: 0 } }],
  ['unknown format option', raw({ node: relu }), /unknown number format 'int99'/, { formats: { weights: 'int99' } }],
  ['shapes that do not broadcast', built([3], (m, x) => m.node('Add', [x, m.weight('w', [4])])), /'x' \[3\] and 'w' \[4\] do not fit together/],
  ['matrices that do not fit', built([3, 4], (m, x) => m.node('MatMul', [x, m.weight('w', [5, 6])])), /'x' \[3, 4\] times 'w' \[5, 6\] does not fit/],
  [
    'channels that do not fit',
    built([1, 3, 8, 8], (m, x) => m.node('Conv', [x, m.weight('w', [8, 4, 3, 3])])),
    /node 'conv' \(Conv, opset 17\): 1 groups, input 'x' with 3 channels/,
  ],
  [
    'kernel larger than the input',
    built([1, 3, 2, 2], (m, x) => m.node('Conv', [x, m.weight('w', [8, 3, 3, 3])])),
    /a kernel that reaches over 3 does not fit an input of 2/,
  ],
  [
    'wrong kernel_shape',
    built([1, 3, 8, 8], (m, x) => m.node('Conv', [x, m.weight('w', [8, 3, 3, 3])], { kernel_shape: [5, 5] })),
    /kernel_shape \[5, 5\] differs/,
  ],
  ['empty kernel', built([1, 3, 8, 8], (m, x) => m.node('Conv', [x, m.weight('w', [8, 3, 0, 3])])), /its loop FY would have the size 0/],
  ['zero stride', built([1, 3, 8, 8], (m, x) => m.node('Conv', [x, m.weight('w', [8, 3, 3, 3])], { strides: [0, 1] })), /strides \[0, 1\]/],
  [
    'reshape that loses elements',
    built([2, 3], (m, x) => m.node('Reshape', [x, m.integers('s', [4, 2])])),
    /cannot take the shape \[4, 2\]; expected 6 elements/,
  ],
  ['reshape with two open sizes', built([2, 3], (m, x) => m.node('Reshape', [x, m.integers('s', [-1, -1])])), /leaves two dimensions open/],
  [
    'shape that depends on data',
    built([2, 3], (m, x) => m.node('Reshape', [x, m.input('s', [2], 'int64')])),
    /shape \(input 1, tensor 's'\) is not known before the run/,
  ],
  ['missing input', raw({ node: [node('Conv', ['x'], ['y'])] }), /input 1 is missing/],
  ['axis that is not there', built([2, 3], (m, x) => m.node('Softmax', [x], { axis: 5 })), /axis 5 does not exist; expected -2 to 1/],
  [
    'split that does not add up',
    built([1, 10], (m, x) => m.nodeWithOutputs('Split', [x, m.integers('s', [3, 3])], { axis: 1 }, 2, 'split')[0]!),
    /2 sizes that add up to 10/,
  ],
  ['gather outside', built([4, 2], (m, x) => m.node('Gather', [x, m.integers('i', [7])])), /index 7 is outside axis 0/],
  [
    'empty slice',
    built([4], (m, x) => m.node('Slice', [x, m.integers('s', [2]), m.integers('e', [2])])),
    /the graph has no layers. node 'slice' .* has the shape \[0\]: no elements/,
  ],
  ['wrong einsum', einsum('abc->a', [4, 2]), /'abc' names 3 dimensions of 'x' \[4, 2\]/],
  ['einsum with two arrows', einsum('ij->->i', [4, 2]), /node 'einsum' \(Einsum, opset 17\): equation 'ij->->i': it has more than one arrow/],
  ['einsum with an arrow broken in two', einsum('ij-i', [4, 2]), /'ij-i' is no term; expected letters, and '\.\.\.' at most once/],
  ['einsum with a repeated output letter', einsum('ij->ii', [4, 2]), /'i' stands twice in the output/],
  ['einsum with an unknown output letter', einsum('ij->ik', [4, 2]), /'k' of the output is in no input/],
  ['einsum with a term too few', einsum('ij->i', [4, 2], [2, 3]), /it has 1 terms for 2 inputs/],
  ['einsum with two ellipses in a term', einsum('......->', [4, 2]), /'\.{6}' is no term/],
  ['einsum with half an ellipsis', einsum('..ij->ij', [4, 2]), /'\.\.ij' is no term/],
  ['einsum that forgets the ellipsis', einsum('...j->j', [4, 2]), /'\.\.\.' stands for 1 dimensions that the output leaves out/],
  ['einsum with an ellipsis of its own', einsum('ij->...', [4, 2]), /'\.\.\.' of the output is in no input/],
  ['einsum with an ellipsis for less than nothing', einsum('...abc->a', [4, 2]), /'\.\.\.abc' names 3 dimensions of 'x'/],
  ['einsum of sizes that differ', einsum('ij,jk->ik', [4, 2], [3, 5]), /'j' is 2 and 3/],
  ['einsum without an equation', einsum('', [4, 2]), /'' names 0 dimensions of 'x'/],
  ['transposed convolution cropped to nothing', transposed({ pads: [2, 2, 2, 2] }), /pads 2 \+ 2 leave nothing of the 4 outputs along axis 2/],
  ['transposed convolution with negative pads', transposed({ pads: [-1, 0, 0, 0] }), /pads \[-1, 0, 0, 0\]; expected 4 numbers from 0/],
  ['transposed convolution with an unknown auto_pad', transposed({ auto_pad: 'SAME' }), /auto_pad 'SAME' is unknown; expected NOTSET, SAME_UPPER/],
  ['transposed convolution with half an output_shape', transposed({ output_shape: [4] }), /output_shape \[4\]; expected 2 sizes from 1/],
  ['transposed convolution without stride', transposed({ strides: [0, 1] }), /strides \[0, 1\]/],
  ['transposed convolution with another kernel', transposed({ kernel_shape: [5, 5] }), /kernel_shape \[5, 5\] differs/],
  ['transposed convolution without groups', transposed({ group: 0 }), /0 groups/],
  [
    'a past that does not fit',
    built([1, 2, 1, 4], (m, x) =>
      m.node('Attention', [x, m.input('k', [1, 2, 1, 4]), m.input('v', [1, 2, 1, 4]), '', m.input('pk', [1, 3, 9, 4])], {}, 'attn'),
    ),
    /node 'attn' .*: the past 'pk' \[1, 3, 9, 4\] does not fit; expected \[1, 2, positions, 4\]/,
  ],
  [
    'a past of keys alone',
    built([1, 2, 1, 4], (m, x) =>
      m.node('Attention', [x, m.input('k', [1, 2, 1, 4]), m.input('v', [1, 2, 1, 4]), '', m.input('pk', [1, 2, 9, 4])], {}, 'attn'),
    ),
    /10 keys and 1 values, with their past/,
  ],
  [
    'a second output that no reader knows',
    raw({ node: [{ ...node('Relu', ['x'], ['z'], 'odd'), output: ['z', 'more'] }, node('Add', ['z', 'more'], ['y'])] }),
    /node 'odd' \(Relu, opset 17\): its output 1, 'more', is used, and this reader does not know that output of Relu/,
  ],
  [
    'a second output of the graph that no reader knows',
    raw({ node: [{ ...node('Relu', ['x'], ['y'], 'odd'), output: ['y', 'more'] }], output: [{ name: 'y' }, { name: 'more' }] }),
    /node 'odd' .*: its output 1, 'more', is used/,
  ],
  [
    'a misspelt tensor',
    raw({ node: [node('Relu', ['x'], ['hidden.1']), node('Relu', ['hiden.1'], ['y'], 'last')] }),
    /node 'last' .* tensor 'hiden\.1', is written by no node.*'hidden\.1'/,
  ],
];

describe('bad ONNX files', () => {
  it.each(CASES.map(([name, bytes, message, options]) => ({ name, bytes, message, options })))('$name', ({ bytes, message, options }) => {
    const call = (): unknown => readOnnx(source(bytes), options);
    expect(call).toThrow(InputError);
    expect(call).toThrow(message);
    expect(call).toThrow(/^test\.onnx: /);
  });

  it('never crash or hang the reader, wherever they are cut or changed', () => {
    const whole = readFileSync(new URL('../../../scenarios/models/llama-decode.onnx', import.meta.url));
    const damage = fc.oneof(
      fc.nat(whole.length).map((length) => whole.subarray(0, length)),
      fc.array(fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) }), { minLength: 1, maxLength: 6 }).map((changes) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, value } of changes) bytes[at] = value;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(damage, (bytes) => {
        try {
          readOnnx(source(bytes));
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: caseCount(1500) },
    );
  });
});
