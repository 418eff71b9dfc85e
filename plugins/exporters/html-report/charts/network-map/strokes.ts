import type { MapLink, NetworkMap } from 'tessera-sim';
import { placesOf, type Places, type Point } from './places.js';

/** How a link is drawn: points of its strokes in the direction of travel. A link that wraps round has two. */
export interface DrawnLink {
  readonly link: MapLink;
  readonly strokes: readonly (readonly Point[])[];
}

/** Sizes in pixels that follow from the room between routers. */
export interface Sizes {
  /** Side of a router. */
  readonly router: number;
  readonly stroke: number;
  /** From the middle between two routers to each of the two directions. */
  readonly shift: number;
  /** Length of the stub that stands for a link round the edge. */
  readonly stub: number;
}

export function sizesFor(pitch: number): Sizes {
  const stroke = Math.min(7, Math.max(1.3, pitch * 0.085));
  return { router: Math.min(32, Math.max(3, pitch * 0.36)), stroke, shift: stroke * 0.62 + 0.3, stub: pitch * 0.42 };
}

/** Points of a bent link. */
const BEND_POINTS = 10;

/** Both directions of a link beside each other, each on the right of its travel; links that would cross a router bent or cut. */
export function drawnLinks({ links }: NetworkMap, { routers, pitch }: Places, sizes: Sizes): DrawnLink[] {
  const directed = new Set(links.map(({ from, to }) => `${from} ${to}`));
  const seen = new Map<string, number>();
  const centre = middleOf(routers);
  return links.flatMap((link) => {
    const [from, to] = [routers[link.from], routers[link.to]];
    // A result document of somebody else may name routers that are not there.
    if (link.from === link.to || from === undefined || to === undefined) return [];
    const pair = `${link.from} ${link.to}`;
    const parallel = seen.get(pair) ?? 0;
    seen.set(pair, parallel + 1);
    // A link without one back goes straight from router to router.
    const shift = directed.has(`${link.to} ${link.from}`) ? sizes.shift * (1 + 2 * parallel) : 2 * sizes.shift * parallel;
    return [{ link, strokes: strokesOf({ from, to, shift }, { routers, pitch, sizes, centre }) }];
  });
}

/** Whether some links are drawn as two stubs. */
export function wrapsRound(map: NetworkMap): boolean {
  const places = placesOf(map);
  return drawnLinks(map, places, sizesFor(places.pitch)).some(({ strokes }) => strokes.length > 1);
}

interface Course {
  readonly from: Point;
  readonly to: Point;
  readonly shift: number;
}

interface Surroundings {
  readonly routers: readonly Point[];
  readonly pitch: number;
  readonly sizes: Sizes;
  readonly centre: Point;
}

function strokesOf(course: Course, around: Surroundings): Point[][] {
  const { from, to, shift } = course;
  if (!crossesRouter(from, to, around)) return [[shifted(from, from, to, shift), shifted(to, from, to, shift)]];
  return joinsEdges(from, to, around.routers) ? stubs(course, around.sizes) : [bend(course, around)];
}

/** To the right of the way from `from` to `to`, as the screen shows it. */
function shifted(point: Point, from: Point, to: Point, by: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: point.x - ((to.y - from.y) / length) * by, y: point.y + ((to.x - from.x) / length) * by };
}

function crossesRouter(from: Point, to: Point, { routers, pitch }: Surroundings): boolean {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 1.5 * pitch) return false;
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  return routers.some(({ x, y }) => {
    const along = (x - from.x) * ux + (y - from.y) * uy;
    const aside = Math.abs((x - from.x) * uy - (y - from.y) * ux);
    return along > pitch * 0.25 && along < length - pitch * 0.25 && aside < pitch * 0.2;
  });
}

/** True when a row or column ends at both: the link of a torus from one edge round to the other. */
function joinsEdges(from: Point, to: Point, routers: readonly Point[]): boolean {
  const isRow = from.y === to.y;
  if (!isRow && from.x !== to.x) return false;
  const line = routers.filter(({ x, y }) => (isRow ? y === from.y : x === from.x)).map(({ x, y }) => (isRow ? x : y));
  const ends = isRow ? [from.x, to.x] : [from.y, to.y];
  return Math.min(...ends) === Math.min(...line) && Math.max(...ends) === Math.max(...line);
}

/** Out over the edge at one end, in over the edge at the other. */
function stubs({ from, to, shift }: Course, { router, stub }: Sizes): Point[][] {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [ux, uy] = [(from.x - to.x) / length, (from.y - to.y) / length];
  const reach = router / 2 + stub;
  const beyond = (point: Point, by: number): Point => ({ x: point.x + ux * by, y: point.y + uy * by });
  const ways: [Point, Point][] = [
    [from, beyond(from, reach)],
    [beyond(to, -reach), to],
  ];
  return ways.map(([a, b]) => [shifted(a, a, b, shift), shifted(b, a, b, shift)]);
}

/** A curve that leaves the middle of the drawing free; the two directions bend by different amounts. */
function bend({ from, to, shift }: Course, { centre }: Surroundings): Point[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const right = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
  const outwards = (middle.x - centre.x) * right.x + (middle.y - centre.y) * right.y;
  const side = outwards < -1e-6 ? -1 : 1;
  const bulge = side * length * 0.3 + 2 * shift;
  const control = { x: middle.x + right.x * bulge, y: middle.y + right.y * bulge };
  return Array.from({ length: BEND_POINTS + 1 }, (_, i) => {
    const t = i / BEND_POINTS;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return { x: a * from.x + b * control.x + c * to.x, y: a * from.y + b * control.y + c * to.y };
  });
}

function middleOf(points: readonly Point[]): Point {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
