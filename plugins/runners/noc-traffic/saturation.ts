/** Smallest unstable load between a stable and an unstable one, by bisection. */
export interface Saturation {
  /** Highest load that was stable and lowest that was not, in flits per node and cycle. */
  readonly stableLoad: number;
  readonly unstableLoad: number;
  readonly runs: number;
}

/**
 * Where the network saturates: between a load that drains and one that does not. `isStable(load)` runs one load.
 * `precision` is the width of the last interval relative to the load.
 */
export function findSaturation(isStable: (load: number) => boolean, precision: number, highest = 1): Saturation {
  let stableLoad = 0;
  let unstableLoad = highest;
  let runs = 1;
  if (isStable(highest)) return { stableLoad: highest, unstableLoad: highest, runs };
  while (unstableLoad - stableLoad > precision * unstableLoad && runs < 64) {
    const load = (stableLoad + unstableLoad) / 2;
    runs++;
    if (isStable(load)) stableLoad = load;
    else unstableLoad = load;
  }
  return { stableLoad, unstableLoad, runs };
}
