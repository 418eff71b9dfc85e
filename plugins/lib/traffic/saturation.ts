/** Smallest unstable load between a stable and an unstable one, by bisection. */
export interface Saturation {
  /** Highest load that was stable and lowest that was not, in flits per node and cycle. */
  readonly stableLoad: number;
  readonly unstableLoad: number;
  readonly runs: number;
}

/**
 * Where the network saturates: between a load that drains and one that does not. `isStable(load)` runs one load.
 * `precision` is the width of the last interval relative to the load. The search is between `lowest` and `highest`; where
 * `lowest` is unstable already it goes on below.
 */
export function findSaturation(isStable: (load: number) => boolean, precision: number, highest = 1, lowest = 0): Saturation {
  let stableLoad = lowest;
  let unstableLoad = highest;
  let runs = 1;
  if (isStable(highest)) return { stableLoad: highest, unstableLoad: highest, runs };
  if (lowest > 0 && !isStable(lowest)) {
    stableLoad = 0;
    unstableLoad = lowest;
  }
  if (lowest > 0) runs++;
  while (unstableLoad - stableLoad > precision * unstableLoad && runs < 64) {
    const load = (stableLoad + unstableLoad) / 2;
    runs++;
    if (isStable(load)) stableLoad = load;
    else unstableLoad = load;
  }
  return { stableLoad, unstableLoad, runs };
}
