/** A directed channel between two routers. */
export interface TopologyLink {
  readonly from: number;
  readonly to: number;
  /** Short name for tracks and tables, e.g. `0,0-1,0`. */
  readonly label: string;
}

/**
 * Which routers there are, how they are linked, and which way a packet goes. The fabric knows nothing else of a
 * topology, so that a ring or a torus is one more function that returns this.
 *
 * The routes must be free of cycles among the links (one buffer a link and class): dimension order on a mesh is
 * (Dally & Seitz, 1987); a ring needs a date line, that is a second class of links.
 */
export interface Topology {
  readonly name: string;
  readonly routers: number;
  readonly links: readonly TopologyLink[];
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
  const routers = columns * rows;
  const links: TopologyLink[] = [];
  const linkOf = new Int32Array(routers * DIRECTIONS).fill(-1);
  for (let router = 0; router < routers; router++) {
    const [x, y] = [router % columns, Math.floor(router / columns)];
    STEPS.forEach(([dx, dy], direction) => {
      const [toX, toY] = [x + dx, y + dy];
      if (toX < 0 || toY < 0 || toX >= columns || toY >= rows) return;
      linkOf[router * DIRECTIONS + direction] = links.length;
      links.push({ from: router, to: toY * columns + toX, label: `${x},${y}-${toX},${toY}` });
    });
  }
  return {
    name: 'mesh',
    routers,
    links,
    nextLink: (router, destination) => linkOf[router * DIRECTIONS + directionXy(router, destination, columns)]!,
    hops: (from, to) => Math.abs((from % columns) - (to % columns)) + Math.abs(Math.floor(from / columns) - Math.floor(to / columns)),
    placeOf: (router) => ({ x: router % columns, y: Math.floor(router / columns) }),
  };
}

function directionXy(router: number, destination: number, columns: number): number {
  const dx = (destination % columns) - (router % columns);
  if (dx > 0) return EAST;
  if (dx < 0) return WEST;
  return destination > router ? SOUTH : NORTH;
}
