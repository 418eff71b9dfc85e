import type { NetworkGraph } from '../graph.js';

/** Where a router is drawn: x to the right, y down; neighbours are about 1 apart. */
export type Place = readonly [x: number, y: number];

/** Routers on a circle, clockwise from the top, neighbours 1 apart. */
export function circlePlaces(routers: number): Place[] {
  if (routers < 3) return Array.from({ length: routers }, (_, router) => [router, 0] as const);
  const radius = 1 / (2 * Math.sin(Math.PI / routers));
  return Array.from({ length: routers }, (_, router) => {
    const angle = (2 * Math.PI * router) / routers;
    return [thousandths(radius * (1 + Math.sin(angle))), thousandths(radius * (1 - Math.cos(angle)))] as const;
  });
}

/**
 * Routers of a cube, router = sum of coordinate[d] * k^d: columns, rows, and from three dimensions on a third one slanting
 * inside each place, so that no link passes over a router. Further dimensions stand beside and below each other.
 */
export function cubePlaces(k: number, dimensions: number): Place[] {
  const steps = cubeSteps(k, dimensions);
  return Array.from({ length: k ** dimensions }, (_, router) => {
    const coordinates = steps.map((_step, d) => Math.floor(router / k ** d) % k);
    const sum = (axis: 0 | 1): number => steps.reduce((total, step, d) => total + step[axis] * coordinates[d]!, 0);
    return [sum(0), sum(1)] as const;
  });
}

/** How far apart neighbours of each dimension are drawn. */
function cubeSteps(k: number, dimensions: number): Place[] {
  const cell = dimensions > 2 ? k : 1;
  const steps: Place[] = [
    [cell, 0],
    [0, cell],
    [1, 1],
  ];
  const block: [number, number] = [cell, cell];
  for (let d = 3; d < dimensions; d++) {
    const axis = (d - 3) % 2;
    block[axis] = block[axis]! * k + 1;
    steps.push(axis === 0 ? [block[0], 0] : [0, block[1]]);
  }
  return steps.slice(0, dimensions);
}

/** Places of all routers; those of a topology that gives none lie on a circle. */
export function routerPlaces({ routers, positions }: NetworkGraph): readonly Place[] {
  return positions ?? circlePlaces(routers);
}

/** The last bits of a sine differ between machines; a place in a result must not. */
function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
