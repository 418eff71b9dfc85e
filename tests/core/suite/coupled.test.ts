import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../core/errors.js';
import { loadSuite, type SuitePoint } from '../../../core/suite/points.js';
import { temporaryFolder } from '../../temporary-folder.js';

function points(text: string): SuitePoint[] {
  const folder = temporaryFolder('coupled');
  writeFileSync(path.join(folder, 's.yaml'), 'tessera: 1\n');
  writeFileSync(path.join(folder, 'suite.yaml'), `tesseraSuite: 1\nscenarios: [s.yaml]\n${text}`);
  return loadSuite([path.join(folder, 'suite.yaml')]);
}

/** What is wrong with the only point that a malformed suite has. */
function problemOf(text: string): string {
  const [point] = points(text);
  return formatProblem(point!.problems![0]!);
}

describe('coupled axes', () => {
  it('move their parameters together, in all combinations with the others', () => {
    const sets = points('axes: { c: [1, 2] }\ncoupled:\n  - { a: [1, 2, 3], b: [x, y, z] }\n').map(({ set }) => set);
    expect(sets).toHaveLength(6);
    expect(sets[0]).toEqual({ c: 1, a: 1, b: 'x' });
    expect(sets[5]).toEqual({ c: 2, a: 3, b: 'z' });
  });

  it('have lists of equal length', () => {
    expect(problemOf('coupled:\n  - a: [1, 2]\n    b: [x]\n')).toMatch(/suite\.yaml:5:5: coupled\.0\.b: 1 values beside 2 of 'a'.*expected 2 values/);
  });

  it('are counted before they are written out', () => {
    const many = `[${Array.from({ length: 10_000 }, (_, i) => i).join(', ')}]`;
    expect(problemOf(`axes: { a: ${many}, b: ${many}, c: ${many} }\n`)).toMatch(/1000000000000 runs; expected at most 100000/);
  });
});
