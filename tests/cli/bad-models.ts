import { readFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs/light.js';
import { ONNX_DESCRIPTOR } from '../../plugins/importers/onnx/api.js';
import type { BadInput } from './bad-input-files.js';

const modelType = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.ModelProto');
const resnet8 = readFileSync(path.resolve(import.meta.dirname, '../../scenarios/models/resnet8.onnx'));

const tensor = (name: string, sizes: readonly number[]): object => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: sizes.map((dimValue) => ({ dimValue })) } } },
});
const node = (opType: string, name: string, input: readonly string[], output: readonly string[]): object => ({ opType, name, input, output });

/** An ONNX model of a Relu over four values, with some parts replaced. */
function model(parts: object): Uint8Array {
  const graph = { input: [tensor('x', [4])], output: [tensor('y', [4])], node: [node('Relu', 'relu', ['x'], ['y'])], ...parts };
  return modelType.encode(modelType.fromObject({ irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph })).finish();
}

const scenario = (workload: string, mapper = 'layer-by-layer'): string =>
  `tessera: 1\nmachine: { include: machine.yaml }\nworkload: ${workload}\nmapper: { use: ${mapper} }\n`;
const onnx = (name: string, bytes: Uint8Array, says: string, extra: Partial<BadInput> = {}): BadInput => ({
  name,
  files: { 's.yaml': scenario('{ onnx: model.onnx }'), 'model.onnx': bytes },
  at: 's.yaml:3',
  says,
  ...extra,
});

const circle = [node('Add', 'first', ['x', 'b'], ['a']), node('Relu', 'second', ['a'], ['b']), node('Relu', 'third', ['b'], ['y'])];

export const BAD_MODELS: readonly BadInput[] = [
  onnx('ONNX: truncated', resnet8.subarray(0, 900), 'truncated or no ONNX model'),
  onnx('ONNX: an empty file', new Uint8Array(), 'the file is empty'),
  onnx('ONNX: a cycle', model({ node: circle }), 'nodes wait for one another in a circle'),
  onnx('ONNX: a negative shape', model({ input: [tensor('x', [-3])] }), 'dimension 0 is -3'),
  onnx(
    'ONNX: 1 GB claimed by a small file',
    model({ initializer: [{ name: 'w', dims: [16384, 16384], dataType: 1, rawData: new Uint8Array(8) }] }),
    'claims 1073741824 bytes, but the file holds 8',
  ),
  onnx('ONNX: huge sizes', model({ input: [tensor('x', [2 ** 40, 2 ** 40])] }), 'too large'),
  onnx('ONNX: an unknown operator', model({ node: [node('Softmaxx', 'odd', ['x'], ['y'])] }), "operator 'Softmaxx' is not known", { nearest: 'Softmax' }),
  onnx('ONNX: a size of a dimension that is not there', model({}), 'bach', {
    files: { 's.yaml': scenario('{ onnx: model.onnx, dims: { bach: 1 } }'), 'model.onnx': model({}) },
  }),
  {
    name: 'ONNX: no such file',
    files: { 's.yaml': scenario('{ onnx: modle.onnx }') },
    at: 's.yaml:3',
    path: 'workload.onnx',
    says: "no such file: 'modle.onnx'",
  },
  {
    name: 'ONNX: truncated, by `workload`',
    command: ['workload', 'model.onnx'],
    files: { 'model.onnx': resnet8.subarray(0, 900) },
    at: 'model.onnx',
    says: 'truncated or no ONNX model',
  },
  {
    name: 'a mapping that is impossible',
    change: [['machine.yaml', '64 KiB', '128 B']],
    files: { 's.yaml': scenario('{ onnx: model.onnx }'), 'model.onnx': resnet8 },
    at: 's.yaml:4',
    says: "more than the 128 bytes of 'l1'",
    expected: 'a larger l1',
  },
  {
    name: 'an unknown mapper',
    files: { 's.yaml': scenario('{ onnx: model.onnx }', 'layer-by-leyer'), 'model.onnx': resnet8 },
    at: 's.yaml:4',
    path: 'mapper.use',
    says: "unknown mapper plugin 'layer-by-leyer'",
    nearest: 'layer-by-layer',
  },
  {
    name: 'layers with an unknown key',
    files: { 's.yaml': scenario('{ layers: layers.yaml }'), 'layers.yaml': 'tesseraWorkload: 1\nlayrs: []\n' },
    at: 'layers.yaml:',
    says: 'layrs',
  },
  {
    name: 'two sources of layers',
    files: { 's.yaml': scenario('{ onnx: model.onnx, layers: [] }'), 'model.onnx': resnet8 },
    at: 's.yaml:3',
    path: 'workload',
    says: "one of 'onnx', 'layers' and 'import'",
  },
];
