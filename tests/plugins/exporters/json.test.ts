import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../../core/index.js';
import { readResults } from '../../../core/result/read-results.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { jsonPlugin } from '../../../plugins/exporters/json/index.js';
import { exportWith, textOf } from './export-with.js';
import { brokenResult, experimentResult, sampleResult } from './sample-result.js';

const schema = JSON.parse(readFileSync(new URL('../../../schemas/result.schema.json', import.meta.url), 'utf8')) as Record<string, unknown>;
const validate = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true, keywords: ['unit'] }).compile(schema);

function errorsOf(document: unknown): string[] {
  return validate(document)
    ? []
    : (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

describe('result document', () => {
  test.each([
    ['finished', sampleResult()],
    ['deadlocked', brokenResult()],
    ['of an experiment', experimentResult()],
  ])('a run that is %s fits the schema, without its trace', (_, result) => {
    const document = JSON.parse(textOf(exportWith(jsonPlugin, [result]))) as Record<string, unknown>;
    expect(errorsOf(document)).toEqual([]);
    expect(document).not.toHaveProperty('trace');
  });

  test('of an earlier version, whose stall classes have no roles, is refused in words', () => {
    const file = path.join(temporaryFolder('json'), 'old.json');
    const document = JSON.parse(textOf(exportWith(jsonPlugin, [sampleResult()]))) as { blocks: Record<string, unknown>[] };
    const blocks = document.blocks.map(({ stalls: _, ...block }) => ({ ...block, stallCycles: { idle: 10, busy: 5 } }));
    writeFileSync(file, JSON.stringify({ ...document, blocks }));
    expect(() => readResults(file)).toThrow('this result is of an earlier version: its stall stacks do not say which classes are work and which are waiting');
  });

  test('round trip loses nothing but the trace: not even NaN and infinity', () => {
    const folder = temporaryFolder('json');
    const read = (result: RunResult): RunResult => {
      const file = path.join(folder, 'result.json');
      writeFileSync(file, textOf(exportWith(jsonPlugin, [result], { indent: 0 })));
      return readResults(file)[0]!;
    };
    const result = sampleResult({ withTrace: false });
    expect(read(result)).toEqual(result);
    expect(read(brokenResult())).toEqual(brokenResult());
    const experiment = {
      ...experimentResult(),
      metrics: { latency: Infinity, gain: -Infinity, share: NaN },
      tables: { curve: [{ load: Infinity, name: 'NaN of the north' }] },
    };
    expect(read(experiment)).toEqual(experiment);
    expect(read({ ...result, name: 'NaN', scenario: 'Infinity' })).toEqual({ ...result, name: 'NaN', scenario: 'Infinity' });
  });

  test('several results are a list of documents', () => {
    const files = exportWith(jsonPlugin, [sampleResult(), experimentResult()]);
    expect(files.map((file) => file.name)).toEqual(['results.json']);
    expect((JSON.parse(textOf(files)) as unknown[]).flatMap(errorsOf)).toEqual([]);
  });

  test('the schema refuses what is missing, unknown or of the wrong kind', () => {
    const { digest: _digest, ...rest } = sampleResult({ withTrace: false });
    expect(errorsOf(rest)).toEqual([" must have required property 'digest'"]);
    expect(errorsOf({ ...sampleResult({ withTrace: false }), cycle: 1 })).toEqual([' must NOT have additional properties']);
    expect(errorsOf({ ...sampleResult({ withTrace: false }), outcome: 'fine' })).toHaveLength(1);
  });
});

describe('schema', () => {
  /** Every property, wherever it is, with its path. */
  function fieldsOf(node: unknown, path: string): [string, Record<string, unknown>][] {
    if (node === null || typeof node !== 'object') return [];
    return Object.entries(node).flatMap(([key, value]) => {
      const inner = fieldsOf(value, `${path}/${key}`);
      // A condition names a field that is described elsewhere.
      if (key === 'if') return [];
      if (key !== 'properties') return inner;
      return [
        ...inner,
        ...Object.entries(value as Record<string, Record<string, unknown>>).map(([name, field]): [string, Record<string, unknown>] => [
          `${path}/${name}`,
          field,
        ]),
      ];
    });
  }

  test('every field is described, and every number has a unit', () => {
    const fields = fieldsOf(schema, '');
    expect(fields.length).toBeGreaterThan(70);
    expect(fields.filter(([, field]) => typeof field['description'] !== 'string').map(([path]) => path)).toEqual([]);
    const numeric = fields.filter(([, { type }]) => [type].flat().some((name) => name === 'number' || name === 'integer'));
    expect(numeric.filter(([, field]) => typeof field['unit'] !== 'string').map(([path]) => path)).toEqual([]);
  });
});
