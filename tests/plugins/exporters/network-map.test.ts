import { describe, expect, test } from 'vitest';
import { networkMaps, vcUtilisation, type NetworkMap, type RunResult } from '../../../core/index.js';
import { csvPlugin } from '../../../plugins/exporters/csv/index.js';
import { mapCells } from '../../../plugins/exporters/html-report/charts/network-map/cell-map.js';
import { placesOf, type Point } from '../../../plugins/exporters/html-report/charts/network-map/places.js';
import { drawnLinks, sizesFor, type DrawnLink } from '../../../plugins/exporters/html-report/charts/network-map/strokes.js';
import { htmlReportPlugin } from '../../../plugins/exporters/html-report/index.js';
import type { NetworkDescription } from '../../../plugins/networks/noc-flit/api.js';
import { everyNetwork } from '../networks/noc-flit/networks.js';
import { exportWith, textOf } from './export-with.js';
import { dataOf, draw, layersOf, markupOf } from './report-page.js';
import { sampleResult } from './sample-result.js';
import { networkTables, trafficResult } from './traffic-result.js';

function mapOf(topology: string, options: NetworkDescription['options']): NetworkMap {
  return networkMaps(trafficResult({ network: { topology, options } }))[0]!;
}

function drawnOf(map: NetworkMap): { drawn: DrawnLink[]; routers: readonly Point[]; side: number } {
  const places = placesOf(map);
  const sizes = sizesFor(places.pitch);
  return { drawn: drawnLinks(map, places, sizes), routers: places.routers, side: sizes.router };
}

/** How far a router is from the nearest point of a stroke. */
function distance({ x, y }: Point, stroke: readonly Point[]): number {
  return Math.min(
    ...stroke.slice(1).map((b, i) => {
      const a = stroke[i]!;
      const squared = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
      const t = squared === 0 ? 0 : Math.max(0, Math.min(1, ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / squared));
      return Math.hypot(x - a.x - t * (b.x - a.x), y - a.y - t * (b.y - a.y));
    }),
  );
}

const drawable = everyNetwork
  .map(({ name, description }) => [name, description] as const)
  .filter(([, { topology, options }]) => topology !== 'crossbar' && !(topology === 'fly' && options['n'] === 1));

describe('strokes', () => {
  test.each(drawable)('of %s: every link is drawn, hides behind no router of others and no other link', (_, { topology, options }) => {
    const map = mapOf(topology, options);
    const { drawn, routers, side } = drawnOf(map);
    expect(drawn.map(({ link }) => link)).toEqual(map.links);
    const covered = drawn.flatMap(({ link, strokes }) =>
      routers
        .filter((router, index) => index !== link.from && index !== link.to && strokes.some((stroke) => distance(router, stroke) < side / 4))
        .map(() => link.label),
    );
    expect(covered).toEqual([]);
    const courses = drawn.flatMap(({ strokes }) =>
      strokes.map((stroke) =>
        stroke
          .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
          .toSorted()
          .join(' '),
      ),
    );
    expect(new Set(courses).size).toBe(courses.length);
  });

  test('links of a mesh are straight, each on the right of its way', () => {
    const { drawn, routers } = drawnOf(mapOf('mesh', { k: 3, n: 2 }));
    const east = drawn.find(({ link }) => link.from === 0 && link.to === 1)!.strokes;
    const west = drawn.find(({ link }) => link.from === 1 && link.to === 0)!.strokes;
    expect(east).toHaveLength(1);
    expect(east[0]![0]!.y).toBeGreaterThan(routers[0]!.y);
    expect(west[0]![0]!.y).toBeLessThan(routers[0]!.y);
  });

  test('a link round a torus is a stub out over one edge and a stub in over the other', () => {
    const { drawn, routers } = drawnOf(mapOf('torus', { k: 4, n: 2 }));
    const round = drawn.find(({ link }) => link.from === 3 && link.to === 0)!.strokes;
    expect(round).toHaveLength(2);
    expect(round[0]![1]!.x).toBeGreaterThan(routers[3]!.x);
    expect(round[1]![0]!.x).toBeLessThan(routers[0]!.x);
    expect(drawn.filter(({ strokes }) => strokes.length === 2)).toHaveLength(16);
  });

  test('an express channel bends round the routers that it passes', () => {
    const { drawn } = drawnOf(mapOf('cmesh', { k: 4, c: 4 }));
    const express = drawn.find(({ link }) => link.from === 0 && link.to === 2)!.strokes;
    expect(express).toHaveLength(1);
    expect(express[0]!.length).toBeGreaterThan(5);
    expect(Math.min(...express[0]!.map(({ y }) => y))).toBeLessThan(0);
  });
});

describe('heat map', () => {
  const { charts } = dataOf(textOf(exportWith(htmlReportPlugin, [trafficResult()])));
  const [rules] = layersOf(charts['run0-network-0']);

  test('colours by utilisation up to a round number; a stroke tells flits and virtual channels', () => {
    const busiest = rules!.data.values.find(({ label }) => label === 'r8.3-r5');
    expect(busiest).toMatchObject({ percent: 2.3, carried: '230 flits', vcs: 'VC 0: 1.7 %, VC 1: 0.6 %', link: 'router 8 to router 5 (r8.3-r5)' });
    expect(rules!.encoding['color']?.scale?.domain).toEqual([0, 2.5, 5]);
    expect(rules!.data.values).toHaveLength(24);
  });

  test('virtual channels sum to the mean utilisation of the links', () => {
    const map = mapOf('mesh', { k: 3, n: 2 });
    const mean = map.links.reduce((sum, { utilisation }) => sum + utilisation, 0) / map.links.length;
    expect(vcUtilisation(map).reduce((a, b) => a + b, 0)).toBeCloseTo(mean, 12);
  });

  test('a 16 x 16 mesh is drawn link by link, in a page that stays small', async () => {
    const large = textOf(exportWith(htmlReportPlugin, [trafficResult({ network: { topology: 'mesh', options: { k: 16, n: 2 } } })]));
    const spec = dataOf(large).charts['run0-network-0']!;
    expect(layersOf(spec)[0]!.data.values).toHaveLength(960);
    const { svg, complaints } = await draw(spec);
    expect(complaints).toEqual([]);
    expect(svg.match(/<line/g)!.length).toBeGreaterThanOrEqual(960);
    expect(JSON.stringify(spec).length).toBeLessThan(300_000);
  });

  test('a 64 x 64 mesh is drawn as cells, and the page says so', () => {
    const network = { topology: 'mesh', options: { k: 64, n: 2 } };
    const huge = trafficResult({ network });
    const map = networkMaps(huge)[0]!;
    const cells = mapCells(map);
    expect(cells).toHaveLength(32 * 32);
    expect(cells.every(({ routers, percent, meanPercent }) => routers === 4 && meanPercent <= percent)).toBe(true);
    expect(Math.max(...cells.map(({ percent }) => percent))).toBeCloseTo(100 * Math.max(...map.links.map(({ utilisation }) => utilisation)), 9);
    const page = textOf(exportWith(htmlReportPlugin, [huge]));
    expect(markupOf(page)).toContain('a cell stands for 2 x 2 places');
    expect(markupOf(page)).toContain('The first 400 of 16,128 links');
    expect(layersOf(dataOf(page).charts['run0-network-0'])).toEqual([]);
  });
});

describe('networks of a machine', () => {
  const { links, routers } = networkTables({ topology: 'mesh', options: { k: 2, n: 2 } });
  const carried = links.map((link): Record<string, unknown> => ({ ...link, bytes: 16 * Number(link['flits']) }));
  const [first, ...others] = sampleResult({ withTrace: false }).blocks;
  const noc = {
    ...first!,
    path: 'noc',
    plugin: 'noc-flit',
    kind: 'network',
    statistics: {
      flitHops: { value: 100, unit: 'flits' },
      stallNoVc: { value: 5, unit: 'cycles' },
      stallNoCredit: { value: 0, unit: 'cycles' },
      stallLostSwitch: { value: 20, unit: 'cycles' },
    },
    report: { topology: { name: 'mesh', routers: routers.map((router) => ({ ...router, nodes: ['core0.dma'] })) }, links: carried },
  };
  const machine: RunResult = { ...sampleResult({ withTrace: false }), links: [], blocks: [noc, ...others.filter(({ path }) => path !== 'noc')] };
  const page = textOf(exportWith(htmlReportPlugin, [machine]));

  test('have their heat map with the blocks attached, and what flits waited for', () => {
    const { charts } = dataOf(page);
    const map = layersOf(charts['run0-network-0']);
    expect(map[0]!.data.values).toHaveLength(8);
    expect(map.at(-1)!.data.values[0]).toMatchObject({ name: '0', nodes: 'core0.dma' });
    expect(JSON.stringify(charts['run0-network-0-causes'])).toContain('"perHop":0.2');
    expect(markupOf(page)).toContain('Network noc');
  });

  test('are drawn once, also when their links are named by coordinates', () => {
    const named = { ...noc, report: { ...noc.report, links: noc.report.links.map((link) => ({ ...link, label: `${Number(link['from']) % 2},0-1,1` })) } };
    const maps = Object.keys(dataOf(textOf(exportWith(htmlReportPlugin, [{ ...machine, blocks: [named] }]))).charts).filter((name) => /network-\d$/.test(name));
    expect(maps).toEqual(['run0-network-0']);
  });

  test('have their links in the CSV, one that names unknown routers left out', () => {
    const broken = { ...noc, report: { ...noc.report, links: [...noc.report.links, { ...noc.report.links[0]!, from: 99 }] } };
    const text = textOf(exportWith(csvPlugin, [{ ...machine, blocks: [broken] }]), 'network-links.csv');
    expect(text.trim().split('\r\n')).toHaveLength(9);
    expect(text).toContain('noc,r0.2-r2,0,2,160,,10,7.5 2.5,0.001\r\n');
  });
});
