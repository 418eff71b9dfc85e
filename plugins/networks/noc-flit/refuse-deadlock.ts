import { InputError } from 'tessera-sim';
import type { NocFlitConfig } from './block-config.js';
import { buildGraph, findRouting, type Catalogue } from './catalogue.js';
import { describeNetwork } from './config.js';
import { checkDeadlockFreedom } from './deadlock.js';

/** Largest network whose routing is checked when it is built: the walk is over all pairs of nodes. */
const CHECKED_NODES = 256;

/** InputError with the cycle when packets of this routing can wait for each other in a circle. */
export function refuseDeadlock(path: string, config: NocFlitConfig, catalogue: Catalogue, nodes: number): void {
  if (!config.checkDeadlock || nodes > CHECKED_NODES) return;
  const description = describeNetwork(config);
  const routing = findRouting(description, catalogue);
  const verdict = checkDeadlockFreedom(buildGraph(description, catalogue), description.options, routing, config.numVcs, config.waitForTailCredit);
  if (verdict.free) return;
  throw new InputError({
    path: `${path}.with.routing`,
    message: `routing ${routing.name} on ${config.topology} with ${config.numVcs} virtual channels can deadlock: ${[...verdict.cycle, verdict.cycle[0]].join(' waits for ')}`,
    expected: 'a routing whose channel dependencies have no cycle, or escape channels with waitForTailCredit: true (checkDeadlock: false runs it all the same)',
  });
}
