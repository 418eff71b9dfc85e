import { type FlitNetwork, L } from 'tessera-sim/noc-flit';
import type { Violations } from './violations.js';

/**
 * An empty network must be as it was at first: no packet, every virtual channel idle and owned by nobody, every credit at home,
 * nobody asking or waiting. For a network that has been empty for longer than a credit takes.
 */
export function checkIdle(network: FlitNetwork, violations: Violations): void {
  const { state } = network;
  violations.same('packets in flight', network.packetsInFlight, 0);
  violations.same('packet records in use', state.packets.live, 0);
  violations.same('next event', network.nextEventCycle(), -1);
  checkLists(network, violations);
  for (let vc = state.vcsAt; vc < state.vcsEnd; vc += state.vcStride) checkVc(network, vc, violations);
  for (let router = 0; router < state.routers; router++) {
    checkRouter(network, router, violations);
    for (let port = 0; port < state.ports; port++) checkOutput(network, router, port, violations);
  }
}

function checkLists({ state }: FlitNetwork, violations: Violations): void {
  violations.same('entries on the calendar', state.wheel.pending, 0);
  violations.same('routers that are waited for', state.calendar.pending, 0);
  violations.same(
    'virtual channels that are to wake',
    countMasks(state.memory.words.subarray(state.wakesAt, state.wakesAt + state.routers * (state.calendar.mask + 1) * state.requestWords)),
    0,
  );
}

function countMasks(words: Int32Array): number {
  return words.reduce((count, mask) => count + (mask === 0 ? 0 : 1), 0);
}

function checkVc({ state }: FlitNetwork, at: number, violations: Violations): void {
  const vc = state.numberOf(at);
  violations.same(`state of virtual channel ${vc}`, state.memory.halves[2 * at + L.VC16_STATE]!, L.STATE_IDLE);
  violations.same(`flits in virtual channel ${vc}`, state.memory.halves[2 * at + L.VC16_COUNT]!, 0);
  violations.same(`senders that wait for virtual channel ${vc}`, state.memory.halves[2 * at + L.VC16_AWAITED]!, 0);
  // A terminal takes its flits on arrival: nobody reads its buffer.
  if (at < state.firstSinkVc)
    violations.same(`slot of virtual channel ${vc} that is read next`, state.memory.halves[2 * at + L.VC16_HEAD]!, state.memory.halves[2 * at + L.VC16_TAIL]!);
  for (let slot = 0; slot < state.bufferFlits; slot++)
    checkSlot(state.memory.words[at + L.VC_SLOTS + slot]!, state.cycle, `slot ${slot} of virtual channel ${vc}`, violations);
}

/** A free slot holds ~c, c the cycle from which its credit is at home (engine/layout.ts). */
function checkSlot(content: number, cycle: number, name: string, violations: Violations): void {
  if (content >= 0) violations.add(`${name} is in use`);
  else if (~content > cycle) violations.add(`the credit of ${name} is not home`);
}

function checkRouter({ state }: FlitNetwork, router: number, violations: Violations): void {
  const at = state.routerAt(router);
  violations.same(`input ports of router ${router} that ask`, state.memory.words[at + L.ROUTER_READY]!, 0);
  violations.same(`output ports of router ${router} that are asked for`, state.memory.words[at + L.ROUTER_PENDING]!, 0);
  violations.same(`packets that come to router ${router}`, state.memory.words[at + L.ROUTER_PACKETS]!, 0);
  violations.same(`virtual channels of router ${router} that are to wake`, state.memory.words[at + L.ROUTER_WAKES]!, 0);
  const arrivals = state.memory.words.subarray(at + state.ringAt, at + state.portsAt);
  violations.same(`cycles with arrivals at router ${router}`, countMasks(arrivals), 0);
}

/** Only an output that leads somewhere has virtual channels to give away. */
function checkOutput({ state }: FlitNetwork, router: number, port: number, violations: Violations): void {
  const at = state.portAt(router, port);
  const name = `port ${port} of router ${router}`;
  violations.same(`virtual channels that ask at ${name}`, state.memory.words[at + L.PORT_READY]!, 0);
  violations.same(`heads that wait at ${name}`, state.memory.halves[2 * at + L.PORT16_PENDING]!, 0);
  if (state.memory.words[at + L.PORT_DOWN]! >= 0)
    violations.same(`free virtual channels of ${name}`, state.memory.words[at + L.PORT_FREE]!, 2 ** state.numVcs - 1);
  for (let vc = 0; vc < state.numVcs; vc++) {
    const requests = state.routerAt(router) + state.requestsAt + (port * state.numVcs + vc) * state.requestStride;
    for (let word = 0; word < state.requestWords; word++)
      violations.same(`requests for virtual channel ${vc} of ${name}`, state.memory.words[requests + word]!, 0);
  }
}

/** Flits that each terminal took, counted where they leave their router and not by the packet's own destination. */
export function checkSinks({ state }: FlitNetwork, expected: Float64Array, violations: Violations): void {
  for (let node = 0; node < state.nodes; node++) {
    let flits = 0;
    for (let local = 0; local < state.numVcs; local++) flits += state.memory.words[state.sinkVc(node) + (local << state.vcShift) + L.VC_FLITS]!;
    violations.same(`flits that node ${node} took`, flits, expected[node]!);
  }
}
