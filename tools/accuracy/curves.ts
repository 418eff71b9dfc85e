/** A record of one load of a curve, as the reference files have it. */
export interface LoadRecord {
  readonly id: string;
  readonly curve?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly workload: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** One network and traffic over several loads, and where the reference saturates. */
export interface Curve {
  readonly name: string;
  /** Highest load that was stable in the reference, and lowest that was not (undefined: none was run). Flits per node and cycle. */
  readonly stableLoad: number;
  readonly unstableLoad: number | undefined;
  /** The record next to saturation: its configuration and workload are those of the search. */
  readonly nearest: LoadRecord;
}

/** The curves of a file in their order. A curve without a stable record has no bracket and is left out. */
export function curvesOf(records: readonly LoadRecord[]): Curve[] {
  const byName = new Map<string, LoadRecord[]>();
  for (const record of records) {
    if (record.curve === undefined) continue;
    const list = byName.get(record.curve) ?? [];
    byName.set(record.curve, [...list, record]);
  }
  return [...byName].flatMap(([name, list]) => curveOf(name, list) ?? []);
}

/** Near saturation one seed may be stable where another is not: the bracket then holds both loads. */
function curveOf(name: string, records: readonly LoadRecord[]): Curve | undefined {
  const byLoad = [...records].sort((a, b) => loadOf(a) - loadOf(b));
  const highestStable = byLoad.filter((record) => record.expected['stable'] === true).at(-1);
  const lowestUnstable = byLoad.find((record) => record.expected['stable'] === false);
  if (highestStable === undefined) return undefined;
  if (lowestUnstable === undefined) return { name, stableLoad: loadOf(highestStable), unstableLoad: undefined, nearest: highestStable };
  const ends = [loadOf(highestStable), loadOf(lowestUnstable)];
  return { name, stableLoad: Math.min(...ends), unstableLoad: Math.max(...ends), nearest: lowestUnstable };
}

function loadOf(record: LoadRecord): number {
  return Number(record.workload['injection_rate']);
}
