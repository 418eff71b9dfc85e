import { describe, expect, it } from 'vitest';
import { performancePage, wrapped } from '../../bench/output/page.js';
import { shortNumber } from '../../bench/output/numbers.js';
import { textOf } from '../../bench/output/text.js';
import { documentOf, emptyFindings, joinFindings, STORED_NOTE, type BenchDocument } from '../../bench/report.js';
import { BENCHMARKS } from '../../bench/benchmarks/index.js';
import { sampleDocument } from './sample-document.js';

const page = (document: BenchDocument) =>
  performancePage(document, { benchmarks: BENCHMARKS, notes: ['a note'], runs: 5, cores: 2, loadAverage: 3.14, command: 'npm run bench -- --page' });

describe('the JSON document', () => {
  it('has exactly the published form', () => {
    const document = JSON.parse(JSON.stringify(sampleDocument())) as BenchDocument;
    expect(Object.keys(document)).toEqual(['name', 'version', 'node', 'cpu', 'unit', 'measurements', 'ratios', 'stored']);
    expect(document.name).toBe('kernel noc');
    expect(Object.keys(document.unit ?? {})).toEqual(['name', 'eventsPerCpuSecond']);
    expect(Object.keys(document.measurements['kernel, Tessera'] ?? {}).sort()).toEqual(['max', 'median', 'min', 'unit']);
    expect(Object.keys(document.ratios[0] ?? {})).toEqual(['name', 'against', 'interleaved', 'scope', 'value', 'bar']);
  });

  it('leaves the unit out where there is none', () => {
    expect(Object.keys(documentOf([], { version: '', node: '', cpu: '' }, undefined, emptyFindings()))).not.toContain('unit');
  });

  it('never makes a ratio of stored seconds', () => {
    const { ratios, stored } = sampleDocument();
    expect(stored.map(({ note }) => note)).toEqual([STORED_NOTE]);
    expect(ratios.filter(({ against }) => against.includes('BookSim'))).toEqual([]);
  });

  it('keeps a note that several benchmarks have once', () => {
    const part = { ...emptyFindings(), notes: ['same'] };
    expect(joinFindings([part, part]).notes).toEqual(['same']);
  });
});

describe('the text', () => {
  const text = textOf(sampleDocument(), ['a note']);

  it('shows measurements with the unit beside them, ratios with their bar, stored seconds as such', () => {
    expect(text).toMatch(/noc load 0\.2, run loop +5\.5 +0\.5 +0\.6123 +0\.7 +CPU s/);
    expect(text).toMatch(/noc load 0\.2, run loop, against commit 0b8cd75 +0\.91 +\(bar 0\.97: MISSED\)/);
    expect(text).toMatch(/measured on another, busy machine, so no ratio follows/);
    expect(text).toMatch(/noc load 0\.2: BookSim2 +3\.836 +CPU s for 18123 cycles/);
    expect(text.endsWith('a note')).toBe(true);
  });
});

describe('the page', () => {
  it('has no long lines', () => {
    const longest = Math.max(
      ...page(sampleDocument())
        .split('\n')
        .map((line) => line.length),
    );
    expect(longest).toBeLessThan(200);
  });

  it('names the machine and how busy it was, the unit, each benchmark, and how to make it again', () => {
    const text = page(sampleDocument()).replaceAll('\n', ' ');
    expect(text).toContain('a processor');
    expect(text).toContain('load average when the benchmarks began was 3.1');
    expect(text).toContain('9 million of them take a CPU second');
    for (const { name } of BENCHMARKS) expect(text).toContain(`**${name}**`);
    expect(text).toContain('npm run bench -- --page');
  });

  it('has a row for each measurement, ratio and stored figure', () => {
    const text = page(sampleDocument());
    expect(text).toContain('| noc load 0.2, run loop | 0.5 | 0.6123 | 0.7 | CPU s | 5.5 |');
    expect(text).toContain('| kernel, Tessera | 20 | 21 | 22 | million events / CPU s |  |');
    expect(text).toContain('| noc load 0.2 | commit 0b8cd75 | run loop | yes | 0.91 | 0.97 | MISSED |');
    expect(text).toContain(`| noc load 0.2 | BookSim2 | 3.836 | 18123 cycles | ${STORED_NOTE} |`);
  });

  it('leaves out sections that have nothing, and says that there is no compiler', () => {
    const bare = page(documentOf([], { version: '0.1.0', node: 'v20', cpu: 'x' }, undefined, emptyFindings()));
    expect(bare).not.toContain('## Ratios');
    expect(bare).not.toContain('## Stored');
    expect(bare).toContain('no C++ compiler');
  });

  it('breaks lines at blanks only', () => {
    const words = Array.from({ length: 90 }, (_, i) => `word${i}`).join(' ');
    const lines = wrapped(words, '  ').split('\n');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(words);
    expect(lines[1]?.startsWith('  word')).toBe(true);
  });
});

describe('numbers', () => {
  it.each([
    [0.0123456, '0.01235'],
    [12.3456, '12.35'],
    [1234567, '1235000'],
    [0, '0'],
  ])('%d reads %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});
