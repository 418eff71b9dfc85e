import type { RouteQuery, RouteSet, Routing, RoutingContext, RoutingFunction } from '../contract.js';
import { wholeOption } from '../topologies/options.js';

/** k-ary n-fly: the output port is the destination's digit of the stage, most significant first. */
class DestinationTag implements RoutingFunction {
  readonly maxRequests = 1;
  private readonly digitWeight: number[] = [];
  private readonly k: number;
  private readonly perStage: number;
  private readonly last: number;

  constructor(context: RoutingContext) {
    this.k = wholeOption(context.options, 'fly', 'k', 2);
    this.perStage = context.graph.terminals.length / this.k;
    this.last = context.numVcs - 1;
    const stages = context.graph.routers / this.perStage;
    for (let stage = 0; stage < stages; stage++) this.digitWeight.push(this.k ** (stages - 1 - stage));
  }

  route(query: RouteQuery, set: RouteSet): void {
    const stage = Math.floor(query.router / this.perStage);
    set.add(Math.floor(query.destination / this.digitWeight[stage]!) % this.k, 0, this.last, 0);
  }
}

/** Tree: up until the destination is below, then down. */
class TreeNearestAncestor implements RoutingFunction {
  readonly maxRequests = 1;
  private readonly k: number;
  private readonly firstLeaf: number;
  private readonly last: number;

  constructor(context: RoutingContext) {
    this.k = wholeOption(context.options, 'tree', 'k', 2);
    this.firstLeaf = context.graph.routers - context.graph.terminals.length / this.k;
    this.last = context.numVcs - 1;
  }

  route(query: RouteQuery, set: RouteSet): void {
    const { k } = this;
    let below = this.firstLeaf + Math.floor(query.destination / k);
    let port = query.destination % k;
    // Climb from the destination's leaf: routers are numbered level by level, so a parent has a smaller number.
    while (below > query.router) {
      port = (below - 1) % k;
      below = Math.floor((below - 1) / k);
    }
    set.add(below === query.router ? port : k, 0, this.last, 0);
  }
}

/** Fat tree: up by a random port until the destination is below, then down by its digits. */
class FatTreeNearestAncestor implements RoutingFunction {
  readonly maxRequests = 1;
  readonly draws = true;
  private readonly k: number;
  private readonly n: number;
  private readonly perLevel: number;
  private readonly last: number;

  constructor(private readonly context: RoutingContext) {
    this.k = wholeOption(context.options, 'fattree', 'k', 2);
    this.n = wholeOption(context.options, 'fattree', 'n', 1);
    this.perLevel = this.k ** (this.n - 1);
    this.last = context.numVcs - 1;
  }

  route(query: RouteQuery, set: RouteSet): void {
    const { k, n, perLevel } = this;
    const level = Math.floor(query.router / perLevel);
    const index = query.router % perLevel;
    const leaf = Math.floor(query.destination / k);
    const decided = k ** (n - 1 - level);
    if (Math.floor(index / decided) !== Math.floor(leaf / decided)) {
      set.add(k + this.context.choose(k), 0, this.last, 0);
      return;
    }
    const port = level === n - 1 ? query.destination % k : Math.floor(leaf / k ** (n - 2 - level)) % k;
    set.add(port, 0, this.last, 0);
  }
}

export const destinationTag: Routing = {
  name: 'dest_tag',
  summary: 'digit of the destination at every stage',
  topologies: ['fly', 'crossbar'],
  minVcs: 1,
  create: (context) => new DestinationTag(context),
};
export const treeNca: Routing = {
  name: 'nca',
  summary: 'up to the nearest common ancestor, then down',
  topologies: ['tree'],
  minVcs: 1,
  create: (context) => new TreeNearestAncestor(context),
};
export const fatTreeNca: Routing = {
  name: 'nca',
  summary: 'up by random ports to a common ancestor, then down',
  topologies: ['fattree'],
  minVcs: 1,
  create: (context) => new FatTreeNearestAncestor(context),
};
