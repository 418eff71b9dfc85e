import type { RouteQuery, RouteSet, Routing, RoutingContext, RoutingFunction } from '../contract.js';
import { Cube } from './cube.js';

/** An input port that belongs to no ring: the packet enters its next ring afresh. */
const NEW_RING = 0x7fff;

/**
 * Dimension order on a torus. The direction in a ring is the shorter one (random at half way), and with it the dateline
 * class of the virtual channels is chosen when the ring is entered; both are kept until the ring is left.
 */
class TorusWalk {
  readonly cube: Cube;

  constructor(protected readonly context: RoutingContext) {
    this.cube = new Cube(context);
  }

  /** Next output port towards a router (-1: this is it); sets `query.routeState0` to the dateline class when a new ring is entered. */
  next(query: RouteQuery, destination: number, inPort: number): number {
    const { k, n } = this.cube;
    let at = query.router;
    let to = destination;
    for (let dimension = 0; dimension < n; dimension++) {
      const from = at % k;
      const goal = to % k;
      if (from !== goal) return inPort >> 1 === dimension ? inPort ^ 1 : this.enterRing(query, dimension, from, goal);
      at = (at - from) / k;
      to = (to - goal) / k;
    }
    return -1;
  }

  private enterRing(query: RouteQuery, dimension: number, from: number, goal: number): number {
    const { k } = this.cube;
    const slack = k - 2 * ((goal - from + k) % k);
    const up = slack > 0 || (slack === 0 && this.context.choose(2) === 1);
    query.routeState0 = up ? (from > goal ? 1 : 0) : goal < from ? 1 : 0;
    return 2 * dimension + (up ? 0 : 1);
  }
}

class TorusDimensionOrder implements RoutingFunction {
  readonly maxRequests = 1;
  readonly draws = true;
  private readonly walk: TorusWalk;
  private readonly split: number;

  constructor(private readonly context: RoutingContext) {
    this.walk = new TorusWalk(context);
    this.split = context.numVcs - Math.floor(context.numVcs / 2);
  }

  route(query: RouteQuery, set: RouteSet): void {
    const { cube } = this.walk;
    const port = this.walk.next(query, cube.routerOf(query.destination), query.inPort);
    const last = this.context.numVcs - 1;
    if (port < 0) set.add(cube.terminalPort(query.destination), 0, last, 0);
    else if (query.routeState0 === 0) set.add(port, 0, this.split - 1, 0);
    else set.add(port, this.split, last, 0);
  }
}

/** VCs 0 and 1 are the dateline classes of the escape network, VC 3 is the adaptive one; others are not used. `firstOnly`: as on the mesh. */
class TorusMinAdapt implements RoutingFunction {
  readonly maxRequests: number;
  readonly draws = true;
  private readonly walk: TorusWalk;

  constructor(
    private readonly context: RoutingContext,
    private readonly firstOnly: boolean,
  ) {
    this.walk = new TorusWalk(context);
    this.maxRequests = this.walk.cube.n + 1;
  }

  route(query: RouteQuery, set: RouteSet): void {
    const destination = this.walk.cube.routerOf(query.destination);
    if (query.router === destination) {
      set.add(this.walk.cube.terminalPort(query.destination), 0, this.context.numVcs - 1, 0);
      return;
    }
    const escaped = !query.atInjection && query.inVc <= 1;
    if (!escaped) this.addAdaptive(query.router, destination, set);
    const port = this.walk.next(query, destination, escaped ? query.inPort : NEW_RING);
    set.add(port, query.routeState0, query.routeState0, 0, true);
  }

  private addAdaptive(router: number, destination: number, set: RouteSet): void {
    const { k, n } = this.walk.cube;
    for (let dimension = 0; dimension < n; dimension++) {
      const from = router % k;
      const goal = destination % k;
      if (from !== goal) {
        set.add(2 * dimension + (k - 2 * ((goal - from + k) % k) > 0 ? 0 : 1), 3, 3, 1);
        if (this.firstOnly) return;
      }
      router = (router - from) / k;
      destination = (destination - goal) / k;
    }
  }
}

/** Through an intermediate node (routeState1 = node * 2 + phase): VCs split by dateline class, then by phase. `strict`: as on the mesh. */
class TorusValiant implements RoutingFunction {
  readonly maxRequests = 1;
  readonly draws = true;
  private readonly walk: TorusWalk;

  constructor(
    private readonly context: RoutingContext,
    private readonly strict: boolean,
  ) {
    this.walk = new TorusWalk(context);
  }

  route(query: RouteQuery, set: RouteSet): void {
    const { k, n } = this.walk.cube;
    const destination = this.walk.cube.routerOf(query.destination);
    if (query.atInjection) query.routeState1 = 2 * this.context.choose(k ** n);
    let inPort = query.inPort;
    if ((query.routeState1 & 1) === 0 && query.router === query.routeState1 >> 1) {
      query.routeState1 |= 1;
      inPort = NEW_RING;
    }
    const phase = query.routeState1 & 1;
    const next = this.walk.next(query, phase === 0 ? query.routeState1 >> 1 : destination, inPort);
    const port = next < 0 ? this.walk.cube.terminalPort(query.destination) : next;
    let first = 0;
    let last = this.context.numVcs - 1;
    if (this.strict ? next >= 0 : query.router !== destination) {
      [first, last] = half(first, last, query.routeState0);
      [first, last] = half(first, last, phase);
    }
    set.add(port, first, last, 0);
  }
}

/** Lower (0, the larger when odd) or upper (1) half of a range. */
function half(first: number, last: number, which: number): [number, number] {
  const upper = Math.floor((last - first + 1) / 2);
  return which === 0 ? [first, last - upper] : [last - upper + 1, last];
}

const tori = ['torus', 'ring'];

export const torusDimensionOrder: Routing = {
  name: 'dim_order',
  summary: 'dimension order with dateline classes',
  topologies: tori,
  minVcs: 2,
  create: (context) => new TorusDimensionOrder(context),
};
export const torusMinAdapt: Routing = {
  name: 'min_adapt',
  summary: 'minimal adaptive on VC 3 with a dateline escape network on VCs 0 and 1',
  topologies: tori,
  minVcs: 4,
  create: (context) => new TorusMinAdapt(context, false),
};
export const torusMinAdaptBooksim: Routing = {
  ...torusMinAdapt,
  name: 'min_adapt_booksim',
  summary: 'min_adapt as BookSim2 has it: of the productive ports only the first is asked',
  create: (context) => new TorusMinAdapt(context, true),
};
export const torusValiant: Routing = {
  name: 'valiant',
  summary: 'through a random intermediate node, VCs split by dateline class and phase',
  topologies: tori,
  minVcs: 4,
  create: (context) => new TorusValiant(context, false),
};
export const torusValiantSplit: Routing = {
  name: 'valiant_split',
  summary: 'valiant, phases on their VCs also past the destination',
  topologies: tori,
  minVcs: 4,
  create: (context) => new TorusValiant(context, true),
};
