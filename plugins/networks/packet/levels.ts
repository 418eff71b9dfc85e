import type { NetworkGraph } from 'tessera-sim/noc-flit';
import type { Routes } from './routes.js';

export interface Levels {
  /** Buffers that each traffic class needs at the end of a link. */
  readonly count: number;
  next(level: number, link: number, next: number): number;
}

/**
 * Levels of buffers under which the routes of a graph cannot deadlock. A packet in the buffer of link `a` waits for one of link
 * `b` when a route goes from `a` to `b`; where such waits close a cycle, one of them is cut: there the packet goes on a
 * level higher. Without the cut waits the links have an order, so buffers are taken in ascending (level, place in the
 * order), and no chain of waits closes (Dally and Seitz, 1987; buffer classes after Gunther, 1981). A route crosses at most
 * `count - 1` cuts.
 */
export function levelsOf(graph: NetworkGraph, routes: Routes): Levels {
  const waits = waitsOf(graph, routes);
  const cuts = cutsOf(waits);
  if (cuts.size === 0) return { count: 1, next: () => 0 };
  const links = graph.channels.length;
  const isCut = (link: number, next: number): boolean => link >= 0 && next >= 0 && cuts.has(link * links + next);
  return { count: 1 + mostCuts(graph, routes, isCut), next: (level, link, next) => (isCut(link, next) ? level + 1 : next < 0 || link < 0 ? 0 : level) };
}

/** For each link those that routes take next. */
function waitsOf(graph: NetworkGraph, routes: Routes): Set<number>[] {
  const waits = graph.channels.map(() => new Set<number>());
  forEachWalk(graph, routes, (last, link) => {
    if (last >= 0) waits[last]?.add(link);
  });
  return waits;
}

/** Waits that close a cycle in a depth-first walk, as `link * links + next`. */
function cutsOf(waits: readonly ReadonlySet<number>[]): Set<number> {
  const cuts = new Set<number>();
  const [untouched, open, done] = [0, 1, 2];
  const state = new Uint8Array(waits.length).fill(untouched);
  for (let start = 0; start < waits.length; start++) {
    if (state[start] !== untouched) continue;
    const path = [{ link: start, rest: waits[start]!.values() }];
    state[start] = open;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value: next, done: ended } = top.rest.next();
      if (ended === true || next === undefined) {
        state[top.link] = done;
        path.pop();
      } else if (state[next] === open) cuts.add(top.link * waits.length + next);
      else if (state[next] === untouched) {
        state[next] = open;
        path.push({ link: next, rest: waits[next]!.values() });
      }
    }
  }
  return cuts;
}

function mostCuts(graph: NetworkGraph, routes: Routes, isCut: (link: number, next: number) => boolean): number {
  let most = 0;
  for (const entry of entriesOf(graph)) {
    for (const exit of exitsOf(graph)) {
      let [cuts, last] = [0, -1];
      for (let router = entry; router !== exit; router = graph.channels[last]!.to.router) {
        const link = routes.next(router, exit);
        if (isCut(last, link)) cuts++;
        last = link;
      }
      most = Math.max(most, cuts);
    }
  }
  return most;
}

/** Every pair of consecutive links of every route; what several routes to one exit share is walked once. */
function forEachWalk(graph: NetworkGraph, routes: Routes, visit: (last: number, link: number) => void): void {
  for (const exit of exitsOf(graph)) {
    const walked = new Uint8Array(graph.routers);
    for (const entry of entriesOf(graph)) {
      let last = -1;
      for (let router = entry; router !== exit;) {
        const link = routes.next(router, exit);
        visit(last, link);
        if (walked[router] === 1) break;
        walked[router] = 1;
        last = link;
        router = graph.channels[link]!.to.router;
      }
    }
  }
}

const entriesOf = (graph: NetworkGraph): Set<number> => new Set(graph.terminals.map(({ router }) => router));
const exitsOf = (graph: NetworkGraph): Set<number> => new Set(graph.terminals.map(({ outRouter }) => outRouter));
