import { describe, expect, it } from 'vitest';
import {
  cellText,
  flexibleColumn,
  formatBytes,
  formatBytesShort,
  formatCount,
  formatEnergy,
  formatFixed,
  formatLoad,
  formatLoadShort,
  formatPercent,
  formatSeconds,
  formatSi,
  formatSignedPercent,
  leftColumn,
  rightColumn,
  shorten,
  textTable,
  wrapText,
} from '../../../core/index.js';

describe('numbers', () => {
  it.each([
    [formatCount(1234567), '1,234,567'],
    [formatCount(-1234.6), '-1,235'],
    [formatCount(12.5), '12.50'],
    [formatCount(0.29983), '0.2998'],
    [formatCount(0.5), '0.5'],
    [formatCount(-0.0000123456), '-0.00001235'],
    [formatCount(3.2e-9), '3.2e-9'],
    [formatCount(123.456, 3), '123.456'],
    [formatCount(1234, 3), '1,234'],
    [formatCount(NaN), '-'],
    [formatCount(null), '-'],
    [formatCount(Infinity), 'unlimited'],
    [formatFixed(1800, 1), '1,800.0'],
    [formatFixed(NaN, 1), '-'],
    [formatSeconds(0.002988755), '2.989 ms'],
    [formatSeconds(9.9996e-7), '1.000 us'],
    [formatSeconds(0), '0 s'],
    [formatSeconds(4321), '4,321 s'],
    [formatSi(8_100_000), '8.100 M'],
    [formatSi(12.3e9, 'B/s'), '12.30 GB/s'],
    [formatSi(0.5, 'Hz'), '0.500 Hz'],
    [formatEnergy(2_741_000_000), '2.741 mJ'],
    [formatBytes(512), '512 B'],
    [formatBytes(1536), '1.500 KiB'],
    [formatBytes(2 ** 30), '1.000 GiB'],
    [formatBytesShort(602_112), '588K'],
    [formatBytesShort(1000), '1000'],
    [formatBytesShort(5 * 2 ** 40), '5120G'],
    [formatPercent(0.931), '93.1 %'],
    [formatPercent(Infinity), '-'],
    [formatSignedPercent(0.032), '+3.2 %'],
    [formatSignedPercent(0.0383, 2), '+3.83 %'],
    [formatSignedPercent(-0.292), '-29.2 %'],
    [formatSignedPercent(undefined), '-'],
    [formatLoad(0.5), '0.5000'],
    [formatLoadShort(0.5), '0.5'],
    [cellText({ a: 1 }), '{"a":1}'],
    [cellText(undefined), '-'],
  ])('%s reads %s', (text, expected) => expect(text).toBe(expected));
});

describe('text table', () => {
  it('aligns, and cuts flexible columns in the middle to fit', () => {
    const lines = textTable(
      [flexibleColumn('name'), rightColumn('n')],
      [
        ['a-very-long-layer-name.conv1', 1],
        ['b', 1000],
      ],
      20,
    );
    expect(lines).toEqual(['name               n', '-------------  -----', 'a-very..conv1      1', 'b              1,000']);
  });

  it('cuts by turns, and no column below its least width', () => {
    const columns = [flexibleColumn('first', 1, 12), leftColumn('fixed'), flexibleColumn('second', 2, 10)];
    const long = 'x'.repeat(30);
    const widthsAt = (width: number): number[] =>
      (textTable(columns, [[long, 'y'.repeat(20), long]], width)[1] ?? '').split('  ').map((dashes) => dashes.length);
    expect(widthsAt(84)).toEqual([30, 20, 30]);
    expect(widthsAt(70)).toEqual([16, 20, 30]);
    expect(widthsAt(60)).toEqual([12, 20, 24]);
    expect(widthsAt(20)).toEqual([12, 20, 10]);
  });

  it('cuts prose at its end', () => {
    expect(textTable([{ ...flexibleColumn('what'), cut: 'end' }], [['Words served by the bank']], 14)[2]).toBe('Words served..');
  });

  it('keeps both ends of a long name', () => expect(shorten('layer1.0.conv1', 10)).toBe('laye..onv1'));
  it('wraps words', () => expect(wrapText('one two three', 7, '  ')).toEqual(['one two', '  three']));
});
