import { describe, expect, it } from 'vitest';
import { averageBits, bytesOf, FormatRegistry, STANDARD_FORMATS } from '../../../core/workload/index.js';

describe('number formats', () => {
  it.each([
    ['int8', 5, 5],
    ['int4', 5, 3],
    ['uint12', 3, 5],
    ['fp16', 3, 6],
    ['bool', 3, 3],
    // 128 weights: 64 bytes and a 10-bit group record, rounded up once
    ['bitmod4', 128, 66],
    ['bitmod4', 129, 67],
    // 32 elements and their shared 8-bit scale
    ['mxfp4', 32, 17],
    ['mxfp4', 33, 19],
    ['ternary-packed', 5, 1],
    ['ternary-packed', 6, 2],
    ['int4', 0, 0],
  ])('%s: %i elements take %i bytes', (format, elements, bytes) => {
    expect(bytesOf(format, elements)).toBe(bytes);
  });

  it('spreads metadata in averages', () => {
    expect(averageBits(new FormatRegistry().get('int4-g128'))).toBe(4.125);
  });

  it('takes formats of plugins, once', () => {
    const registry = new FormatRegistry([{ name: 'log5', kind: 'float', bits: 5, description: 'a logarithmic one' }]);
    expect(bytesOf(registry.get('log5'), 8)).toBe(5);
    expect(() => registry.add({ name: 'log5', kind: 'float', bits: 6, description: 'another' })).toThrow('defined twice');
    expect(() => registry.add({ name: 'int8', kind: 'uint', bits: 8, description: 'no' })).toThrow('defined twice');
    expect(() => registry.add({ name: 'x', kind: 'int', bits: 0, description: '' })).toThrow('bits must be above 0');
    expect(() => registry.add({ name: 'x', kind: 'int', bits: 4, groupSize: 3, description: '' })).toThrow('go together');
  });

  it('knows every standard name and no invented one', () => {
    const registry = new FormatRegistry();
    for (const { name } of STANDARD_FORMATS) expect(registry.find(name)?.name).toBe(name);
    expect(registry.find('int65')).toBeUndefined();
    expect(registry.find('int08')).toBeUndefined();
    expect(() => registry.get('fp9')).toThrow("unknown number format 'fp9'");
  });
});
