import type { Histogram, Port } from '../../../core/index.js';
import type { Reductions } from './reductions.js';
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

export function latencyTable(latency: Histogram): Readonly<Record<string, number>> {
  const percentile = (fraction: number): number => latency.percentile(fraction);
  return { messages: latency.count, mean: latency.mean, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max: latency.count === 0 ? 0 : latency.max };
}

/** Nothing where there were no reductions. */
export function reductionTable({ started, held, packetsCombined }: Reductions): Readonly<Record<string, unknown>> {
  return started === 0 ? {} : { reductions: { started, held, packetsCombined } };
}
