import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/index.js';
import { ONNX_DESCRIPTOR } from '../../../plugins/importers/onnx/api.js';
import { decodeModel } from '../../../plugins/importers/onnx/decode.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { SCAN_LIMITS } from '../../../plugins/importers/onnx/scan.js';
import { isLongRun } from '../../many.js';
import { source } from './onnx-graph.js';

const modelType = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.ModelProto');
const encode = (graph: object, more: object = {}): Uint8Array =>
  modelType.encode(modelType.fromObject({ opsetImport: [{ domain: '', version: 17 }], graph, ...more })).finish();
const info = (name: string, shape: readonly number[]): object => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
});
const node = (opType: string, input: readonly string[], output: readonly string[], attribute: readonly object[] = []): object => ({
  opType,
  name: output[0],
  input,
  output,
  attribute,
});
const field = (id: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([id * 8 + 2, ...length]), content]);
};
const GRAPH = 7;
const NODE = 1;
const INITIALIZER = 5;

/** A graph within an attribute of a node of a graph, and so on. */
function nested(levels: number): Uint8Array {
  let graph: Uint8Array = new Uint8Array();
  for (let level = 0; level < levels; level++) graph = field(NODE, field(5, field(6, graph)));
  return field(GRAPH, graph);
}

function refusal(bytes: Uint8Array): string {
  try {
    readOnnx(source(bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  return 'read';
}

describe('what an ONNX file may ask for', () => {
  it.each([
    ['messages in messages', nested(60), /truncated or no ONNX model: its messages nest more than 100 deep/],
    ['a name without end', field(GRAPH, field(2, Buffer.alloc(70_000, 97))), /a name of 70000 bytes at byte \d+ is longer than 65536/],
    ['a length behind the end', Buffer.from([GRAPH * 8 + 2, 100, 1]), /a part of 100 bytes at byte 2 reaches behind its end at 3/],
    ['a length of 2^60', Buffer.from([GRAPH * 8 + 2, 128, 128, 128, 128, 128, 128, 128, 128, 16, 1]), /reaches behind its end/],
    ['a number without end', Buffer.alloc(20, 255), /is too long/],
    ['half a number', Buffer.from([8, 128]), /ends inside a number/],
    [
      'many dimensions',
      encode({ input: [info('x', new Array(100).fill(1))], output: [info('y', [])], node: [node('Relu', ['x'], ['y'])] }),
      /it has 100 dimensions/,
    ],
    [
      'dimensions of a weight',
      encode({ initializer: [{ name: 'w', dataType: 1, dims: new Array(70).fill(1) }], output: [info('y', [])] }),
      /it has 70 dimensions; expected at most 64/,
    ],
  ] as const)('%s: refused with the reason', (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  it('millions of empty messages are counted before one is made', () => {
    const one = Buffer.from([NODE * 8 + 2, 0]);
    const many = Buffer.alloc((SCAN_LIMITS.messages + 10) * one.length, one);
    expect(refusal(field(GRAPH, many))).toMatch(/it has more than 2000000 messages/);
  });

  it('long lists of numbers are weights: passed over, like raw data', () => {
    const zeros = new Uint8Array(1_000_000);
    const tensor = field(INITIALIZER, field(8, Buffer.from('w')), Buffer.from([16, 7]), Buffer.from([8, 192, 132, 61]), field(7, zeros));
    const { graph } = decodeModel(field(GRAPH, tensor), 'list.onnx');
    expect(graph!.initializer).toMatchObject([{ name: 'w', dims: [1_000_000], int64Data: [] }]);
  });

  it.runIf(isLongRun)('arithmetic on constants ends: elements and steps are bounded', () => {
    const count = 2000;
    const made = Array.from({ length: count }, (_, index) => node('ConstantOfShape', ['shape'], [`c${index}`]));
    const sums = Array.from({ length: count - 1 }, (_, index) => node('Add', [`c${index}`, `c${index + 1}`], [`s${index}`]));
    const bytes = encode({
      input: [info('x', [4])],
      output: [info('y', [4])],
      initializer: [{ name: 'shape', dataType: 7, dims: [1], int64Data: [65_536] }],
      node: [...made, ...sums, node('Relu', ['x'], ['y'])],
    });
    const before = process.memoryUsage().heapUsed;
    const workload = readOnnx(source(bytes));
    expect(workload.layers.map(({ operator }) => operator)).toEqual(['relu']);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(400e6);
  });
});
