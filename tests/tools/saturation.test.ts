import { describe, expect, it } from 'vitest';
import { findSaturation } from '../../plugins/lib/traffic/saturation.js';
import { curvesOf, type LoadRecord } from '../../tools/accuracy/curves.js';
import { saturationOf } from '../../tools/accuracy/saturation.js';
import { saturationSection } from '../../tools/accuracy/saturation-section.js';
import { sectionOf, withSection } from '../../tools/accuracy/sections.js';

function record(curve: string, load: number, stable: boolean): LoadRecord {
  return { id: `${curve}@${load}`, curve, config: {}, workload: { injection_rate: load }, expected: { stable } };
}

const curves = curvesOf([
  record('a', 0.3, true),
  record('b', 0.3, true),
  record('a', 0.5, false),
  record('a', 0.4, true),
  record('a', 0.7, false),
  record('c', 0.2, false),
]);
const [bracketed, open] = curves as [(typeof curves)[0], (typeof curves)[0]];

describe('curves', () => {
  it('saturate between the highest stable and the lowest unstable load', () => {
    expect(curves.map(({ name, stableLoad, unstableLoad, nearest }) => [name, stableLoad, unstableLoad, nearest.id])).toEqual([
      ['a', 0.4, 0.5, 'a@0.5'],
      ['b', 0.3, undefined, 'b@0.3'],
    ]);
  });

  it('hold both loads when seeds disagree', () => {
    expect(curvesOf([record('a', 0.4, true), record('a', 0.39, false)])[0]).toMatchObject({ stableLoad: 0.39, unstableLoad: 0.4 });
  });
});

describe('saturation of a curve', () => {
  it.each([
    [0.45, 0],
    [0.36, -10],
    [0.55, 10],
    [0.2, -50],
  ])('at load %f is %f %% outside the bracket', (load, outside) => {
    const { ownLoad, outsidePct, isLowerBound } = saturationOf(bracketed, (tried) => tried < load);
    expect(Math.abs(ownLoad / load - 1)).toBeLessThan(0.005);
    expect(Math.abs(outsidePct - outside)).toBeLessThan(0.6);
    expect(isLowerBound).toBe(false);
  });

  it('is a lower bound where the search ends stable', () => {
    expect(saturationOf(bracketed, () => true)).toMatchObject({ ownLoad: 0.6, isLowerBound: true });
    expect(saturationOf(open, (load) => load < 0.31)).toMatchObject({ ownLoad: 0.3, isLowerBound: true, outsidePct: 0 });
    expect(saturationOf(open, (load) => load < 0.27).outsidePct).toBeCloseTo(-10, 0);
  });

  it('takes as many runs as it says', () => {
    let runs = 0;
    const found = findSaturation((load) => (runs++, load < 0.45), 0.005, 0.6, 0.3);
    expect(found.runs).toBe(runs);
    expect(found.stableLoad).toBeLessThan(0.45);
    expect(found.unstableLoad).toBeGreaterThanOrEqual(0.45);
  });
});

describe('sections of a page', () => {
  const page = '# Page\ntext\n\n## One\nfirst\n\n## Two\nsecond\n';

  it('are replaced alone, and added when missing', () => {
    expect(withSection(page, 'One', '## One\nnew')).toBe('# Page\ntext\n\n## One\nnew\n\n## Two\nsecond\n');
    expect(withSection(page, 'Two', '## Two\nnew')).toBe('# Page\ntext\n\n## One\nfirst\n\n## Two\nnew\n');
    expect(withSection(page, 'Three', '## Three\nthird')).toBe(`${page}\n## Three\nthird\n`);
  });

  it('go from an old page to a new one', () => {
    expect(sectionOf(page, 'One')).toBe('## One\nfirst');
    expect(sectionOf(page, 'Three')).toBeUndefined();
    const section = saturationSection([saturationOf(bracketed, (load) => load < 0.36)]);
    expect(sectionOf(withSection(page, 'Saturation', section), 'Saturation')).toBe(section);
    expect(section).toContain('| a | 0.4 | 0.5 | 0.360 | -10.0 % |');
    expect(section).toContain('1 curves with a bracket, 0 with a lower bound only; 1 more than 3 % outside.');
  });
});
