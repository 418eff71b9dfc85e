import type { MachineDescription } from 'tessera-sim';

/** A place on a grid of routers. */
interface Place {
  readonly network: string;
  readonly column: number;
  readonly row: number;
}

const BEYOND = Number.MAX_SAFE_INTEGER;

/**
 * Routers between two blocks at one network that states its `columns` (and how many nodes share a router, `concentration`), as
 * mesh-packet does. Blocks at other networks (on another die) are further away than any at this one.
 */
export function hopsBetween(machine: MachineDescription, a: string, b: string): number {
  const places = placesOf(machine, b);
  for (const from of placesOf(machine, a)) {
    const to = places.find(({ network }) => network === from.network);
    if (to !== undefined) return Math.abs(from.column - to.column) + Math.abs(from.row - to.row);
  }
  return BEYOND;
}

function placesOf(machine: MachineDescription, block: string): Place[] {
  return machine.connections.flatMap(({ from, to }) => {
    const [near, far] = blockOf(from) === block ? [from, to] : [to, from];
    const node = /\.node(\d+)$/.exec(far)?.[1];
    const config = machine.block(blockOf(far))?.config;
    const columns = config?.['columns'];
    if (blockOf(near) !== block || node === undefined || typeof columns !== 'number') return [];
    const router = Math.floor(Number(node) / (typeof config?.['concentration'] === 'number' ? config['concentration'] : 1));
    return [{ network: blockOf(far), column: router % columns, row: Math.floor(router / columns) }];
  });
}

function blockOf(port: string): string {
  return port.slice(0, port.lastIndexOf('.'));
}
