import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { project, tessera } from './harness.js';

const home = process.cwd();
afterEach(() => process.chdir(home));

describe('a suite in which nothing can run', () => {
  it.each([
    [
      'no scenario that is there',
      'tesseraSuite: 1\nscenarios: [absent.yaml, bad.yaml]\n',
      ['absent', 'bad'],
      "s.yaml:2:13: scenarios.0: no such file or folder: 'absent.yaml'",
    ],
    ['no list of scenarios', 'tesseraSuite: 1\n', ['s'], "s.yaml:1:1: scenarios: the key 'scenarios' is missing"],
    ['no syntax', 'tesseraSuite: 1\nscenarios: [\n', ['s'], 's.yaml:3:1: YAML syntax'],
  ])('because it has %s: its table, its files and exit code 2', async (_, text, names, reason) => {
    process.chdir(project({ 's.yaml': text, 'bad.yaml': 'tessera: 1\nmachin: 3\n' }));
    const { code, stdout, stderr } = await tessera('suite', 's.yaml', '--runner', 'in-process', '--junit', 'j.xml', '-o', 'out');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(stdout).toContain(reason);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} +bad-input`, 'm'));
    const cases = [...readFileSync('j.xml', 'utf8').matchAll(/<testcase name="([^"]+)"[^>]*>\s*<error/g)].map(([, name]) => name);
    expect(cases).toEqual(names);
    expect(existsSync('out/suite.html')).toBe(true);
  });
});
