import { describe, expect, it } from 'vitest';
import { speedUps } from '../../../core/suite/report/speed-up.js';
import { suiteCsv } from '../../../core/suite/report/suite-csv.js';
import { suitePage } from '../../../core/suite/report/suite-page.js';
import { sweepPlots } from '../../../core/suite/report/sweeps.js';
import type { SuiteEntry } from '../../../core/suite/run-suite.js';

const shared = { file: 's.yaml', reasons: [], problems: [], wallSeconds: 1, isReproducible: true, isFromStore: false, verdict: 'as-expected' } as const;

function entry(set: SuiteEntry['set'], cycles: number, more: Partial<SuiteEntry> = {}): SuiteEntry {
  const figures = { cycles: { value: cycles, unit: 'cycles' }, seconds: { value: cycles / 1e9, unit: 's' }, energyPj: { value: 5e6, unit: 'pJ' } };
  return { ...shared, name: `s ${JSON.stringify(set)}`, set, cycles, figures, energyMissing: [], ...more };
}

const grid = [1, 2].flatMap((channels) =>
  [1, 2, 4].map((copies) =>
    entry({ 'machine.dram.with.channels': channels, 'machine.core.copies': copies, 'machine.noc.with.columns': 2 * copies }, 1200 / (copies * channels)),
  ),
);

describe('the report of a suite', () => {
  it('has the speed-up against the first run of the scenario that came to its end', () => {
    const cut = entry({ a: 0 }, 10, { verdict: 'interrupted' });
    expect(speedUps([cut, ...grid, entry({}, 50, { file: 'other.yaml' })])).toEqual([undefined, 1, 2, 4, 2, 4, 8, 1]);
  });

  it('plots each axis, parameters that move together as one, with a line for each choice of the others', () => {
    const plots = sweepPlots(grid);
    expect(plots.map(({ xTitle }) => xTitle)).toEqual(['dram.channels', 'core.copies, noc.columns']);
    expect(plots[1]?.xLabels).toEqual(['1, 2', '2, 4', '4, 8']);
    expect(plots[1]?.lines.map(({ name }) => name)).toEqual(['dram.channels=1', 'dram.channels=2']);
    expect(plots[1]?.lines[1]?.points.map(({ y }) => y)).toEqual([600, 300, 150]);
  });

  it('has a row a run, its axes in columns, units in the header, blocks without energy', () => {
    const lines = suiteCsv([...grid, entry({}, 7, { energyMissing: ['core0.dma', 'noc'] })]).split('\r\n');
    expect(lines[0]).toBe(
      'run,machine.dram.with.channels,machine.core.copies,machine.noc.with.columns,verdict,cycles [cycles],seconds [s],energyPj [pJ],energy without,speed-up,digest',
    );
    expect(lines[2]).toContain(',1,2,4,as-expected,600,');
    expect(lines[7]).toContain(',core0.dma noc,');
  });

  it('is a page that escapes names, marks totals without some blocks and gives reasons', () => {
    const broken = entry({}, 0, { name: '<script>', verdict: 'bad-input', reasons: ['a < b'], figures: {} });
    const page = suitePage('sweep', [...grid, entry({}, 7, { energyMissing: ['noc'] }), broken], 9);
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;: bad-input');
    expect(page).toContain('5.000 uJ *');
    expect(page).toContain('1 not run');
    expect(page.match(/<svg/g)).toHaveLength(2);
  });
});
