import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { InputError, workloadTotals } from '../../../core/index.js';
import { importSource } from '../../../core/plugin/import-source.js';
import { ImportedFiles } from '../../../core/run/imported-files.js';
import { ONNX_DESCRIPTOR } from '../../../plugins/importers/onnx/api.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { temporaryFolder } from '../../temporary-folder.js';

const modelType = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.ModelProto');
const SECRET = new Uint8Array(new BigInt64Array([2n, 3n]).buffer);

interface External {
  readonly location?: string;
  readonly offset?: string;
  readonly length?: string;
}

/** x [6] is reshaped to what the external tensor `s` of two numbers says. */
function modelFile(folder: string, external: External, dims: readonly number[] = [2]): string {
  const info = (name: string, size: number) => ({ name, type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: size }] } } } });
  const externalData = Object.entries(external).map(([key, value]) => ({ key, value }));
  const graph = {
    input: [info('x', 6)],
    output: [{ name: 'y', type: { tensorType: { elemType: 1 } } }],
    initializer: [{ name: 's', dims, dataType: 7, dataLocation: 1, externalData }],
    node: [
      { opType: 'Relu', name: 'relu', input: ['x'], output: ['r'] },
      { opType: 'Reshape', name: 'reshape', input: ['r', 's'], output: ['y'] },
    ],
  };
  const file = path.join(folder, 'model.onnx');
  writeFileSync(file, modelType.encode(modelType.fromObject({ opsetImport: [{ domain: '', version: 17 }], graph })).finish());
  return file;
}

/** A folder with the model's own, and beside it one that the model must not see. */
function folders(): { own: string; other: string } {
  const root = temporaryFolder('external');
  const [own, other] = [path.join(root, 'model'), path.join(root, 'other')];
  for (const folder of [own, other, path.join(own, 'data')]) mkdirSync(folder);
  writeFileSync(path.join(other, 'secret.bin'), SECRET);
  writeFileSync(path.join(own, 'data', 'shape.bin'), SECRET);
  return { own, other };
}

const read = (file: string, onSibling?: (file: string, bytes: Uint8Array) => void) => readOnnx(importSource(file, onSibling));

describe('external data of ONNX tensors', () => {
  it('are read from files in the folder and below, through links that stay inside, and are inputs of the run', () => {
    const { own } = folders();
    symlinkSync(path.join('data', 'shape.bin'), path.join(own, 'link.bin'));
    for (const location of ['data/shape.bin', './data/../link.bin']) {
      const imported = new ImportedFiles();
      const workload = read(modelFile(own, { location, offset: '0', length: '16' }), imported.tell);
      expect(Object.values(workload.tensors['y']!.dims)).toEqual([2, 3]);
      const inputs = imported.inputs({ file: path.join(own, 'scenario.yaml') });
      expect(inputs).toEqual({ 'data/shape.bin': createHash('sha256').update(SECRET).digest('hex') });
    }
  });

  it('takes no more bytes than it claims, and their place', () => {
    const { own } = folders();
    writeFileSync(path.join(own, 'long.bin'), Buffer.concat([Buffer.alloc(8), SECRET, Buffer.alloc(1000)]));
    const taken: number[] = [];
    read(modelFile(own, { location: 'long.bin', offset: '8' }), (_, bytes) => taken.push(bytes.length));
    expect(taken).toEqual([16]);
  });

  it('of which the file is missing are not known, and a note says so', () => {
    const { own } = folders();
    expect(() => read(modelFile(own, { location: 'gone.bin' }))).toThrow(/shape \(input 1, tensor 's'\) is not known before the run/);
  });

  it('of a hash above 1 GiB only what was read counts', () => {
    const { own } = folders();
    const large = path.join(own, 'large.bin');
    writeFileSync(large, SECRET);
    truncateSync(large, 2 ** 30 + 16);
    const imported = new ImportedFiles();
    read(modelFile(own, { location: 'large.bin' }), imported.tell);
    expect(Object.keys(imported.inputs({ file: path.join(own, 'scenario.yaml') }))).toEqual(['large.bin (bytes that were read)']);
  });

  type Refusal = readonly [string, (own: string, other: string) => External, RegExp, (readonly number[])?];
  const refusals: readonly Refusal[] = [
    ['a path upwards', () => ({ location: '../other/secret.bin' }), /names? lies outside of its folder; expected a regular file in the folder/],
    ['an absolute path', (_, other) => ({ location: path.join(other, 'secret.bin') }), /is named by an absolute path/],
    ['a Windows path', () => ({ location: 'C:\\secret.bin' }), /is named by an absolute path/],
    [
      'a link that leads outside',
      (own, other) => {
        symlinkSync(path.join(other, 'secret.bin'), path.join(own, 'out.bin'));
        return { location: 'out.bin' };
      },
      /lies outside of its folder, through a link/,
    ],
    [
      'a folder that is a link to the outside',
      (own, other) => {
        symlinkSync(other, path.join(own, 'elsewhere'));
        return { location: 'elsewhere/secret.bin' };
      },
      /lies outside of its folder, through a link/,
    ],
    [
      'a pipe',
      (own) => {
        execFileSync('mkfifo', [path.join(own, 'pipe')]);
        return { location: 'pipe' };
      },
      /is a pipe \(FIFO\)/,
    ],
    ['a folder', () => ({ location: 'data' }), /is a folder/],
    ['a link to a device', (own) => (symlinkSync('/dev/zero', path.join(own, 'zero')), { location: 'zero' }), /lies outside of its folder, through a link/],
    ['an empty name', () => ({ location: '' }), /has no name/],
    ['no name', () => ({ offset: '0' }), /no file is named/],
    ['a file that is too short', () => ({ location: 'data/shape.bin', offset: '8' }), /are bytes 8 to 24 of 'data\/shape\.bin', which ends before/],
    ['a length that is not that of the shape', () => ({ location: 'data/shape.bin', length: '8' }), /said to be 8 bytes long; expected 16 bytes/],
    ['a huge length', () => ({ location: 'data/shape.bin', length: '9007199254740991' }), /said to be 9007199254740991 bytes long/],
    ['a length beyond numbers', () => ({ location: 'data/shape.bin', length: '99999999999999999999' }), /the length of its external data is '9+'/],
    ['a negative offset', () => ({ location: 'data/shape.bin', offset: '-8' }), /the offset of its external data is '-8'; expected a whole number from 0/],
    ['an offset in words', () => ({ location: 'data/shape.bin', offset: '1e2' }), /the offset of its external data is '1e2'/],
    [
      'a large tensor, which is never read',
      () => ({ location: 'data/shape.bin' }),
      /are bytes 0 to 8000000 of 'data\/shape\.bin', which ends before/,
      [1000, 1000],
    ],
  ];

  const named = refusals.map(([what, external, message, dims]) => ({ what, external, message, dims }));

  it.each(named)('$what is refused with the name of the tensor', ({ external, message, dims }) => {
    const { own, other } = folders();
    const file = modelFile(own, external(own, other), dims);
    expect(() => read(file)).toThrow(InputError);
    expect(() => read(file)).toThrow(message);
    expect(() => read(file)).toThrow(/^model\.onnx: tensor 's': /);
  });

  it('the model itself is a regular file', () => {
    const { own } = folders();
    execFileSync('mkfifo', [path.join(own, 'pipe.onnx')]);
    expect(() => importSource(path.join(own, 'pipe.onnx'))).toThrow(/it is a pipe/);
    expect(() => importSource('/dev/zero')).toThrow(/it is a device/);
    expect(() => importSource(own)).toThrow(/it is a folder/);
    expect(() => importSource(path.join(own, 'none.onnx'))).toThrow(/no such file/);
  });

  it('without data a model has its layers all the same', () => {
    const { own } = folders();
    const workload = read(modelFile(own, { location: 'data/shape.bin' }));
    expect(workloadTotals(workload).layers).toBe(2);
  });
});
