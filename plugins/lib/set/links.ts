import type { MeshPlace, SetSchedule } from './record.js';

/** Bytes of a DRAM transfer that go over port `index` of `count`: as even as whole bytes can be. */
export function portShare(bytes: number, index: number, count: number): number {
  return Math.floor((bytes * (index + 1)) / count) - Math.floor((bytes * index) / count);
}

/**
 * Directed links of a multicast, as `x,y>x,y`: along the row of the source to the outermost columns of the destinations, in each of these
 * columns to the outermost rows.
 */
export function multicastTree([x0, y0]: MeshPlace, destinations: readonly MeshPlace[]): ReadonlySet<string> {
  const links = new Set<string>();
  const rows = new Map<number, [number, number]>();
  for (const [x, y] of destinations) {
    const [low, high] = rows.get(x) ?? [y0, y0];
    rows.set(x, [Math.min(low, y), Math.max(high, y)]);
  }
  const [left, right] = [Math.min(x0, ...rows.keys()), Math.max(x0, ...rows.keys())];
  for (let x = x0; x < right; x++) links.add(`${x},${y0}>${x + 1},${y0}`);
  for (let x = x0; x > left; x--) links.add(`${x},${y0}>${x - 1},${y0}`);
  for (const [x, [low, high]] of rows) {
    for (let y = y0; y < high; y++) links.add(`${x},${y}>${x},${y + 1}`);
    for (let y = y0; y > low; y--) links.add(`${x},${y}>${x},${y - 1}`);
  }
  return links;
}

/** Bytes that every link carries, over the whole schedule. */
export function linkBytes({ operations, dramReads, machine: { dramPorts } }: SetSchedule): ReadonlyMap<string, number> {
  const bytesOf = new Map<string, number>();
  const coreOf = new Map(operations.map(({ op, core }) => [op, core]));
  const send = (from: MeshPlace, to: readonly MeshPlace[], bytes: number): void => {
    if (bytes > 0) for (const link of multicastTree(from, to)) bytesOf.set(link, (bytesOf.get(link) ?? 0) + bytes);
  };
  const cores = (ids: readonly number[]): MeshPlace[] => ids.map((id) => coreOf.get(id)!);
  for (const [, bytes, , , consumers] of dramReads) dramPorts.forEach((port, i) => send(port, cores(consumers), portShare(bytes, i, dramPorts.length)));
  for (const { core, out } of operations)
    for (const [, bytes, consumers, toDram] of out) {
      if (consumers.length > 0) send(core, cores(consumers), bytes);
      if (toDram === 1) dramPorts.forEach((port, i) => send(core, [port], portShare(bytes, i, dramPorts.length)));
    }
  return bytesOf;
}
