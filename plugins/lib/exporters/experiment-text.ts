import { formatBytes, formatCount, formatLoadShort, loadCurve, networkMaps, type MapLink, type ExperimentResult } from 'tessera-sim';

type Tables = NonNullable<ExperimentResult['tables']>;

/** Tables of an experiment without those that have sections of their own. */
export function otherTables(result: ExperimentResult): Tables {
  const drawn = new Set<string>();
  if (loadCurve(result).length > 0) drawn.add('curve');
  if (hasMap(result)) for (const name of ['links', 'routers', 'latencyHistogram']) drawn.add(name);
  return Object.fromEntries(Object.entries(result.tables ?? {}).filter(([name]) => !drawn.has(name)));
}

/** Whether a network alone was run, and can be drawn. */
export function hasMap(result: ExperimentResult): boolean {
  return networkMaps(result).some(({ path }) => path === '');
}

/** `3,195 flits`, or bytes where a network does not count flits. */
export function carriedText({ flits, bytes }: MapLink): string {
  return flits === undefined ? formatBytes(bytes) : `${formatCount(flits)} flits`;
}

/** Metrics and links of a curve belong to one of its loads. */
export function atLoad({ metrics: all }: ExperimentResult): string {
  const load = all?.['load'];
  return typeof load === 'number' ? ` at load ${formatLoadShort(load)}` : '';
}
