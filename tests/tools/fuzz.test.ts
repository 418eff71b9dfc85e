import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeCase } from '../../tools/fuzz/case.js';
import { faultsOf, type Ending } from '../../tools/fuzz/judge.js';
import { mutateProtobuf } from '../../tools/fuzz/mutate-protobuf.js';
import { Draw } from '../../tools/fuzz/draw.js';
import type { Seed } from '../../tools/fuzz/seeds.js';
import { temporaryFolder } from '../temporary-folder.js';

const GOOD: Ending = { code: 2, stdout: '', stderr: 'a.yaml:1:2: x: wrong\n', cpuSeconds: 1, peakMiB: 100, polluted: [] };

function seedsIn(folder: string): Seed[] {
  writeFileSync(path.join(folder, 'a.yaml'), 'a: 1\nb: { c: [x, 2] }\n');
  writeFileSync(path.join(folder, 'a.json'), '{"a": 1, "b": {"c": ["x", 2]}}');
  writeFileSync(path.join(folder, 'a.bin'), Uint8Array.from([0x08, 0x96, 0x01, 0x12, 0x02, 0x08, 0x01]));
  const forms = { yaml: 'a.yaml', json: 'a.json', ndjson: 'a.json', text: 'a.yaml', onnx: 'a.bin', bytes: 'a.bin' } as const;
  return Object.entries(forms).map(([form, file]) => ({ form: form as Seed['form'], file, command: ['run', file] }));
}

describe('fuzzing', () => {
  it('makes the same case of the same number, and another of another', () => {
    const folder = mkdtempSync(path.join(temporaryFolder('fuzz'), 'a'));
    const seeds = seedsIn(folder);
    const contents = Array.from({ length: 40 }, (_, number) => Buffer.from(makeCase(number, 1, seeds, folder).content).toString('base64'));
    expect(Array.from({ length: 40 }, (_, number) => Buffer.from(makeCase(number, 1, seeds, folder).content).toString('base64'))).toEqual(contents);
    expect(new Set(contents).size).toBeGreaterThan(30);
  });

  it('keeps the lengths of a protobuf file right', () => {
    const bytes = Uint8Array.from([0x0a, 0x04, 0x08, 0x01, 0x10, 0x02, 0x18, 0x05]);
    const made = Array.from({ length: 200 }, (_, i) => mutateProtobuf(bytes, new Draw(1, `p${i}`)));
    expect(made.some((one) => Buffer.compare(one, bytes) !== 0)).toBe(true);
  });

  it.each([
    [{ ...GOOD, code: 70 }, 'exit code 70'],
    [{ ...GOOD, cpuSeconds: 21 }, '21.0 s'],
    [{ ...GOOD, peakMiB: 1100 }, '1100 MiB'],
    [{ ...GOOD, stderr: 'a.yaml: wrong\n' }, 'no file and line: a.yaml: wrong'],
    [{ ...GOOD, stderr: 'a.yaml:1:2: \u001b[2J\n' }, 'control characters'],
    [{ ...GOOD, stderr: 'a.yaml:1:2: x\n    at f (/x.js:1:2)\n' }, 'a stack trace'],
    [{ ...GOOD, polluted: ['box'] }, 'Object.prototype has box'],
  ])('finds fault with %o', (ending, fault) => {
    const fuzzed = { number: 0, seed: { form: 'yaml', file: 'a.yaml', command: [] }, content: '' } as const;
    expect(faultsOf(fuzzed, GOOD)).toEqual([]);
    expect(faultsOf(fuzzed, ending)).toContain(fault);
  });
});
