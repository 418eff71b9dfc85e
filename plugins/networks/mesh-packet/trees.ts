import type { ReductionTree } from 'tessera-sim/networks';
import type { Topology } from './topology.js';

/**
 * The union of the routes from `nodes` to `toNode`. A route is a function of the router and the destination, so those to one
 * destination never part again once they have met: they are a tree.
 *
 * @param strays responses that come from somewhere else, and meet the others at the last router only
 */
export function reductionTree(topology: Topology, nodes: readonly number[], strays: number, toNode: number): ReductionTree {
  const root = topology.exitRouter(toNode);
  const coming = new Map<number, number>();
  const links = new Set<number>();
  const count = (router: number, responses: number): void => void coming.set(router, (coming.get(router) ?? 0) + responses);
  for (const node of nodes) {
    let router = topology.entryRouter(node);
    count(router, 1);
    while (router !== root) {
      const link = topology.nextLink(router, root);
      if (links.has(link)) break;
      links.add(link);
      router = topology.links[link]!.to;
      count(router, 1);
    }
  }
  if (strays > 0) count(root, strays);
  return { meetings: new Map([...coming].filter(([, responses]) => responses > 1)), links: links.size };
}

/** Links that the copies of a message from `fromNode` to several nodes cross, each counted once. */
export function multicastLinks(topology: Topology, fromNode: number, nodes: readonly number[]): number {
  const links = new Set<number>();
  for (const node of nodes) {
    const exit = topology.exitRouter(node);
    for (let router = topology.entryRouter(fromNode); router !== exit;) {
      const link = topology.nextLink(router, exit);
      links.add(link);
      router = topology.links[link]!.to;
    }
  }
  return links.size;
}
