import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { linkUses, meshLinks, schedulesOf, type RunResult } from '../../../core/index.js';
import { curveOf } from '../../../plugins/exporters/html-report/charts/occupancy-chart.js';
import { clientScript } from '../../../plugins/exporters/html-report/assets.js';
import { firstEndingAfter, ganttModel, spanAt } from '../../../plugins/exporters/html-report/client/gantt-model.js';
import { ganttData } from '../../../plugins/exporters/html-report/gantt-data.js';
import { htmlReportPlugin } from '../../../plugins/exporters/html-report/index.js';
import { activityColours, layerColours } from '../../../plugins/exporters/html-report/palette.js';
import { exportWith, textOf } from './export-with.js';
import { spansOf } from './gantt-spans.js';
import { dataOf, draw, markupOf } from './report-page.js';
import { brokenResult, experimentResult, sampleResult } from './sample-result.js';
import { some } from '../../many.js';

const slow = sampleResult({ scenario: 'layer-by-layer' });
const fast = sampleResult({ scenario: 'fused', waiting: 0.4 });
const all = [slow, fast, brokenResult(), experimentResult()];
const page = textOf(exportWith(htmlReportPlugin, all));

describe('page', () => {
  test('is one file that loads nothing', () => {
    expect(exportWith(htmlReportPlugin, all).map((file) => file.name)).toEqual(['report.html']);
    const markup = page.replace(/(<script[^>]*>).*?(<\/script>)/gs, '$1$2');
    expect(markup).not.toMatch(/<(link|iframe|img|object|embed|base)\b|\ssrc=|\shref=|@import|url\(/i);
    expect(markup).toContain('default-src &#39;none&#39;');
    expect(markup).not.toContain('unsafe-eval');
  });

  test('tells in text what the charts tell in pictures', () => {
    const markup = markupOf(page);
    expect(markup).toContain(`${slow.simulation.cycles.toLocaleString('en-US')} cycles`);
    expect(markup).toMatch(/fused is 1\.\d\d times as fast as layer-by-layer/);
    expect(markup).toContain('The average array of layer-by-layer spends');
    expect(markup).toContain('Deadlock at 2.000 us');
    expect(markup).toContain('buffer core0.O.0 to be released');
    expect(markup).toContain(slow.digest);
    expect(markup).toContain(Object.values(slow.inputs)[0]);
    expect(markup).toContain('averageLatencyCycles');
  });

  test('has the statistics of the blocks, by plugin, folded', () => {
    const markup = markupOf(textOf(exportWith(htmlReportPlugin, [{ ...slow, statisticDescriptions: { sram: { operations: 'Served <operations>' } } }])));
    expect(markup).toContain('<details><summary>sram (memory), 4 blocks: 1 statistic</summary>');
    expect(markup).toContain('<td class="text">operations</td><td class="number">128</td>');
    expect(markup).toContain('Served &lt;operations&gt;');
    expect(markupOf(textOf(exportWith(htmlReportPlugin, [experimentResult()])))).not.toContain('Statistics of the blocks');
  });

  test('one run has no tabs and no comparison', () => {
    const markup = markupOf(textOf(exportWith(htmlReportPlugin, [slow])));
    expect(markup).not.toContain('role="tab"');
    expect(markup).not.toContain('Which run is faster');
  });

  test('every place of a chart has its chart, and the other way round', () => {
    const { charts, gantts } = dataOf(page);
    const places = [...page.matchAll(/ data-(chart|gantt)="([^"]+)"/g)].map((match) => match[2]);
    expect(places.toSorted()).toEqual([...Object.keys(charts), ...Object.keys(gantts)].toSorted());
    expect(new Set(places).size).toBe(places.length);
  });

  test('no name can become markup or end the script', () => {
    const evil = `</script><img src=x onerror="alert(1)">'"&<!--`;
    const result: RunResult = {
      ...sampleResult({ scenario: evil, layerNames: (index) => `${evil}${index}`, tiles: 1 }),
      inputs: { [evil]: 'a'.repeat(64) },
      violations: brokenResult().violations.map((violation) => ({ ...violation, message: evil })),
    };
    const text = textOf(exportWith(htmlReportPlugin, [result, slow]));
    expect(markupOf(text)).not.toMatch(/<img|<\/script|<!--/);
    expect(/id="report-data">([^<]*)<\/script>\n<script>/.exec(text)?.[1]).toContain('alert(1)');
    expect(markupOf(text)).toContain('&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&quot;&amp;&lt;!--');
    expect(dataOf(text).gantts['run0-gantt']?.layers[0]).toBe(`${evil}0`);
  });
});

describe('charts', () => {
  const { charts } = dataOf(page);

  test.each(some(Object.entries(charts), 6))('%s compiles without a warning, titles its axes and draws marks', async (_, spec) => {
    const { svg, complaints } = await draw(spec);
    expect(complaints).toEqual([]);
    expect(svg).toMatch(/(Cycles|Share|Error|time|Utilisation|Content)[^<]*/);
    expect(svg.match(/<path|<line|<rect/g)?.length).toBeGreaterThan(5);
  });

  test('a long curve keeps its peaks', () => {
    const counter = Float64Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? i : i === 10_001 ? 77 : 3));
    const curve = curveOf(counter, 20_000);
    expect(curve.length).toBeLessThan(600);
    expect(Math.max(...curve.map((point) => point.value))).toBe(77);
    expect(curve.filter((point) => point.value === 77)).toHaveLength(1);
  });

  test('links of a mesh are found by their coordinates, in the result or in the report of the network', () => {
    const reported: RunResult = {
      ...slow,
      links: [],
      blocks: [
        {
          ...slow.blocks[0]!,
          path: 'noc',
          report: {
            links: [
              { label: '0,0-1,0', bytes: 8, utilisation: 0.5 },
              { label: 'ring', bytes: 8, utilisation: 0.1 },
            ],
          },
        },
      ],
    };
    expect(meshLinks(linkUses(reported))).toEqual([{ name: 'noc.link.0,0-1,0', bytes: 8, utilisation: 0.5, network: 'noc', x: 0, y: 0, toX: 1, toY: 0 }]);
    expect(meshLinks(linkUses(slow))).toHaveLength(8);
  });
});

describe('colours', () => {
  test('a layer and a class look the same in every run and chart', () => {
    const layers = layerColours([slow, fast]);
    expect(Object.keys(layers)).toHaveLength(slow.simulation.layers.length);
    expect(new Set(Object.values(layers)).size).toBeGreaterThan(20);
    expect(activityColours([slow])['wait-input']).toBe(activityColours([fast, slow])['wait-input']);
    expect(dataOf(page).layerColours).toEqual(layerColours(schedulesOf(all)));
  });
});

describe('gantt', () => {
  const gantt = ganttData(slow, 1e6)!;

  test('keeps every span as it was while there are few', () => {
    const row = gantt.rows.findIndex(({ name }) => name === 'core0.pe.work');
    const recorded = slow.trace?.tracks.find(({ path }) => path === 'core0.pe.work')?.spans ?? new Float64Array(0);
    const starts = [...recorded].filter((_, i) => i % 4 === 0);
    expect(spansOf(gantt, row).map(({ start }) => start)).toEqual(starts);
    expect(gantt.mergedBelowTicks).toBe(0);
    expect(gantt.rows[0]?.kind).toBe('core');
    expect(gantt.rows.at(-1)?.kind).toBe('queue');
  });
});

describe('script of the page', () => {
  test('is one script, not a module that asks for others, and is in the page', () => {
    const script = clientScript();
    expect(() => new Script(script)).not.toThrow();
    expect(() => new Script("import './gantt-view.js';")).toThrow(SyntaxError);
    expect(script).not.toMatch(/\brequire\(/);
    expect(page).toContain(script.trim());
  });

  test('reads the rows that the exporter writes', () => {
    const model = ganttModel(ganttData(slow, 1e6)!);
    const row = model.rows.find(({ name }) => name === 'core0.pe.work')!;
    const recorded = slow.trace!.tracks.find(({ path }) => path === 'core0.pe.work')!.spans!;
    expect([...row.starts].flatMap((start, i) => [start, row.ends[i]!])).toEqual([...recorded].filter((_, i) => i % 4 < 2));
    const operation = slow.trace!.operations.find(({ id }) => id === recorded[3])!;
    expect(model.facts(row, 0)).toMatchObject({ layer: operation.layer, kind: 'compute', label: 'wait-input', operation: operation.id, merged: 1 });
  });

  test('finds the span under the pointer, or one within reach', () => {
    const [row] = ganttModel({
      ...ganttData(slow, 1e6)!,
      rows: [{ name: 'r', group: '', kind: 'core', labels: ['busy'], spans: [100, 50, 0, -1, 1, 200, 50, 0, -1, 1] }],
    }).rows;
    expect([89, 90, 120, 160, 161, 339, 340, 375, 410, 411].map((tick) => spanAt(row!, tick, 10))).toEqual([-1, 0, 0, 0, -1, -1, 1, 1, 1, -1]);
    expect([0, 149, 150, 400].map((tick) => firstEndingAfter(row!, tick))).toEqual([0, 0, 1, 2]);
  });
});
