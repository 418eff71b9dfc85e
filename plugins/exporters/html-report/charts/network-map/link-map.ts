import { formatPercent, vcShares, type MapLink, type NetworkMap } from 'tessera-sim';
import { carriedText } from 'tessera-sim/exporters';
import { chart, type Spec } from '../spec.js';
import { utilisationColour } from './colours.js';
import { placesOf, type Places, type Point } from './places.js';
import { drawnLinks, sizesFor, type DrawnLink, type Sizes } from './strokes.js';

const ROUTER_COLOUR = '#7d8792';
/** A name fits into a router of this many pixels. */
const NAMED_ROUTER = 17;
/** Arrowheads need this much room between routers. */
const ARROW_PITCH = 38;
/** Pixels around the drawing. */
const MARGIN = 8;

/** Routers at their places, each direction of a link as a stroke coloured by its utilisation. */
export function linkMap(map: NetworkMap): Spec {
  const places = placesOf(map);
  const sizes = sizesFor(places.pitch);
  const drawn = drawnLinks(map, places, sizes);
  const frame = frameOf([...places.routers, ...drawn.flatMap(({ strokes }) => strokes.flat())], sizes.router / 2 + MARGIN);
  const colour = utilisationColour(100 * map.links.reduce((most, { utilisation }) => Math.max(most, utilisation), 0));
  const layers = [
    strokeLayer(map, drawn, sizes, colour),
    ...(places.pitch >= ARROW_PITCH ? [arrowLayer(drawn, places, sizes)] : []),
    ...routerLayers(map, places, sizes),
  ];
  return chart({ width: frame.width, height: frame.height, layer: layers.map((layer) => placed(layer, frame)) });
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function frameOf(points: readonly Point[], margin: number): Frame {
  const range = (values: readonly number[]): [number, number] =>
    values.reduce<[number, number]>(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  const [[left, right], [top, bottom]] = [range(points.map(({ x }) => x)), range(points.map(({ y }) => y))];
  return { left: left - margin, top: top - margin, width: Math.ceil(right - left + 2 * margin), height: Math.ceil(bottom - top + 2 * margin) };
}

/** Gives a layer the axes of the drawing: one unit is one pixel, y grows downwards. */
function placed(layer: Spec, { left, top, width, height }: Frame): Spec {
  const x = { field: 'x', type: 'quantitative', axis: null, scale: { domain: [left, left + width], nice: false, zero: false } };
  const y = { field: 'y', type: 'quantitative', axis: null, scale: { domain: [top, top + height], reverse: true, nice: false, zero: false } };
  return { ...layer, encoding: { x, y, ...(layer['encoding'] as Spec) } };
}

/** Every stroke, a bent one in short pieces: each piece is pointed at like a whole one, which a line mark would not be. */
function strokeLayer(map: NetworkMap, drawn: readonly DrawnLink[], { stroke }: Sizes, color: Spec): Spec {
  const values = drawn.flatMap(({ link, strokes }) => {
    const facts = factsOf(link, map);
    return strokes.flatMap((points) => points.slice(1).map((b, i) => ({ ...facts, ...pixels(points[i]!), x2: rounded(b.x), y2: rounded(b.y) })));
  });
  return {
    data: { values },
    mark: { type: 'rule', strokeWidth: stroke, strokeCap: 'round' },
    encoding: { x2: { field: 'x2' }, y2: { field: 'y2' }, color, tooltip: LINK_TIP },
  };
}

const LINK_TIP = [
  { field: 'link', title: 'link' },
  { field: 'percent', title: 'utilisation (%)', format: '.1f' },
  { field: 'carried', title: 'carried' },
  { field: 'vcs', title: 'by virtual channel' },
];

/** What a stroke tells when pointed at. */
function factsOf(link: MapLink, { routers }: NetworkMap): Spec {
  const vcs = vcShares(link)
    .map((share, vc) => `VC ${vc}: ${formatPercent(share)}`)
    .join(', ');
  return {
    label: link.label,
    link: `router ${routers[link.from]!.name} to router ${routers[link.to]!.name} (${link.label})`,
    percent: tenThousandths(link.utilisation * 100),
    carried: carriedText(link),
    vcs: vcs === '' ? '-' : vcs,
  };
}

/** Heads at the ends of the strokes, so that the directions can be told apart. */
function arrowLayer(drawn: readonly DrawnLink[], { pitch }: Places, { router, stroke }: Sizes): Spec {
  const heads = drawn.flatMap(({ strokes }) => {
    const points = strokes[strokes.length - 1]!;
    return [arrowHead(points[points.length - 2]!, points[points.length - 1]!, router / 2 + stroke * 1.3)];
  });
  return {
    data: { values: heads },
    mark: { type: 'point', shape: 'triangle-up', filled: true, color: '#ffffff', opacity: 0.9, size: (Math.min(pitch, 90) * 0.075) ** 2 },
    encoding: { angle: { field: 'angle', type: 'quantitative', scale: null } },
  };
}

/** Before the router at `to`, pointing at it; degrees clockwise from up. */
function arrowHead(from: Point, to: Point, before: number): Spec {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  return { ...pixels({ x: to.x - ux * before, y: to.y - uy * before }), angle: Math.round((Math.atan2(ux, -uy) * 180) / Math.PI) };
}

function routerLayers(map: NetworkMap, { routers }: Places, { router: side }: Sizes): Spec[] {
  const values = routers.map((point, index) => ({ ...pixels(point), name: map.routers[index]!.name, nodes: map.routers[index]!.nodes.join(', ') || '-' }));
  const data = { values };
  const squares = {
    data,
    mark: { type: 'point', shape: 'square', filled: true, size: side ** 2, color: ROUTER_COLOUR, opacity: 1 },
    encoding: {
      tooltip: [
        { field: 'name', title: 'router' },
        { field: 'nodes', title: 'attached' },
      ],
    },
  };
  const names = {
    data,
    mark: { type: 'text', fontSize: Math.min(12, side * 0.42), color: '#ffffff', fontWeight: 'bold', tooltip: null },
    encoding: { text: { field: 'name' } },
  };
  return side >= NAMED_ROUTER ? [squares, names] : [squares];
}

function pixels({ x, y }: Point): { x: number; y: number } {
  return { x: rounded(x), y: rounded(y) };
}

/** A tenth of a pixel is enough, and keeps the page small. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function tenThousandths(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
