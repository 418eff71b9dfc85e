import { RandomStream } from 'tessera-sim';
import { buildGraph, buildNetwork, builtIn, type Catalogue, type RouterParameters } from 'tessera-sim/noc-flit';
import { canDeadlock, PAIR_VCS, type Pair } from './pairs.js';
import { SoakRun, type SoakOutcome, type SoakParameters } from './soak-run.js';

/** Packets in flight per node at most: several times what the buffers behind a node hold. */
const IN_FLIGHT_PER_NODE = 6;

export interface PairReport extends SoakOutcome {
  readonly name: string;
  readonly canDeadlock: boolean;
  readonly inFlightLimit: number;
  /** Runs with more packets in flight that stood still, by their limit and the packets ejected until then. */
  readonly deadlocks: readonly { readonly inFlightLimit: number; readonly packets: number }[];
}

/**
 * Soaks one pair. Where the channel dependency graph has a cycle, a run that stands still is told by name and repeated with half
 * as many packets in flight; where it has none, standing still is a violation like any other.
 */
export function soakPair(
  pair: Pair,
  router: Partial<RouterParameters>,
  packets: number,
  seed: number,
  catalogue = builtIn,
  onBlock: (sentPackets: number) => void = () => {},
): PairReport {
  const circular = canDeadlock(pair, router.numVcs ?? PAIR_VCS, router.waitForTailCredit);
  const deadlocks: { inFlightLimit: number; packets: number }[] = [];
  for (let limit = IN_FLIGHT_PER_NODE * buildGraph(pair.description, catalogue).terminals.length; ; limit = Math.max(1, limit >> 1)) {
    const outcome = soakOnce(pair, router, { packets, seed, inFlightLimit: limit, onBlock }, catalogue);
    const report = { ...outcome, name: pair.name, canDeadlock: circular, inFlightLimit: limit, deadlocks };
    if (!outcome.deadlocked) return report;
    if (!circular || limit === 1) return withViolation(report, `stands still after ${outcome.packets} packets with up to ${limit} in flight`);
    deadlocks.push({ inFlightLimit: limit, packets: outcome.packets });
  }
}

function soakOnce(pair: Pair, router: Partial<RouterParameters>, parameters: SoakParameters, catalogue: Catalogue): SoakOutcome {
  const routes = new RandomStream(parameters.seed, 'soak.routes');
  const built = buildNetwork({ ...pair.description, router: { numVcs: PAIR_VCS, ...router } }, (bound) => routes.below(bound), catalogue);
  return new SoakRun(built.network, pair.description, built.router, parameters).run();
}

function withViolation(report: PairReport, text: string): PairReport {
  return { ...report, violationCount: report.violationCount + 1, violations: [...report.violations, text] };
}
