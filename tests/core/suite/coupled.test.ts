import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSuite, type SuitePoint } from '../../../core/suite/points.js';
import { temporaryFolder } from '../../temporary-folder.js';

function points(text: string): SuitePoint[] {
  const folder = temporaryFolder('coupled');
  writeFileSync(path.join(folder, 's.yaml'), 'tessera: 1\n');
  writeFileSync(path.join(folder, 'suite.yaml'), `tesseraSuite: 1\nscenarios: [s.yaml]\n${text}`);
  return loadSuite([path.join(folder, 'suite.yaml')]);
}

describe('coupled axes', () => {
  it('move their parameters together, in all combinations with the others', () => {
    const sets = points('axes: { c: [1, 2] }\ncoupled:\n  - { a: [1, 2, 3], b: [x, y, z] }\n').map(({ set }) => set);
    expect(sets).toHaveLength(6);
    expect(sets[0]).toEqual({ c: 1, a: 1, b: 'x' });
    expect(sets[5]).toEqual({ c: 2, a: 3, b: 'z' });
  });

  it('have lists of equal length', () => {
    expect(() => points('coupled:\n  - a: [1, 2]\n    b: [x]\n')).toThrow(/suite\.yaml:5:5: coupled\.0\.b: 1 values beside 2 of 'a'.*expected 2 values/);
  });

  it('are counted before they are written out', () => {
    const many = `[${Array.from({ length: 10_000 }, (_, i) => i).join(', ')}]`;
    expect(() => points(`axes: { a: ${many}, b: ${many}, c: ${many} }\n`)).toThrow(/1000000000000 runs; expected at most 100000/);
  });
});
