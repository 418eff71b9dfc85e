import { describe, expect, test } from 'vitest';
import { junitXml } from '../../../cli/junit.js';
import { testCaseOf } from '../../../core/result/junit.js';
import { escapeXml } from '../../../core/text/xml.js';
import { junitPlugin } from '../../../plugins/exporters/junit/index.js';
import { exportWith, textOf } from './export-with.js';
import { brokenResult, sampleResult } from './sample-result.js';

const passing = { ...sampleResult({ withTrace: false }), name: 'a <b> & "c"', expectations: [] };

describe('junit', () => {
  test('counts passes, failures, errors and skips', () => {
    const interrupted = { ...passing, outcome: 'interrupted' as const };
    const xml = textOf(exportWith(junitPlugin, [passing, sampleResult({ withTrace: false }), brokenResult(), interrupted], { suiteName: 'nightly' }));
    expect(xml).toContain('<testsuite name="nightly" tests="4" failures="1" errors="1" skipped="1" time="3.480">');
    expect(xml).toContain('<testcase name="a &lt;b&gt; &amp; &quot;c&quot;"');
    expect(xml).toContain('<failure message="expected estimateError.within within +-0.08, but it is -0.21" type="expectation">');
    expect(xml).toMatch(/<error message="illegal schedule: race: operation 18[^"]*" type="illegal">[^<]*the run ended early: deadlock/);
    expect(xml).toContain('<skipped message="interrupted"/>');
  });

  test('every tag is closed in order, and nothing unescaped is left', () => {
    const xml = textOf(exportWith(junitPlugin, [passing, brokenResult()]));
    const open: string[] = [];
    for (const [, close, name = '', selfClosed] of xml.matchAll(/<(\/?)([a-z-]+)(?: [a-z]+="[^"<]*")*(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (selfClosed !== '/') open.push(name);
    }
    expect(open).toEqual([]);
    expect(xml.replace(/<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>/g, '').replace(/^<\?xml[^>]*\?>/, '')).not.toMatch(/[<>]/);
  });

  test('characters that XML cannot hold are replaced', () => {
    expect(escapeXml('a\u0000b\u001b[1m\ud800c\u{1f600}')).toBe('a\ufffdb\ufffd[1m\ufffdc\u{1f600}');
  });

  test('a suite writes the same of a run as the exporter, under its name there, and an error for bad input', () => {
    const result = { ...brokenResult(), engineCpuSeconds: 0 };
    const entry = { name: 'two cores banks=4', file: 'a.yaml', set: {}, reasons: [], problems: [], wallSeconds: 0, isReproducible: true, isFromStore: false };
    const xml = junitXml(
      [
        { ...entry, verdict: 'machine-failed', testCase: testCaseOf(result) },
        { ...entry, name: 'typo', verdict: 'bad-input', reasons: ["a.yaml:3: unknown key 'sed'", 'and more'] },
      ],
      'tessera',
    );
    const exported = textOf(exportWith(junitPlugin, [result]));
    const bodyOf = (text: string): string | undefined => /<error.*?<\/error>\s*<system-out>.*?<\/system-out>/s.exec(text)?.[0];
    expect(bodyOf(xml)).toBeDefined();
    expect(bodyOf(xml)).toBe(bodyOf(exported));
    expect(xml).toContain('<testcase name="two cores banks=4" classname="a.yaml" time="0.000">');
    expect(xml).toContain(`<error message="a.yaml:3: unknown key 'sed'" type="bad-input">a.yaml:3: unknown key 'sed'&#10;and more</error>`);
    expect(xml).toContain('<testsuites name="tessera" tests="2" failures="0" errors="2" skipped="0" time="0.000">');
  });
});
