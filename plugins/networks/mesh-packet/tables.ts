import type { Port } from 'tessera-sim';
import type { Topology } from './topology.js';

/** Where each router lies in a drawing, and the blocks at its nodes. */
export function routerPlaces(topology: Topology, portOfNode: readonly Port[]): { x: number; y: number; nodes: string[] }[] {
  const places = Array.from({ length: topology.routers }, (_, router) => ({ ...topology.placeOf(router), nodes: [] as string[] }));
  portOfNode.forEach((port, node) => {
    if (port.isConnected) places[topology.entryRouter(node)]?.nodes.push(port.neighbourPath);
  });
  return places;
}

/** Size of the drawing, in routers. */
export function extentOf(topology: Topology): { columns: number; rows: number } {
  let [columns, rows] = [1, 1];
  for (let router = 0; router < topology.routers; router++) {
    const { x, y } = topology.placeOf(router);
    [columns, rows] = [Math.max(columns, Math.ceil(x) + 1), Math.max(rows, Math.ceil(y) + 1)];
  }
  return { columns, rows };
}
