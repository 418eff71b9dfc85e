/** A directed channel between two routers. */
export interface TopologyLink {
  readonly from: number;
  readonly to: number;
  /** Short name for tracks and tables, e.g. `0,0-1,0`. */
  readonly label: string;
  /** Links of one dimension form lines or rings; a route turns from a lower to a higher one. */
  readonly dimension: number;
  /** Crosses the date line of its ring. */
  readonly wraps: boolean;
}

/**
 * Which routers there are, how they are linked, and which way a packet goes. The fabric knows nothing else of a
 * topology: another one is one more function that returns this.
 *
 * Routes must be free of cycles among the buffers. Dimension order is on a mesh (Dally & Seitz, 1987). In a ring of
 * links a packet that has crossed the date line goes on in buffers of a second level (ibid.), so no chain of waiting
 * packets can close.
 */
export interface Topology {
  readonly name: string;
  readonly routers: number;
  readonly links: readonly TopologyLink[];
  /** Buffers of each traffic class at the end of a link: 1, or 2 where links form rings. */
  readonly levels: 1 | 2;
  /** Link to take at `router` towards `destination`; they differ. */
  nextLink(router: number, destination: number): number;
  /** Links on the way. */
  hops(from: number, to: number): number;
  /** Where a router lies in a drawing. */
  placeOf(router: number): { readonly x: number; readonly y: number };
}

const EAST = 0;
const WEST = 1;
const SOUTH = 2;
const NORTH = 3;
const DIRECTIONS = 4;
const STEPS = [[1, 0], [-1, 0], [0, 1], [0, -1]] as const;

/** Two-dimensional mesh with dimension-order routing: first along the row (X), then along the column (Y). */
export function meshTopology(columns: number, rows: number): Topology {
  return gridTopology('mesh', columns, rows, false);
}

/** The mesh closed to rings in both dimensions, the shorter way round; with one row it is a ring. */
export function torusTopology(columns: number, rows: number): Topology {
  return gridTopology('torus', columns, rows, true);
}

function gridTopology(name: string, columns: number, rows: number, closed: boolean): Topology {
  const routers = columns * rows;
  const links: TopologyLink[] = [];
  const linkOf = new Int32Array(routers * DIRECTIONS).fill(-1);
  for (let router = 0; router < routers; router++) {
    const [x, y] = [router % columns, Math.floor(router / columns)];
    STEPS.forEach(([dx, dy], direction) => {
      const [toX, toY] = [(x + dx + columns) % columns, (y + dy + rows) % rows];
      const wraps = toX !== x + dx || toY !== y + dy;
      if ((wraps && !closed) || (toX === x && toY === y)) return;
      linkOf[router * DIRECTIONS + direction] = links.length;
      links.push({ from: router, to: toY * columns + toX, label: `${x},${y}-${toX},${toY}${wraps ? 'w' : ''}`, dimension: dx === 0 ? 1 : 0, wraps });
    });
  }
  /** Steps along one dimension, signed; the shorter way on a ring, forwards when both are as long. */
  const along = (from: number, to: number, size: number): number => {
    if (!closed) return to - from;
    const forwards = (to - from + size) % size;
    return forwards <= size - forwards ? forwards : forwards - size;
  };
  const alongX = (from: number, to: number): number => along(from % columns, to % columns, columns);
  const alongY = (from: number, to: number): number => along(Math.floor(from / columns), Math.floor(to / columns), rows);
  const direction = (router: number, destination: number): number => {
    const dx = alongX(router, destination);
    if (dx !== 0) return dx > 0 ? EAST : WEST;
    return alongY(router, destination) > 0 ? SOUTH : NORTH;
  };
  return {
    name,
    routers,
    links,
    levels: closed ? 2 : 1,
    nextLink: (router, destination) => linkOf[router * DIRECTIONS + direction(router, destination)]!,
    hops: (from, to) => Math.abs(alongX(from, to)) + Math.abs(alongY(from, to)),
    placeOf: (router) => ({ x: router % columns, y: Math.floor(router / columns) }),
  };
}
