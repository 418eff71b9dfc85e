import { formatLoad, type LoadPoint, type Saturation } from 'tessera-sim';
import { HUES } from '../palette.js';
import { chart, type Spec } from './spec.js';

/** Latencies of a packet that are drawn, from the lowest curve to the highest. */
const LATENCIES = [
  ['mean', 'packetLatency', HUES[0]],
  ['95th percentile', 'latencyP95', HUES[1]],
  ['99th percentile', 'latencyP99', HUES[4]],
] as const;

const STABLE = 'stable';
const UNSTABLE = 'unstable';
const SATURATION_COLOUR = '#d55e00';
const LOAD_TITLE = 'Offered load (flits/node/cycle)';
const HEIGHT = 300;

/** Latency over offered load. The axis is logarithmic: behind saturation latencies are whatever the length of the run makes them. */
export function loadLatencyChart(points: readonly LoadPoint[], saturation: Saturation | undefined): Spec {
  const values = points.flatMap((point) => LATENCIES.map(([latency, field]) => ({ load: point.load, latency, cycles: point[field], state: stateOf(point) })));
  const y = {
    field: 'cycles',
    type: 'quantitative',
    title: 'Packet latency (cycles)',
    scale: { type: 'log', nice: false, domain: latencyDomain(values) },
    axis: { values: latencyTicks(values), format: ',~r' },
  };
  const color = {
    field: 'latency',
    type: 'nominal',
    title: null,
    scale: { domain: LATENCIES.map(([name]) => name), range: LATENCIES.map(([, , colour]) => colour) },
  };
  const tooltip = [loadTip, { field: 'latency', title: 'latency' }, { field: 'cycles', title: 'cycles', format: ',.1f' }, { field: 'state', title: 'state' }];
  return chart({ height: HEIGHT, layer: [...saturationLayers(saturation), ...curveLayers(values, points, { y, color, tooltip })] });
}

/** What the network delivered of what it was offered; on the diagonal it delivers all. */
export function acceptedRateChart(points: readonly LoadPoint[], saturation: Saturation | undefined): Spec {
  const values = points.map((point) => ({ load: point.load, rate: point.acceptedRate, state: stateOf(point) }));
  const highest = points.reduce((most, { load }) => Math.max(most, load), -Infinity);
  const diagonal = {
    data: {
      values: [
        { load: 0, rate: 0 },
        { load: highest, rate: highest },
      ],
    },
    mark: { type: 'line', color: '#8a929c', strokeDash: [2, 3], strokeWidth: 1.5 },
    encoding: { x: { field: 'load', type: 'quantitative' }, y: { field: 'rate', type: 'quantitative' } },
  };
  const y = { field: 'rate', type: 'quantitative', title: 'Accepted (flits/node/cycle)', axis: { tickCount: 6 } };
  const tooltip = [loadTip, { field: 'rate', title: 'accepted (flits/node/cycle)', format: '.4f' }, { field: 'state', title: 'state' }];
  return chart({
    height: HEIGHT,
    layer: [diagonal, ...saturationLayers(saturation), ...curveLayers(values, points, { y, color: { value: HUES[2] }, tooltip })],
  });
}

/** Mean latency over load of several runs, for example of several routings. */
export function curvesChart(runs: readonly { readonly name: string; readonly points: readonly LoadPoint[] }[]): Spec {
  const values = runs.flatMap(({ name, points }) =>
    points.map((point) => ({ run: name, load: point.load, cycles: point.packetLatency, state: stateOf(point) })),
  );
  const y = {
    field: 'cycles',
    type: 'quantitative',
    title: 'Mean packet latency (cycles)',
    scale: { type: 'log', nice: false, domain: latencyDomain(values) },
    axis: { values: latencyTicks(values), format: ',~r' },
  };
  const names = runs.map(({ name }) => name);
  const color = {
    field: 'run',
    type: 'nominal',
    title: null,
    sort: null,
    scale: { domain: names, range: names.map((_, i) => HUES[i % HUES.length]) },
    legend: { columns: 3, labelLimit: 320 },
  };
  const tooltip = [{ field: 'run', title: 'run' }, loadTip, { field: 'cycles', title: 'cycles', format: ',.1f' }, { field: 'state', title: 'state' }];
  return chart({
    height: HEIGHT,
    layer: curveLayers(
      values,
      runs.flatMap(({ points }) => points),
      { y, color, tooltip },
    ),
  });
}

const loadTip = { field: 'load', title: 'offered (flits/node/cycle)', format: '.4f' };

function stateOf({ stable }: LoadPoint): string {
  return stable ? STABLE : UNSTABLE;
}

interface CurveEncoding {
  readonly y: Spec;
  readonly color: Spec;
  readonly tooltip: readonly Spec[];
}

/** A thin line through all points; filled marks where the run was stable, crosses where it was not. */
function curveLayers(values: readonly Spec[], points: readonly LoadPoint[], { y, color, tooltip }: CurveEncoding): Spec[] {
  const x = { field: 'load', type: 'quantitative', title: LOAD_TITLE, axis: { tickCount: 8 }, scale: { zero: true, nice: true } };
  const states = [STABLE, UNSTABLE].filter((state) => points.some((point) => stateOf(point) === state));
  const shape = {
    field: 'state',
    type: 'nominal',
    title: null,
    scale: { domain: states, range: states.map((state) => (state === STABLE ? 'circle' : CROSS)) },
    legend: { symbolStrokeWidth: 2, symbolSize: 75 },
  };
  return [
    { data: { values }, mark: { type: 'line', strokeWidth: 1.8 }, encoding: { x, y, color } },
    { data: { values }, mark: { type: 'point', size: 75, filled: false, strokeWidth: 2, opacity: 1 }, encoding: { x, y, color, shape, tooltip } },
  ];
}

/** An x of two strokes. */
const CROSS = 'M-1,-1L1,1M-1,1L1,-1';

/** The highest stable load as a rule, and how far the bisection left it open as a band. */
function saturationLayers(saturation: Saturation | undefined): Spec[] {
  if (saturation === undefined || saturation.unstableLoad === undefined) return [];
  const { stableLoad: load, unstableLoad: until } = saturation;
  const data = { values: [{ load, until, text: `saturation ${Number(formatLoad(load))}` }] };
  const x = { field: 'load', type: 'quantitative' };
  return [
    { data, mark: { type: 'rect', color: SATURATION_COLOUR, opacity: 0.12 }, encoding: { x, x2: { field: 'until' } } },
    {
      data,
      mark: { type: 'rule', color: SATURATION_COLOUR, strokeDash: [5, 3], strokeWidth: 1.5 },
      encoding: {
        x,
        tooltip: [
          { field: 'load', title: 'highest stable load', format: '.4f' },
          { field: 'until', title: 'lowest unstable load', format: '.4f' },
        ],
      },
    },
    { data, mark: { type: 'text', align: 'right', dx: -5, dy: 8, fontSize: 11 }, encoding: { x, y: { value: 0 }, text: { field: 'text' } } },
  ];
}

/** Whole factors of ten would squeeze a curve that spans one. */
function latencyDomain(values: readonly { readonly cycles: number }[]): [number, number] {
  const cycles = values.map((value) => value.cycles).filter((value) => value > 0);
  const least = cycles.reduce((a, b) => Math.min(a, b), Infinity);
  const most = cycles.reduce((a, b) => Math.max(a, b), -Infinity);
  return [Math.max(1, least * 0.8), most * 1.15];
}

/** 1, 2, 5 times the powers of ten within the domain. */
function latencyTicks(values: readonly { readonly cycles: number }[]): number[] {
  const [least, most] = latencyDomain(values);
  const ticks: number[] = [];
  for (let decade = 10 ** Math.floor(Math.log10(least)); decade <= most; decade *= 10) ticks.push(...[1, 2, 5].map((step) => step * decade));
  return ticks.filter((tick) => tick >= least && tick <= most);
}
