import type { LinkUse } from './link-uses.js';
import type { NetworkMap } from './network-maps.js';

/** A link of a mesh, by the coordinates of the routers at its ends. */
export interface MeshLink extends LinkUse {
  readonly network: string;
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
}

const COORDINATES = /^(.*?)\.?(\d+),(\d+)\s*-+>?\s*(\d+),(\d+)$/;

/** Links whose names end in two coordinates, e.g. `noc.link.0,0-1,0`. */
export function meshLinks(uses: readonly LinkUse[]): MeshLink[] {
  return uses.flatMap((use) => {
    const match = COORDINATES.exec(use.name);
    if (match === null) return [];
    const [, network = '', x, y, toX, toY] = match;
    return [{ ...use, network: network.replace(/\.link$/, ''), x: Number(x), y: Number(y), toX: Number(toX), toY: Number(toY) }];
  });
}

/** Networks that name their links by coordinates and tell nothing else. */
export function namedMeshes(uses: readonly LinkUse[]): NetworkMap[] {
  const links = meshLinks(uses);
  return [...new Set(links.map(({ network }) => network))].map((network) =>
    meshOf(
      network,
      links.filter((link) => link.network === network),
    ),
  );
}

function meshOf(path: string, links: readonly MeshLink[]): NetworkMap {
  const places = new Map(
    links.flatMap(
      ({ x, y, toX, toY }) =>
        [
          [`${x},${y}`, { x, y }],
          [`${toX},${toY}`, { x: toX, y: toY }],
        ] as const,
    ),
  );
  const names = [...places.keys()];
  return {
    path,
    topology: '',
    routers: [...places].map(([name, place]) => ({ ...place, name, nodes: [] })),
    links: links.map(({ name, x, y, toX, toY, utilisation, bytes }) => ({
      from: names.indexOf(`${x},${y}`),
      to: names.indexOf(`${toX},${toY}`),
      label: name,
      utilisation,
      bytes,
    })),
  };
}
