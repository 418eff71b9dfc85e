import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tesseraProcess, type CommandEnd } from './harness.js';
import { hostileSuite } from './hostile-suite.js';

/** Reasons by name, of the text after the table. */
function reasonsIn(stdout: string): Map<string, string> {
  const parts = stdout.split(/^([\w/-]+): (?:machine-failed|bad-input|missed|interrupted)$/m);
  return new Map(parts.flatMap((name, index): [string, string][] => (index % 2 === 1 ? [[name, parts[index + 1] ?? '']] : [])));
}

function rowsOf(stdout: string): [string, string][] {
  const table = stdout.slice(0, stdout.indexOf('\n\n')).split('\n').slice(2);
  return table.map((line) => line.split(/\s+/) as [string, string]);
}

describe('a suite with hostile scenarios among honest ones', () => {
  it.each([1, 2])(
    'fails each of them with its reason, and has all honest ones in table and JUnit, in order (%i at a time)',
    { timeout: 1_200_000 },
    async (jobs) => {
      const { folder, honest, hostile } = hostileSuite();
      const words = ['suite', 'suite', '--allow-plugins', 'all', '-j', String(jobs), '--junit', 'junit.xml'];
      const end: CommandEnd = await tesseraProcess(words, { cwd: folder, env: { NODE_OPTIONS: '--max-old-space-size=256' } });
      const rows = rowsOf(end.stdout);
      const verdicts = new Map(rows);
      const reasons = reasonsIn(end.stdout);
      expect(rows.map(([name]) => name)).toEqual([...honest, ...hostile.keys()].sort());
      expect(honest.filter((name) => verdicts.get(name) !== 'as-expected').map((name) => `${name}: ${reasons.get(name)}`)).toEqual([]);
      for (const [name, reason] of hostile) expect(reasons.get(name)?.replaceAll('\n', ' '), name).toMatch(reason);
      const xml = readFileSync(path.join(folder, 'junit.xml'), 'utf8');
      const cases = [...xml.matchAll(/<testcase name="([^"]+)"[^>]*>\s*<(system-out|error)/g)].map(([, name, what]) => [name, what]);
      expect(cases).toEqual(rows.map(([name]) => [name, hostile.has(name) ? 'error' : 'system-out']));
      expect(end.code).toBe(2);
    },
  );
});
