import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../core/index.js';
import { validated, validateInPlace } from '../../../core/document/validate.js';

const SCHEMA = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 1024, unit: 'B', description: 'Size of it' },
    rate: { oneOf: [{ type: 'number', minimum: 0, unit: 'Hz' }, { const: 'unlimited' }], description: 'Rate' },
    nested: { type: 'object', default: {}, description: 'More', properties: { ways: { type: 'integer', default: 4, multipleOf: 2, description: 'Ways' } } },
    list: { type: 'array', items: { type: 'number', unit: 'ns' }, minItems: 1, description: 'Times' },
    shape: {
      description: 'Either form',
      oneOf: [
        { type: 'string', enum: ['square', 'line'] },
        { type: 'object', required: ['x'], properties: { x: { type: 'integer' } } },
      ],
    },
  },
} as const;

const problems = (value: unknown): string[] => validateInPlace(SCHEMA, value, { path: 'it' }).map(formatProblem);

describe('validation', () => {
  it('fills in defaults and turns units into numbers, on a copy', () => {
    const given = { size: '1 KiB', rate: '2 kHz', list: ['1 us', 5] };
    expect(validated(SCHEMA, given)).toEqual({ size: 1024, rate: 2000, list: [1000, 5], nested: { ways: 4 } });
    expect(given.size).toBe('1 KiB');
  });

  it.each([
    [{}, "it.size: the key 'size' is missing; expected an integer >= 1 and <= 1024 (unit: B): Size of it"],
    [{ size: 0 }, 'it.size: 0 is out of range; expected an integer >= 1 and <= 1024 (unit: B)'],
    [{ size: '3 MiB' }, 'it.size: 3145728 is out of range; expected an integer >= 1 and <= 1024 (unit: B)'],
    [{ size: 1, nested: { ways: 3 } }, 'it.nested.ways: 3 is not a multiple of 2; expected an integer a multiple of 2'],
    [{ size: 1, nested: { way: 2 } }, "it.nested.way: unknown key 'way'; expected ways; did you mean 'ways'?"],
    [{ size: 1, list: [] }, 'it.list: a list of 0 is out of range; expected a list with at least 1 items'],
    [{ size: 1, list: ['1 KiB'] }, "it.list.0: '1 KiB' has the wrong unit 'KiB'; expected a number in ns, or with a unit such as ps or us"],
    [{ size: 1, shape: 'squar' }, "it.shape: 'squar' is not known here; expected square or line; did you mean 'square'?"],
    [{ size: 1, shape: { x: 1, z: 2 } }, "it.shape.z: unknown key 'z'; expected x; did you mean 'x'?"],
    [{ size: 1, shape: 7 }, 'it.shape: 7 does not fit; expected square or line, or a mapping of keys to values'],
    [{ size: NaN }, 'it.size: NaN is not a finite number; expected an integer >= 1 and <= 1024 (unit: B)'],
  ])('says of %j: %s', (value, message) => {
    expect(problems(value)).toEqual([message]);
  });

  it('reports everything at once', () => {
    expect(problems({ size: 0, rate: -1, colour: 'red' })).toHaveLength(3);
  });

  it('names the owner of a schema that is none', () => {
    expect(() => validated({ type: 'objekt' }, {}, { owner: "plugin 'x'" })).toThrow("plugin 'x': its JSON Schema is not valid");
    expect(() => validated({ type: 'object', minimun: 1 }, {}, { owner: "plugin 'y'" })).toThrow('minimun');
  });
});
