/** One unfinished wait: `who` needs `what` of `whom` since `sinceTick`. Names are block paths or operation ids. */
export interface WaitFor {
  readonly who: string;
  readonly whom: string;
  readonly what: string;
  readonly sinceTick: number;
}

/** Something that may still have work to do when no event is left. */
export interface Waiter {
  /** All waits that are not satisfied; empty when this part of the machine is at rest. */
  waits(): readonly WaitFor[];
}

export interface DeadlockReport {
  readonly tick: number;
  readonly waits: readonly WaitFor[];
  /** A cycle of waits, each waiting for the next, the last for the first; empty when the chain ends outside. */
  readonly cycle: readonly WaitFor[];
}

/** Follows who-waits-for-whom and returns the first cycle found, in the order of `waits`. */
export function findWaitCycle(waits: readonly WaitFor[]): readonly WaitFor[] {
  const byWho = new Map<string, WaitFor[]>();
  for (const wait of waits) {
    const list = byWho.get(wait.who);
    if (list === undefined) byWho.set(wait.who, [wait]);
    else list.push(wait);
  }
  const finished = new Set<string>();
  for (const wait of waits) {
    const cycle = walk(wait.who, byWho, finished);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

/** Depth-first search with an explicit stack, so that a long chain of operations cannot overflow ours. */
function walk(start: string, byWho: ReadonlyMap<string, readonly WaitFor[]>, finished: Set<string>): readonly WaitFor[] {
  const path: WaitFor[] = [];
  const depthOf = new Map<string, number>([[start, 0]]);
  const nextEdge = [0];
  const names = [start];
  while (names.length > 0) {
    const name = names[names.length - 1] as string;
    const edge = byWho.get(name)?.[nextEdge[nextEdge.length - 1] as number];
    if (edge === undefined || finished.has(name)) {
      finished.add(name);
      depthOf.delete(name);
      names.pop();
      nextEdge.pop();
      path.pop();
      continue;
    }
    nextEdge[nextEdge.length - 1] = (nextEdge[nextEdge.length - 1] as number) + 1;
    const depth = depthOf.get(edge.whom);
    if (depth !== undefined) return [...path.slice(depth), edge];
    if (finished.has(edge.whom)) continue;
    path.push(edge);
    depthOf.set(edge.whom, names.length);
    names.push(edge.whom);
    nextEdge.push(0);
  }
  return [];
}

/** One line a wait, the cycle first. `secondsOf` turns ticks into text. */
export function formatDeadlock(report: DeadlockReport, describeTick: (tick: number) => string): string {
  const line = (wait: WaitFor): string => `  ${wait.who} waits for ${wait.whom}: ${wait.what} (since ${describeTick(wait.sinceTick)})`;
  const shown = report.cycle.length > 0 ? report.cycle : report.waits.slice(0, 12);
  const title = report.cycle.length > 0 ? 'wait-for cycle:' : 'unfinished waits:';
  const more = report.cycle.length === 0 && report.waits.length > 12 ? [`  and ${report.waits.length - 12} more`] : [];
  return [`deadlock at ${describeTick(report.tick)}; ${title}`, ...shown.map(line), ...more].join('\n');
}
