import { describe, expect, test } from 'vitest';
import { csvPlugin } from '../../../plugins/exporters/csv/index.js';
import { csvText } from '../../../core/text/csv.js';
import { exportWith, textOf } from './export-with.js';
import { experimentResult, sampleResult } from './sample-result.js';

/** A reader of its own, straight after the grammar of RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  let row: string[] = [];
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    row.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
    if (field.lastIndex === text.length) return rows;
  }
  throw new Error('not RFC 4180');
}

describe('csv', () => {
  test('quotes commas, quotes and line breaks; CRLF ends every line', () => {
    const text = csvText(
      ['a', 'b'],
      [
        ['x,y', 'say "hi"'],
        ['line\nbreak', 3.5],
        [undefined, NaN],
      ],
    );
    expect(text).toBe('a,b\r\n"x,y","say ""hi"""\r\n"line\nbreak",3.5\r\n,\r\n');
    expect(parseCsv(text)[2]).toEqual(['line\nbreak', '3.5']);
  });

  test('layers of all runs in full precision, also with awkward names', () => {
    const result = sampleResult({ withTrace: false, layerNames: (index) => `conv,"${index}"\n` });
    const rows = parseCsv(textOf(exportWith(csvPlugin, [result, sampleResult({ withTrace: false })]), 'layers.csv'));
    expect(rows).toHaveLength(1 + 2 * result.simulation.layers.length);
    expect(rows.every((row) => row.length === rows[0]?.length)).toBe(true);
    const [header = [], first = []] = rows;
    expect(first[header.indexOf('layer')]).toBe('conv,"0"\n');
    expect(Number(first[header.indexOf('simulated_cycles')])).toBe(result.simulation.layers[0]?.cycles);
    expect(Number(first[header.indexOf('error')])).toBe(
      (result.estimate!.layers[0]!.cycles - result.simulation.layers[0]!.cycles) / result.simulation.layers[0]!.cycles,
    );
  });

  test('stall rows of a block sum to the run', () => {
    const result = sampleResult({ withTrace: false });
    const rows = parseCsv(textOf(exportWith(csvPlugin, [result]), 'stalls.csv')).filter((row) => row[1] === 'core0.pe');
    expect(rows.reduce((sum, row) => sum + Number(row.at(-1)), 0)).toBe(result.simulation.cycles);
  });

  test('writes the tables asked for, and none without rows', () => {
    expect(exportWith(csvPlugin, [sampleResult({ withTrace: false })], { tables: ['blocks', 'metrics'] }).map((file) => file.name)).toEqual(['blocks.csv']);
    expect(exportWith(csvPlugin, [experimentResult()]).map((file) => file.name)).toEqual(['runs.csv', 'metrics.csv', 'experiment-latency.csv']);
  });
});
