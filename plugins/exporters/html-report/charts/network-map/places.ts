import type { NetworkMap } from 'tessera-sim';

/** A point of the drawing, in pixels; y grows downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Routers in pixels, and the room that each has. */
export interface Places {
  readonly routers: readonly Point[];
  /** Pixels to the nearest neighbour along an axis: sizes of everything else follow from it. */
  readonly pitch: number;
}

/** Longest side of the drawing between the outermost routers. */
const EXTENT = 620;
/** A small network need not fill it. */
const LARGEST_PITCH = 120;
/** Between the levels of a tree or the stages of a butterfly, whose links need room to part. */
const LARGEST_LEVEL_PITCH = 200;

/** Positions of a topology to pixels. Where all links are level or upright, or all routers on a circle, both axes have one scale. */
export function placesOf({ routers, links }: NetworkMap): Places {
  const [spanX, spanY] = [spanOf(routers.map(({ x }) => x)), spanOf(routers.map(({ y }) => y))];
  const slanted = links.some(({ from, to }) => routers[from]!.x !== routers[to]!.x && routers[from]!.y !== routers[to]!.y);
  const [ownX, ownY] = [EXTENT / Math.max(spanX, 1e-9), EXTENT / Math.max(spanY, 1e-9)];
  const common = Math.min(ownX, ownY, LARGEST_PITCH);
  const [pitchX, pitchY] = slanted ? [levelPitch(ownX, common), levelPitch(ownY, common)] : [common, common];
  const [left, top] = [leastOf(routers.map(({ x }) => x)), leastOf(routers.map(({ y }) => y))];
  return {
    routers: routers.map(({ x, y }) => ({ x: (x - left) * pitchX, y: (y - top) * pitchY })),
    pitch: Math.min(spanX > 0 ? pitchX : Infinity, spanY > 0 ? pitchY : Infinity, LARGEST_PITCH),
  };
}

function spanOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity) - leastOf(values);
}

function leastOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

/** The axis with fewer places gets more room, but not all there is. */
function levelPitch(own: number, common: number): number {
  return Math.max(common, Math.min(own, LARGEST_LEVEL_PITCH));
}
