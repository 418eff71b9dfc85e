import { InputError } from 'tessera-sim';
import type { TopologyOptions } from '../contract.js';

/** A whole number from the options of a topology. */
export function wholeOption(options: TopologyOptions, topology: string, name: string, least: number, fallback?: number): number {
  const value = options[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least) {
    throw new InputError({
      path: name,
      message: `topology ${topology} needs ${name}, got ${JSON.stringify(value)}`,
      expected: `a whole number of at least ${least}`,
    });
  }
  return value;
}

/** Most routers, and most nodes: more would not fit the memory of a usual machine. */
const MOST = 2 ** 18;
/** Most ports of all routers, of which each has a channel. */
const MOST_PORTS = 2 ** 20;

/**
 * Throws InputError before a network is built that no machine can hold.
 * @param ports of one router
 */
export function checkSize(topology: string, routers: number, nodes: number, ports = 1): void {
  if (routers * ports > MOST_PORTS && routers <= MOST)
    throw new InputError({
      path: 'n',
      message: `a ${topology} of ${routers.toLocaleString('en')} routers with ${ports} ports each is too large`,
      expected: `at most ${MOST_PORTS.toLocaleString('en')} ports of all routers`,
    });
  const most = Math.max(routers, nodes);
  if (most > MOST)
    throw new InputError({
      path: 'k',
      message: `a ${topology} of ${most.toLocaleString('en')} ${routers === most ? 'routers' : 'nodes'} is too large`,
      expected: `at most ${MOST.toLocaleString('en')} routers and nodes`,
    });
}

/** False only when the option is written as false or 0. */
export function switchOption(options: TopologyOptions, name: string, fallback: boolean): boolean {
  const value = options[name];
  if (value === undefined) return fallback;
  return value !== false && value !== 0;
}
