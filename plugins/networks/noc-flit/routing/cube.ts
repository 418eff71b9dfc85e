import type { RouteQuery, RouteSet, Routing, RoutingContext, RoutingFunction } from '../contract.js';
import { wholeOption } from '../topologies/options.js';

/** Coordinates and ports of a k-ary n-mesh or torus. */
export class Cube {
  readonly k: number;
  readonly n: number;
  private readonly concentration: number;
  /** Coordinates of router r: n numbers from r * n on. Looked up, because divisions take long. */
  private readonly coordinates: Int32Array;

  constructor(context: RoutingContext) {
    this.k = wholeOption(context.options, 'mesh', 'k', 2);
    this.concentration = wholeOption(context.options, 'mesh', 'concentration', 1, 1);
    this.n = (context.graph.portsPerRouter - this.concentration) / 2;
    this.coordinates = Int32Array.from(
      { length: context.graph.routers * this.n },
      (_, at) => Math.floor(Math.floor(at / this.n) / this.k ** (at % this.n)) % this.k,
    );
  }

  /** Router and terminal port of a node. */
  routerOf(node: number): number {
    return this.concentration === 1 ? node : Math.floor(node / this.concentration);
  }

  terminalPort(node: number): number {
    return 2 * this.n + (node % this.concentration);
  }

  /** Output port of dimension order on a mesh towards a router; -1 at that router. */
  meshPort(router: number, destination: number): number {
    const { n, coordinates } = this;
    for (let dimension = 0; dimension < n; dimension++) {
      const at = coordinates[router * n + dimension]!;
      const to = coordinates[destination * n + dimension]!;
      if (at !== to) return at < to ? 2 * dimension : 2 * dimension + 1;
    }
    return -1;
  }

  /** The same from the last dimension to the first. */
  meshPortReversed(router: number, destination: number): number {
    const { n, coordinates } = this;
    for (let dimension = n - 1; dimension >= 0; dimension--) {
      const at = coordinates[router * n + dimension]!;
      const to = coordinates[destination * n + dimension]!;
      if (at !== to) return at < to ? 2 * dimension : 2 * dimension + 1;
    }
    return -1;
  }
}

class MeshDimensionOrder implements RoutingFunction {
  readonly maxRequests = 1;
  private readonly cube: Cube;
  private readonly last: number;

  constructor(context: RoutingContext) {
    this.cube = new Cube(context);
    this.last = context.numVcs - 1;
  }

  route(query: RouteQuery, set: RouteSet): void {
    const port = this.cube.meshPort(query.router, this.cube.routerOf(query.destination));
    set.add(port < 0 ? this.cube.terminalPort(query.destination) : port, 0, this.last, 0);
  }
}

/** Order y-x (routeState0 = 0) or x-y (1) drawn at injection, each on its half of the VCs. */
class MeshXyYx implements RoutingFunction {
  readonly maxRequests = 1;
  readonly draws = true;
  private readonly cube: Cube;
  private readonly split: number;

  constructor(private readonly context: RoutingContext) {
    this.cube = new Cube(context);
    this.split = context.numVcs - Math.floor(context.numVcs / 2);
  }

  route(query: RouteQuery, set: RouteSet): void {
    const last = this.context.numVcs - 1;
    const goal = this.cube.routerOf(query.destination);
    if (query.router === goal) {
      set.add(this.cube.terminalPort(query.destination), 0, last, 0);
      return;
    }
    if (query.atInjection) query.routeState0 = this.context.choose(2);
    if (query.routeState0 === 1) set.add(this.cube.meshPort(query.router, goal), 0, this.split - 1, 0);
    else set.add(this.cube.meshPortReversed(query.router, goal), this.split, last, 0);
  }
}

/**
 * Any productive port on VCs 1 and up; VC 0 is the escape channel in dimension order, and never left. BookSim2 keeps its
 * requests in a set that holds one of each priority, so that of the productive ports only the first is asked (`firstOnly`).
 */
class MeshMinAdapt implements RoutingFunction {
  readonly maxRequests: number;
  private readonly cube: Cube;

  constructor(
    private readonly context: RoutingContext,
    private readonly firstOnly: boolean,
  ) {
    this.cube = new Cube(context);
    this.maxRequests = this.cube.n + 1;
  }

  route(query: RouteQuery, set: RouteSet): void {
    const { k, n } = this.cube;
    const last = this.context.numVcs - 1;
    const goal = this.cube.routerOf(query.destination);
    if (query.router === goal) {
      set.add(this.cube.terminalPort(query.destination), 0, last, 0);
      return;
    }
    set.add(this.cube.meshPort(query.router, goal), 0, 0, 0, true);
    if (!query.atInjection && query.inVc === 0) return;
    let router = query.router;
    let destination = goal;
    for (let dimension = 0; dimension < n; dimension++) {
      const at = router % k;
      const to = destination % k;
      if (at !== to) {
        set.add(at < to ? 2 * dimension : 2 * dimension + 1, 1, last, 1);
        if (this.firstOnly) return;
      }
      router = ((router - at) / k) | 0;
      destination = ((destination - to) / k) | 0;
    }
  }
}

/**
 * Through an intermediate node (routeState1): phase 0 (routeState0) on the lower part of the VCs, phase 1 on the upper. BookSim2 drops the
 * split at the destination's router even for packets that only pass it in phase 0; their next channel may then be of either
 * half, and the dependencies close a cycle. `strict` keeps the split there.
 */
class MeshValiant implements RoutingFunction {
  readonly maxRequests = 1;
  readonly draws = true;
  private readonly cube: Cube;
  private readonly split: number;

  constructor(
    private readonly context: RoutingContext,
    private readonly minimal: boolean,
    private readonly strict = false,
  ) {
    this.cube = new Cube(context);
    this.split = context.numVcs - Math.floor(context.numVcs / 2);
  }

  route(query: RouteQuery, set: RouteSet): void {
    if (query.atInjection) {
      query.routeState0 = 0;
      query.routeState1 = this.intermediate(query);
    }
    if (query.routeState0 === 0 && query.router === query.routeState1) query.routeState0 = 1;
    const goal = this.cube.routerOf(query.destination);
    const next = this.cube.meshPort(query.router, query.routeState0 === 0 ? query.routeState1 : goal);
    const port = next < 0 ? this.cube.terminalPort(query.destination) : next;
    const last = this.context.numVcs - 1;
    if (this.strict ? next < 0 : query.router === goal) set.add(port, 0, last, 0);
    else if (query.routeState0 === 0) set.add(port, 0, this.split - 1, 0);
    else set.add(port, this.split, last, 0);
  }

  /** Valiant: any node. ROMM: any node of the box between source and destination. */
  private intermediate(query: RouteQuery): number {
    const { k, n } = this.cube;
    if (!this.minimal) return this.context.choose(k ** n);
    let node = 0;
    for (let dimension = 0, step = 1; dimension < n; dimension++, step *= k) {
      const from = Math.floor(query.router / step) % k;
      const to = Math.floor(this.cube.routerOf(query.destination) / step) % k;
      node += step * (Math.min(from, to) + this.context.choose(Math.abs(to - from) + 1));
    }
    return node;
  }
}

const meshes = ['mesh'];

export const meshDimensionOrder: Routing = {
  name: 'dim_order',
  summary: 'dimension order, all VCs',
  topologies: meshes,
  minVcs: 1,
  create: (context) => new MeshDimensionOrder(context),
};
export const meshXyYx: Routing = {
  name: 'xy_yx',
  summary: 'x-y or y-x, drawn at injection, each on half of the VCs',
  topologies: meshes,
  minVcs: 2,
  create: (context) => new MeshXyYx(context),
};
export const meshMinAdapt: Routing = {
  name: 'min_adapt',
  summary: 'minimal adaptive with an escape VC in dimension order',
  topologies: meshes,
  minVcs: 2,
  create: (context) => new MeshMinAdapt(context, false),
};
export const meshMinAdaptBooksim: Routing = {
  ...meshMinAdapt,
  name: 'min_adapt_booksim',
  summary: 'min_adapt as BookSim2 has it: of the productive ports only the first is asked',
  create: (context) => new MeshMinAdapt(context, true),
};
export const meshValiant: Routing = {
  name: 'valiant',
  summary: 'through a random intermediate node, half of the VCs for each phase',
  topologies: meshes,
  minVcs: 2,
  create: (context) => new MeshValiant(context, false),
};
export const meshValiantSplit: Routing = {
  name: 'valiant_split',
  summary: 'valiant, phases on their VCs also past the destination: free of deadlock',
  topologies: meshes,
  minVcs: 2,
  create: (context) => new MeshValiant(context, false, true),
};
export const meshRomm: Routing = {
  name: 'romm',
  summary: 'through a random node of the minimal box, half of the VCs for each phase',
  topologies: meshes,
  minVcs: 2,
  create: (context) => new MeshValiant(context, true),
};
