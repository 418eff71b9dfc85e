import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, builtIn, type NetworkDescription } from '../../../../plugins/networks/noc-flit/api.js';
import { createRouting } from '../../../../plugins/networks/noc-flit/catalogue.js';
import { FixedRoutes } from '../../../../plugins/networks/noc-flit/fixed-routes.js';
import { RelayPlans } from '../../../../plugins/networks/noc-flit/relay-plans.js';
import type { RelayTree } from '../../../../plugins/networks/noc-flit/relay-tree.js';
import { everyNetwork } from './networks.js';

const VCS = 4;

function planFor(description: NetworkDescription) {
  const graph = buildGraph(description, builtIn);
  const routes = new FixedRoutes(graph, (choose) => createRouting(description, graph, VCS, choose, builtIn));
  return { graph, routes, plans: new RelayPlans(graph, routes) };
}

/** A tree as text: nodes, what is behind each in brackets. */
function drawn({ nodes, children }: RelayTree, station = 0): string {
  const behind = children[station]!.map((child) => drawn({ nodes, children } as RelayTree, child));
  return behind.length === 0 ? `${nodes[station]}` : `${nodes[station]}(${behind.join(' ')})`;
}

const cube = (topology: string, k: number, n: number, routing?: string): NetworkDescription => ({
  topology,
  options: { k, n, concentration: 1 },
  ...(routing === undefined ? {} : { routing }),
});

describe('the way of a packet', () => {
  it('is certain where draws change nothing but virtual channels', () => {
    expect(planFor(cube('torus', 5, 1)).routes.walk(0, 2)).toHaveLength(2);
    // Half way round, the direction is drawn.
    expect(planFor(cube('torus', 4, 1)).routes.walk(0, 2)).toBeUndefined();
    expect(planFor(cube('mesh', 4, 2, 'valiant_split')).routes.walk(0, 1)).toBeUndefined();
    // Adaptive routing has no choice along a line.
    expect(planFor(cube('mesh', 4, 2, 'min_adapt')).routes.walk(0, 3)).toHaveLength(3);
    expect(planFor(cube('mesh', 4, 2, 'min_adapt')).routes.walk(0, 5)).toBeUndefined();
  });
});

describe('the tree of a group', () => {
  it('forks and joins at nodes on a mesh', () => {
    const { plans } = planFor(cube('mesh', 4, 2));
    expect(drawn(plans.multicast(0, [1, 2, 3, 5, 10, 15]))).toBe('0(1(2(3(15) 10) 5))');
    // Router 1 is nobody's, but its lowest node relays: the longer way goes first.
    expect(drawn(plans.multicast(0, [5, 13, 3]))).toBe('0(1(5(13) 3))');
    const sum = plans.sum([5, 6, 7, 1], 0, 0);
    expect(drawn(sum.relays)).toBe('0(5(6(7)) 1)');
    expect([...sum.meetings]).toEqual([
      [0, 2],
      [5, 2],
      [6, 2],
    ]);
  });

  it('leaves forks without a node to the next one before', () => {
    const [tree, fly, fattree] = (
      [
        ['tree', 2, 4],
        ['fly', 2, 4],
        ['fattree', 2, 4],
      ] as const
    ).map(([topology, k, n]) => planFor(cube(topology, k, n)).plans);
    // Nodes 2 and 3 are at one leaf; the fork above it is the source's, and the longer way goes first.
    expect(drawn(tree!.multicast(0, [2, 3, 8]))).toBe('0(8 2(3))');
    expect(drawn(fly!.multicast(0, [2, 3, 8]))).toBe('0(2 3 8)');
    expect(drawn(fattree!.multicast(0, [2, 3, 8]))).toBe('0(2 3 8)');
  });

  it('has every member once on every network, and its packets stay on its channels', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...everyNetwork),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 2, max: 12 }),
        fc.nat(3),
        ({ description }, numbers, wanted, strays) => {
          const { graph, plans, routes } = planFor(description);
          const [root, ...rest] = [...numbers.take(wanted + 1)].map((number) => number % graph.terminals.length);
          const members = [...new Set(rest)];
          const sum = plans.sum(rest, strays, root!);
          const responses = [...sum.meetings.values()].reduce((all, count) => all + count - 1, 1);
          expect(responses).toBe(rest.length + strays);
          for (const [tree, nodes, away] of [
            [plans.multicast(root!, members), members, true],
            [sum.relays, members.filter((node) => node !== root), false],
          ] as const) {
            expect([...tree.stationOf.keys()].sort((a, b) => a - b)).toEqual([...nodes].sort((a, b) => a - b));
            expect(new Set(tree.nodes.slice(1)).size).toBe(tree.nodes.length - 1);
            tree.parents.forEach((parent, station) => {
              expect(parent).toBeLessThan(station);
              if (parent < 0 || tree.apart.includes(tree.nodes[station]!)) return;
              const [near, far] = [tree.nodes[parent]!, tree.nodes[station]!];
              for (const channel of routes.walk(away ? near : far, away ? far : near)!) expect(tree.channels).toContain(channel);
            });
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
