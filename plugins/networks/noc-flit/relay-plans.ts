import type { ReductionTree } from 'tessera-sim/networks';
import type { NetworkGraph } from './contract.js';
import type { FixedRoutes } from './fixed-routes.js';
import { TreeGrowth, type RelayTree } from './relay-tree.js';

/** The tree of a sum: its meetings are the nodes whose interfaces add. */
export interface SumTree extends ReductionTree {
  readonly relays: RelayTree;
}

/** Which way packets go on a tree: from the root (a multicast) or towards it (a sum). */
interface Direction {
  readonly rootRouter: number;
  /** Channels between two nodes, from the one nearer to the root on; undefined when they are not certain. */
  between(near: number, far: number): readonly number[] | undefined;
  /** Router at the end of a channel that is farther from the root. */
  farEnd(channel: number): number;
}

/** Plans that are kept: a schedule uses the same groups again and again. */
const MOST_KEPT = 4096;

/** Trees for groups of nodes, made when they are first asked for. */
export class RelayPlans {
  private readonly lowestRelay: Int32Array;
  private readonly multicastTrees = new Map<string, RelayTree>();
  private readonly sumTrees = new Map<string, SumTree>();

  constructor(
    private readonly graph: NetworkGraph,
    private readonly routes: FixedRoutes,
  ) {
    this.lowestRelay = new Int32Array(graph.routers).fill(-1);
    for (let node = graph.terminals.length - 1; node >= 0; node--) {
      const { router } = graph.terminals[node]!;
      if (this.canRelay(node)) this.lowestRelay[router] = node;
    }
  }

  /** The union of the ways from a node to others, all different. */
  multicast(from: number, nodes: readonly number[]): RelayTree {
    const { terminals, channels } = this.graph;
    return keep(this.multicastTrees, `${from}>${nodes.join()}`, () =>
      this.grow(from, nodes, {
        rootRouter: terminals[from]!.router,
        between: (near, far) => this.routes.walk(near, far),
        farEnd: (channel) => channels[channel]!.to.router,
      }),
    );
  }

  /**
   * The union of the ways from nodes to one, which may be named several times for as many responses. The first one's interface always
   * adds: `strays` more responses, and those that come from its own node, meet the others there only.
   */
  sum(nodes: readonly number[], strays: number, toNode: number): SumTree {
    return keep(this.sumTrees, `${toNode}<${nodes.join()}+${strays}`, () => {
      const others = [...new Set(nodes)].filter((node) => node !== toNode);
      const { terminals, channels } = this.graph;
      const relays = this.grow(toNode, others, {
        rootRouter: terminals[toNode]!.outRouter,
        between: (near, far) => this.routes.walk(far, near)?.toReversed(),
        farEnd: (channel) => channels[channel]!.from.router,
      });
      const coming = relays.children.map((children) => children.length);
      coming[0]! += strays;
      for (const node of nodes) coming[node === toNode ? 0 : relays.stationOf.get(node)!]!++;
      const meetings = new Map(
        [...coming.entries()].flatMap(([station, responses]) => (station === 0 || responses > 1 ? [[relays.nodes[station]!, responses]] : [])),
      );
      return { relays, meetings, links: relays.channels.length };
    });
  }

  private grow(root: number, nodes: readonly number[], { rootRouter, between, farEnd }: Direction): RelayTree {
    const start = (): TreeGrowth => new TreeGrowth(root, rootRouter, (router, among) => this.relayAt(router, among), farEnd);
    const growth = start();
    for (const node of nodes) growth.add(node, between(root, node));
    const tree = growth.tree();
    if (isTrue(tree, between)) return tree;
    const star = start();
    for (const node of nodes) star.add(node, undefined);
    return star.tree();
  }

  private relayAt(router: number, among: readonly number[]): number {
    return among.find((node) => this.canRelay(node)) ?? this.lowestRelay[router]!;
  }

  /** Whether a node takes from the router into which it sends. */
  private canRelay(node: number): boolean {
    const { router, outRouter } = this.graph.terminals[node]!;
    return router === outRouter;
  }
}

/** Whether what relays send stays on the channels of the tree: from the middle of a way another one may lead on. */
function isTrue({ nodes, parents, channels, apart }: RelayTree, between: Direction['between']): boolean {
  const own = new Set(channels);
  return parents.every(
    (parent, station) =>
      parent < 0 || apart.includes(nodes[station]!) || between(nodes[parent]!, nodes[station]!)?.every((channel) => own.has(channel)) === true,
  );
}

function keep<T>(kept: Map<string, T>, key: string, make: () => T): T {
  let found = kept.get(key);
  if (found === undefined) {
    if (kept.size === MOST_KEPT) kept.clear();
    found = make();
    kept.set(key, found);
  }
  return found;
}
