import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.js';
import { parseJson, placeInJson } from '../../../core/document/json.js';
import { folderName, folderNames } from '../../../core/document/output-files.js';
import { Problems } from '../../../core/document/problems.js';
import { validateInPlace } from '../../../core/document/validate.js';
import { Places } from '../../../core/document/places.js';
import { parseLocated } from '../../../core/document/yaml.js';
import { parseSchedule } from '../../../core/run/schedule-file.js';
import { PathPattern } from '../../../core/text/glob.js';
import { bareTable, isInheritedName, withoutPrototypes } from '../../../core/text/names.js';
import { visibleLine, visibleText } from '../../../core/text/visible.js';
import { csvText } from '../../../core/text/csv.js';
import { caseCount } from '../../many.js';

const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
const yaml = (text: string): unknown => parseLocated(text, 'f.yaml', new Places()).value;

describe('names that every object inherits', () => {
  it.each(INHERITED)('%s is refused as a key of YAML and JSON, with its place', (name) => {
    expect(isInheritedName(name)).toBe(true);
    expect(() => yaml(`a: 1\nb: { ${name}: 2 }`)).toThrow(`f.yaml:2:6: b: '${name}' is no name for a key`);
    expect(() => parseJson(`{"a": 1,\n "b": {"${name}": 2}}`, 'f.json')).toThrow(`f.json:2:8: '${name}' is no name for a key`);
    expect(() => parseJson(`{"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}": 2}`, 'f.json')).toThrow('is no name for a key');
    expect(parseJson(`{"a": "${name}"}`, 'f.json')).toEqual({ a: name });
  });

  it.each(INHERITED)('a table of a file knows nothing of %s', (name) => {
    expect((yaml('a: {}') as Record<string, Record<string, unknown>>)['a']![name]).toBeUndefined();
    expect(withoutPrototypes({ a: [{}] }).a[0]![name as never]).toBeUndefined();
    expect(bareTable()[name]).toBeUndefined();
    const schedule = parseSchedule('{"tesseraSchedule": 1, "name": "s", "tensors": {}, "buffers": {}, "operations": []}', 's.json');
    expect(schedule.tensors[name]).toBeUndefined();
  });
});

describe('sizes that a file can claim', () => {
  const bomb = Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [${i === 0 ? 1 : Array.from({ length: 9 }, () => `*b${i - 1}`).join(', ')}]`);

  it('values that aliases repeat are counted', () =>
    expect(() => parseLocated(bomb.join('\n'), 'f.yaml', new Places(), { values: 5000 })).toThrow('at most 5000 values'));

  it('before any is made: nine to the tenth of them are refused as fast as one', () => {
    const start = process.cpuUsage();
    expect(() => parseLocated(bomb.join('\n'), 'f.yaml', new Places(), { values: LIMITS.yamlMarks })).toThrow(/^f\.yaml:7:\d+: b6.*at most 800000 values/);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(0.3);
  });

  it('an alias within its own anchor is told as that', () => {
    expect(() => yaml('a: &a [*a, *a]')).toThrow('f.yaml:1:8: a.0: an alias that contains itself');
  });

  it('aliases are counted before a tree is made of them', () => {
    expect(() => yaml(`a: &a x\nb: [${'*a,'.repeat(LIMITS.yamlAliases + 1)}]`)).toThrow('at most 50000 aliases');
    expect(yaml(`a: &a x\nb: [${'*a,'.repeat(100)}]`)).toMatchObject({ b: Array.from({ length: 100 }, () => 'x') });
  });

  it('very many unknown keys are told in part', () => {
    const keys = Array.from({ length: caseCount(150_000, 15_000) }, (_, i) => [`k${i}`, 1]);
    const found = validateInPlace({ type: 'object', properties: {} }, Object.fromEntries(keys));
    expect(found).toHaveLength(200);
    const problems = new Problems();
    problems.addAll(Array.from({ length: caseCount(200_000, 20_000) }, () => found[0]!));
    expect(() => problems.throwIfAny()).toThrow("unknown key 'k0'");
  });

  it.each([LIMITS.depth + 5, 10_000])('nesting %i deep is refused in YAML and JSON', (depth) => {
    const text = '['.repeat(depth) + ']'.repeat(depth);
    expect(() => yaml(text)).toThrow('nested too deeply');
    expect(() => parseJson(text, 'f.json')).toThrow(/^f\.json:1:\d+: the document is nested too deeply/);
    expect(parseJson(JSON.stringify('['.repeat(depth)), 'f.json')).toHaveLength(depth);
  });

  it('signs of structure are counted before a tree is made of them', () => {
    expect(() => yaml(`[${','.repeat(LIMITS.yamlMarks + 1)}]`)).toThrow('too large for YAML');
  });

  it('repeats make no more operations than can be numbered', () => {
    const text = `{"tesseraSchedule": 1, "name": "s", "tensors": {}, "buffers": {},\n "operations": [{"repeat": {"index": "i", "count": 9007199254740991},
      "operations": [{"kind": "sync", "queue": "q"}, {"kind": "sync", "queue": "q"}]}]}`;
    expect(() => parseSchedule(text, 's.json')).toThrow('s.json:2:16: operations: its repeats make');
  });

  it('keys are told apart, and aliases mean the last anchor before them', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join('\n');
    expect(Object.keys(yaml(keys) as object)).toHaveLength(2000);
    expect(() => yaml(`${keys}\nk7: 2`)).toThrow('f.yaml:2001:1: YAML syntax: map keys must be unique');
    expect(yaml('a: &x [1]\nb: *x\nc: &x [2]\nd: *x')).toEqual({ a: [1], b: [1], c: [2], d: [2] });
  });

  it('a path leads to its line in JSON, also through keys with dots', () => {
    const text = '{"a.b": [1,\n {"c": "]}"},\n {"c": 2}]}';
    expect(placeInJson(text, 'f', 'a.b.2.c')).toEqual({ file: 'f', line: 3, column: 8 });
    expect(placeInJson(text, 'f', 'a.b.9')).toMatchObject({ line: 1 });
  });
});

describe('paths with stars', () => {
  it.each([
    ['core*.l1', 'core12.l1', true],
    ['core*.l1', 'core1.x.l1', false],
    ['*', 'noc', true],
    ['*', 'die0.noc', false],
    ['c*o*1', 'core1', true],
    ['c*o*1', 'core12', false],
    ['aa*aa', 'aaa', false],
    ['a**b', 'ab', true],
  ] as const)('%s and %s: %s', (pattern, path, fits) => expect(new PathPattern(pattern.split('.')).matches(path)).toBe(fits));

  it('contain what lies below', () => {
    expect(new PathPattern(['die*']).contains('die1.noc')).toBe(true);
    expect(new PathPattern([]).contains('noc')).toBe(true);
    expect(new PathPattern(['die*', 'x']).contains('die1')).toBe(false);
  });

  it('take as long as they are', () => {
    const pattern = new PathPattern([`${'*a'.repeat(2000)}b`]);
    expect(pattern.matches('a'.repeat(4000))).toBe(false);
    expect(new PathPattern(['*a'.repeat(2000)]).matches('a'.repeat(4000))).toBe(true);
  });
});

describe('text of files', () => {
  const HOSTILE = '\u001b]0;pwn\u0007\u0085\u202e\u2066\r';

  it('is shown without control characters, and means the same in JSON', () => {
    expect(visibleText(`a\n${HOSTILE}\tb`)).toBe('a\n\\u001b]0;pwn\\u0007\\u0085\\u202e\\u2066\\u000d\tb');
    expect(visibleLine('a\nb')).toBe('a\\nb');
    expect(JSON.parse(visibleText(JSON.stringify(HOSTILE)))).toBe(HOSTILE);
  });

  it('is no formula in a CSV file, and a number stays one', () => {
    const cells = ['=1+1', '+x', '-x', '@x', '\tx', '\rx', '-1.5', '+3e5', 'a=b', -7, '=a,b'];
    expect(csvText(['c'], [cells])).toBe(`c\r\n'=1+1,'+x,'-x,'@x,'\tx,"'\rx",-1.5,+3e5,a=b,-7,"'=a,b"\r\n`);
  });

  it('makes folder names that stay inside, and apart', () => {
    expect(['../../etc', '/abs', '..', 'a/b\\c', 'CON', 'nul.txt', '', 'x. .'].map(folderName)).toEqual([
      'etc',
      'abs',
      'run',
      'a-b-c',
      'run-CON',
      'run-nul.txt',
      'run',
      'x.-',
    ]);
    expect(folderNames(['a b', 'a/b', 'A-B', 'c'])).toEqual(['a-b', 'a-b-2', 'A-B-3', 'c']);
    const [long, other] = ['x', 'y'].map((end) => folderName(`${'n'.repeat(500)}${end}`)) as [string, string];
    expect(long).not.toBe(other);
    expect(Buffer.byteLength(folderName('\u{1f600}\u{20000}'.repeat(300)))).toBeLessThan(220);
  });
});
