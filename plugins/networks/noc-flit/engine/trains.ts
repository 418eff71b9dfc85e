import type { NetworkGraph } from '../graph.js';
import { hasFixedDelays, type RouterParameters } from './parameters.js';

/** True when a packet that is alone at a router may be sent ahead: nothing but the flits before it decides when a flit leaves. */
export function usesTrains(parameters: RouterParameters): boolean {
  return !parameters.waitForTailCredit && parameters.vcAllocDelay === 1 && parameters.switchAllocDelay === 1 && hasFixedDelays(parameters);
}

/**
 * For how many cycles after the first one of a window a packet that is alone at a router needs to fear no competitor there.
 * Whoever comes next must first be given a virtual channel of the router, pass the wire, be routed and be given one of its
 * outputs. Known are the packets that terminals have injected up to the end of the window, and those that the neighbours
 * have let through before it.
 */
export function safeTrainCycles(graph: NetworkGraph, parameters: RouterParameters, windowCycles: number): number {
  const injection = graph.terminals.reduce((least, terminal) => Math.min(least, 1 + terminal.injectLatencyCycles), Infinity);
  const neighbour = graph.channels.reduce((least, channel) => Math.min(least, 2 + channel.latencyCycles), Infinity);
  return Math.min(windowCycles - 1 + injection, neighbour) + parameters.routingDelay + parameters.vcAllocDelay;
}
