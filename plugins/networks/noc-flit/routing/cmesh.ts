import type { RouteQuery, RouteSet, Routing, RoutingContext, RoutingFunction } from '../contract.js';
import { wholeOption } from '../topologies/options.js';

/** x then y on the router grid of a concentrated mesh; with express channels where they shorten the way along an edge. */
class CmeshDimensionOrder implements RoutingFunction {
  readonly maxRequests = 1;
  private readonly k: number;
  private readonly last: number;

  constructor(
    private readonly context: RoutingContext,
    private readonly express: boolean,
  ) {
    this.k = wholeOption(context.options, 'cmesh', 'k', 2);
    this.last = context.numVcs - 1;
  }

  route(query: RouteQuery, set: RouteSet): void {
    const terminal = this.context.graph.terminals[query.destination]!;
    const { k } = this;
    const x = query.router % k;
    const y = (query.router - x) / k;
    const toX = terminal.outRouter % k;
    const toY = (terminal.outRouter - toX) / k;
    let port = terminal.outPort;
    if (x !== toX) port = this.express && this.jumps(x, toX, y) ? (y === 0 ? 7 : 6) : x < toX ? 4 : 5;
    else if (y !== toY) port = this.express && this.jumps(y, toY, x) ? (x === 0 ? 5 : 4) : y < toY ? 6 : 7;
    set.add(port, 0, this.last, 0);
  }

  /** On an edge row or column, with more than one step to go, the outward port carries a channel of k/2 steps. */
  private jumps(at: number, to: number, line: number): boolean {
    const { k } = this;
    if ((line !== 0 && line !== k - 1) || Math.abs(to - at) <= 1) return false;
    const landing = at < k / 2 ? at + k / 2 : at - k / 2;
    return Math.abs(to - landing) < Math.abs(to - at);
  }
}

const cmeshes = ['cmesh'];

export const cmeshNoExpress: Routing = {
  name: 'dor_no_express',
  summary: 'x then y, without the express channels',
  topologies: cmeshes,
  minVcs: 1,
  create: (context) => new CmeshDimensionOrder(context, false),
};
export const cmeshExpress: Routing = {
  name: 'dor',
  summary: 'x then y, with express channels along the edges',
  topologies: cmeshes,
  minVcs: 1,
  create: (context) => new CmeshDimensionOrder(context, true),
};
