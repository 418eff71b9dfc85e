/** A directed channel between two routers. */
export interface TopologyLink {
  readonly from: number;
  readonly to: number;
  /** Short name for tracks and tables, e.g. `0,0-1,0`. */
  readonly label: string;
  /** Length in tiles: its flight takes as many times `linkCycles`. */
  readonly tiles: number;
}

/** A link of a grid. */
interface GridLink extends TopologyLink {
  /** Links of one dimension form lines or rings; a route turns from a lower to a higher one. */
  readonly dimension: number;
  /** Crosses the date line of its ring. */
  readonly wraps: boolean;
}

/**
 * Which routers there are, how they are linked, and which way a packet goes. The fabric knows nothing else of a
 * topology: another one is one more function that returns this.
 *
 * Routes must be free of cycles among the buffers. Dimension order is on a mesh (Dally & Seitz, 1987). Where the links of
 * routes close cycles, packets go on in buffers of another level (ibid.), so that no chain of waiting packets can close.
 */
export interface Topology {
  readonly name: string;
  readonly routers: number;
  /** Nodes, numbered from 0. */
  readonly nodes: number;
  readonly links: readonly TopologyLink[];
  /** Buffers of each traffic class at the end of a link: 1 where no routes close a cycle. */
  readonly levels: number;
  /** Router that a node sends into. */
  entryRouter(node: number): number;
  /** Router that hands out to a node; another one in networks of stages. */
  exitRouter(node: number): number;
  /** Level in which a packet of this level goes on from `link` (-1: it comes from a node) over `next` (-1: to a node). */
  nextLevel(level: number, link: number, next: number): number;
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
const STEPS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** Two-dimensional mesh with dimension-order routing: first along the row (X), then along the column (Y). */
export function meshTopology(columns: number, rows: number, concentration = 1): Topology {
  return gridTopology('mesh', { columns, rows, concentration, closed: false, tiles: 1 });
}

/** The mesh closed to rings in both dimensions, the shorter way round; with one row it is a ring. */
export function torusTopology(columns: number, rows: number, concentration = 1, tiles = 1): Topology {
  return gridTopology('torus', { columns, rows, concentration, closed: true, tiles });
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Nodes at a router. */
  readonly concentration: number;
  /** Rows and columns are rings. */
  readonly closed: boolean;
  /** Length of a link. */
  readonly tiles: number;
}

function gridTopology(name: string, { columns, rows, concentration, closed, tiles }: Grid): Topology {
  const routers = columns * rows;
  const links: GridLink[] = [];
  const linkOf = new Int32Array(routers * DIRECTIONS).fill(-1);
  for (let router = 0; router < routers; router++) {
    const [x, y] = [router % columns, Math.floor(router / columns)];
    STEPS.forEach(([dx, dy], direction) => {
      const [toX, toY] = [(x + dx + columns) % columns, (y + dy + rows) % rows];
      const wraps = toX !== x + dx || toY !== y + dy;
      if ((wraps && !closed) || (toX === x && toY === y)) return;
      linkOf[router * DIRECTIONS + direction] = links.length;
      links.push({ from: router, to: toY * columns + toX, label: `${x},${y}-${toX},${toY}${wraps ? 'w' : ''}`, dimension: dx === 0 ? 1 : 0, wraps, tiles });
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
    nodes: routers * concentration,
    levels: closed ? 2 : 1,
    entryRouter: (node) => Math.floor(node / concentration),
    exitRouter: (node) => Math.floor(node / concentration),
    nextLevel: (level, link, next) => {
      if (links[next]?.wraps === true) return 1;
      return links[next] !== undefined && links[link]?.dimension === links[next].dimension ? level : 0;
    },
    nextLink: (router, destination) => linkOf[router * DIRECTIONS + direction(router, destination)]!,
    hops: (from, to) => Math.abs(alongX(from, to)) + Math.abs(alongY(from, to)),
    placeOf: (router) => ({ x: router % columns, y: Math.floor(router / columns) }),
  };
}
