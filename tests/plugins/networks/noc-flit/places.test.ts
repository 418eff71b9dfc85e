import { describe, expect, test } from 'vitest';
import { buildGraph, builtIn, circlePlaces, routerPlaces } from '../../../../plugins/networks/noc-flit/api.js';
import { everyNetwork } from './networks.js';

describe('places of routers', () => {
  test('the networks tried are of every topology', () => {
    expect(new Set(everyNetwork.map(({ description }) => description.topology))).toEqual(new Set(builtIn.topologies.map(({ name }) => name)));
  });

  test.each(everyNetwork.map(({ name, description }) => [name, description] as const))('%s: every router has a place of its own', (_, description) => {
    const graph = buildGraph(description, builtIn);
    const { positions = [] } = graph;
    expect(positions).toHaveLength(graph.routers);
    expect(positions.flat().every((value) => Number.isFinite(value) && value >= -1e-9)).toBe(true);
    const apart = positions.flatMap(([x, y], i) => positions.slice(i + 1).map(([otherX, otherY]) => Math.hypot(x - otherX, y - otherY)));
    expect(Math.min(...apart, Infinity)).toBeGreaterThan(0.99);
  });

  test('a ring is a circle whose neighbours are one apart', () => {
    const places = circlePlaces(12);
    places.forEach(([x, y], i) => {
      const [nextX, nextY] = places[(i + 1) % 12]!;
      expect(Math.hypot(nextX - x, nextY - y)).toBeCloseTo(1, 2);
    });
  });

  test('a topology that gives no places gets a circle', () => {
    const { positions: _positions, ...graph } = buildGraph({ topology: 'mesh', options: { k: 3, n: 2 } }, builtIn);
    expect(routerPlaces(graph)).toEqual(circlePlaces(9));
  });

  test('stages of a butterfly are columns, levels of a tree are rows', () => {
    const columns = routerPlaces(buildGraph({ topology: 'fly', options: { k: 2, n: 3 } }, builtIn)).map(([x]) => x);
    expect(columns).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    const rows = routerPlaces(buildGraph({ topology: 'tree', options: { k: 2, n: 3 } }, builtIn)).map(([, y]) => y);
    expect(rows).toEqual([0, 1, 1, 2, 2, 2, 2]);
  });
});
