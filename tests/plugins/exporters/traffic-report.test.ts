import { describe, expect, test } from 'vitest';
import { latencyBins, loadCurve, saturationOf, type RunResult } from '../../../core/index.js';
import { csvPlugin } from '../../../plugins/exporters/csv/index.js';
import { htmlReportPlugin } from '../../../plugins/exporters/html-report/index.js';
import { tablePlugin } from '../../../plugins/exporters/table/index.js';
import { exportWith, textOf } from './export-with.js';
import { dataOf, draw, layersOf, markupOf } from './report-page.js';
import { CURVE, trafficResult } from './traffic-result.js';
import { some } from '../../many.js';

const result = trafficResult({ saturationLoad: 0.6 });
const page = textOf(exportWith(htmlReportPlugin, [result]));
const { charts } = dataOf(page);
const stableOnly = trafficResult({ curve: CURVE.filter((row) => row['stable'] === true) });

describe('load-latency plot', () => {
  const points = layersOf(charts['run0-load-latency']).find(({ mark }) => mark.type === 'point')!;

  test('has mean, p95 and p99 of every load, in the order of the loads', () => {
    const means = points.data.values.filter(({ latency }) => latency === 'mean');
    expect(means.map(({ load, cycles }) => [load, cycles])).toEqual([
      [0.1, 21],
      [0.3, 24],
      [0.5, 33],
      [0.6, 80],
      [0.7, 600],
      [1, 900],
    ]);
    expect(points.data.values).toHaveLength(3 * CURVE.length);
    expect(points.data.values.find(({ latency, load }) => latency === '99th percentile' && load === 0.5)?.['cycles']).toBe(99);
  });

  test('marks unstable loads, and only those, by another shape', () => {
    const unstable = points.data.values.filter(({ state }) => state === 'unstable').map(({ load }) => load);
    expect([...new Set(unstable)]).toEqual([0.7, 1]);
    expect(points.encoding['shape']?.scale?.domain).toEqual(['stable', 'unstable']);
    const other = layersOf(dataOf(textOf(exportWith(htmlReportPlugin, [stableOnly]))).charts['run0-load-latency']).find(({ mark }) => mark.type === 'point');
    expect(other?.encoding['shape']?.scale?.domain).toEqual(['stable']);
  });

  test('has a rule at the saturation load and a band up to the unstable one', () => {
    const rule = (spec = charts['run0-load-latency']): unknown => layersOf(spec).find(({ mark }) => mark.type === 'rule')?.data.values[0];
    expect(rule()).toMatchObject({ load: 0.6, until: 0.7 });
    expect(rule(dataOf(textOf(exportWith(htmlReportPlugin, [trafficResult()]))).charts['run0-load-latency'])).toMatchObject({ load: 0.6, until: 0.7 });
    expect(saturationOf(trafficResult({ curve: CURVE.filter((row) => row['stable'] === true) }))).toBeUndefined();
    expect(saturationOf(trafficResult({ curve: CURVE.filter((row) => row['stable'] === true), saturationLoad: 1 }))).toEqual({
      stableLoad: 1,
      unstableLoad: undefined,
    });
  });

  test('every latency lies inside the logarithmic axis', () => {
    const [least, most] = points.encoding['y']!.scale!.domain as [number, number];
    const cycles = points.data.values.map((value) => Number(value['cycles']));
    expect(least).toBeGreaterThan(0);
    expect(Math.min(...cycles)).toBeGreaterThan(least);
    expect(Math.max(...cycles)).toBeLessThan(most);
  });

  test('the accepted rate is drawn over the same loads', () => {
    const accepted = layersOf(charts['run0-accepted']).find(({ mark }) => mark.type === 'point')!;
    expect(accepted.data.values.map(({ load, rate }) => [load, rate])).toEqual([
      [0.1, 0.1],
      [0.3, 0.3],
      [0.5, 0.5],
      [0.6, 0.6],
      [0.7, 0.65],
      [1, 0.65],
    ]);
  });

  test('one load is no curve, but has its table', () => {
    const single = textOf(exportWith(htmlReportPlugin, [trafficResult({ curve: CURVE.slice(1, 2) })]));
    expect(Object.keys(dataOf(single).charts)).not.toContain('run0-load-latency');
    expect(markupOf(single)).toContain('0.1000');
  });
});

describe('packets', () => {
  test('bins of the histogram are as wide as the smallest step between them', () => {
    expect(latencyBins(result)).toEqual([
      { from: 12, until: 16, packets: 5 },
      { from: 16, until: 20, packets: 90 },
      { from: 28, until: 32, packets: 5 },
    ]);
    expect(latencyBins({ ...result, tables: {} })).toEqual([]);
  });

  test('waiting per flit and router times flit hops is the waiting that was counted, for every load and cause', () => {
    const { values } = (charts['run0-stall-causes'] as { data: { values: { name: string; cause: string; perHop: number }[] } }).data;
    expect(values).toHaveLength(3 * CURVE.length);
    const at = values.filter(({ name }) => name === '0.5000').map(({ cause, perHop }) => [cause, perHop * 200]);
    expect(at).toEqual([
      ['no free VC', 5],
      ['no credit', 10],
      ['lost the switch', 35],
    ]);
  });
});

describe('page of traffic', () => {
  test.each(some(Object.entries(charts), 3))('%s compiles without a warning and draws marks', async (_, spec) => {
    const { svg, complaints } = await draw(spec);
    expect(complaints).toEqual([]);
    expect(svg.match(/<path|<line|<rect/g)?.length).toBeGreaterThan(5);
  });

  test('draws curve, rate, histogram, causes and network, each where the page has a place for it', () => {
    const places = [...page.matchAll(/ data-chart="([^"]+)"/g)].map((match) => match[1]);
    expect(places.toSorted()).toEqual(Object.keys(charts).toSorted());
    for (const name of ['load-latency', 'accepted', 'latency', 'stall-causes', 'network-0', 'network-0-vcs', 'network-0-links'])
      expect(places).toContain(`run0-${name}`);
  });

  test('says in text what the curve says in a picture', () => {
    const markup = markupOf(page);
    expect(markup).toContain('saturates between 0.6000 and 0.7000 flits/node/cycle');
    expect(markup).toMatch(/>1,800<.*>no</s);
    expect(markup).toContain('9 routers, 24 links');
    expect(markup).not.toMatch(/NaN|undefined|\[object/);
  });

  test('loads nothing', () => {
    const addresses = JSON.stringify(Object.values(charts)).match(/https?:[^"]+/g) ?? [];
    // The schema's name is a name; vega-lite does not fetch it.
    expect(new Set(addresses)).toEqual(new Set(['https://vega.github.io/schema/vega-lite/v5.json']));
    expect(markupOf(page)).not.toMatch(/https?:|\ssrc=|\shref=/);
    expect(JSON.stringify(charts)).not.toContain('"url"');
  });

  test('no name of a network can become markup', () => {
    const evil = '</script><img src=x onerror="alert(1)">';
    const links = result.tables!['links']!.map((link) => ({ ...link, label: evil }));
    const routers = result.tables!['routers']!.map((router) => ({ ...router, nodes: [evil] }));
    const text = textOf(
      exportWith(htmlReportPlugin, [
        { ...result, scenario: evil, tables: { ...result.tables, links, routers, [evil]: [{ [evil]: evil }] }, units: { [evil]: evil } },
      ]),
    );
    expect(markupOf(text)).not.toMatch(/<img|<\/script/);
    expect(markupOf(text)).toContain('&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(JSON.stringify(dataOf(text).charts['run0-network-0'])).toContain('alert(1)');
  });

  test('curves of several runs share a plot; a curve is not faster than another', () => {
    const other = trafficResult({ scenario: 'mesh-transpose', saturationLoad: 0.3 });
    const both = textOf(exportWith(htmlReportPlugin, [result, other]));
    const points = layersOf(dataOf(both).charts['runs-curves']).find(({ mark }) => mark.type === 'point')!;
    expect(points.data.values.filter(({ run }) => run === 'mesh-transpose')).toHaveLength(CURVE.length);
    expect(markupOf(both)).not.toContain('times as fast');
  });

  test('a result as its JSON document reads gives the same charts', () => {
    const read = JSON.parse(JSON.stringify(result)) as RunResult;
    expect(dataOf(textOf(exportWith(htmlReportPlugin, [read]))).charts).toEqual(charts);
  });
});

describe('other exporters of traffic', () => {
  test('the terminal shows the curve whole, its saturation and the busiest links', () => {
    const text = textOf(exportWith(tablePlugin, [result]));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^0\.7000 +NO +0\.6500 +600\.0 +599 +1,200 +1,800 +2,400 +20\.0 +3\.50 +1,000$/m);
    expect(text).toContain('The network saturates between 0.6000 and 0.7000 flits/node/cycle.');
    expect(text).toMatch(/^r8\.3-r5 +230 flits +2\.3 % +1\.7 0\.6$/m);
    expect(text).not.toMatch(/vcFlits|undefined|NaN/);
  });

  test('a curve without numbers is left to the general table', () => {
    const odd = { ...result, tables: { curve: [{ load: 'high', voltage: 3 }] } };
    expect(loadCurve(odd)).toEqual([]);
    expect(textOf(exportWith(tablePlugin, [odd]))).toMatch(/^high +3$/m);
  });

  test('CSV has a file for every table, in full precision, units in the header', () => {
    const files = exportWith(csvPlugin, [result]);
    expect(files.map(({ name }) => name)).toEqual([
      'runs.csv',
      'metrics.csv',
      'experiment-curve.csv',
      'experiment-latencyHistogram.csv',
      'experiment-links.csv',
      'experiment-routers.csv',
    ]);
    const [header, ...rows] = textOf(files, 'experiment-curve.csv').trim().split('\r\n');
    expect(header).toMatch(/^run,load_flits_per_node_per_cycle,stable,acceptedRate,packets,packetLatency_cycles,/);
    expect(rows[1]).toMatch(/^mesh-uniform,0\.1,true,0\.1,1000,21,/);
    expect(textOf(files, 'experiment-links.csv')).toContain('mesh-uniform,0,1,r0.0-r1,0,0 0,0\r\n');
    expect(textOf(files, 'experiment-latencyHistogram.csv')).toMatch(/^run,latencyCycles,packets\r\n/);
  });
});
