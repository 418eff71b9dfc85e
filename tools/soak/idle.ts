import type { FlitNetwork } from '../../plugins/networks/noc-flit/api.js';
import * as L from '../../plugins/networks/noc-flit/engine/layout.js';
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
  for (let vc = 0; vc < state.firstSinkVc + state.nodes * state.numVcs; vc++) checkVc(network, vc, violations);
  for (let port = 0; port < state.firstSinkPort; port++) checkOutput(network, port, violations);
  for (let router = 0; router < state.routers; router++) checkRouterMasks(network, router, violations);
}

function checkLists({ state }: FlitNetwork, violations: Violations): void {
  violations.same('entries on the calendar', state.wheel.pending, 0);
  violations.same('routers that ask for the switch', state.switchSet.size, 0);
  violations.same('routers that ask for virtual channels', state.vcSet.size, 0);
  violations.same('heads in route computation', state.routingCount + state.routingNextCount, 0);
  violations.same('granted virtual channels', state.grantedCount, 0);
  violations.same('output virtual channels asked for', state.requests.reduce((count, mask) => count + (mask === 0 ? 0 : 1), 0), 0);
}

function checkVc({ state }: FlitNetwork, vc: number, violations: Violations): void {
  const at = vc * state.vcStride;
  violations.same(`state of virtual channel ${vc}`, state.vcs[at + L.VC_STATE]!, L.STATE_IDLE);
  violations.same(`flits in virtual channel ${vc}`, state.vcs[at + L.VC_COUNT]!, 0);
  violations.same(`senders that wait for virtual channel ${vc}`, state.vcs[at + L.VC_AWAITED]!, 0);
  // A terminal takes its flits on arrival: nobody reads its buffer.
  if (vc < state.firstSinkVc) violations.same(`slot of virtual channel ${vc} that is read next`, state.vcs[at + L.VC_HEAD]!, state.vcs[at + L.VC_TAIL]!);
  for (let slot = 0; slot < state.bufferFlits; slot++) checkSlot(state.vcs[at + L.VC_SLOTS + slot]!, state.cycle, `slot ${slot} of virtual channel ${vc}`, violations);
}

/** A free slot holds ~c, c the cycle from which its credit is at home (engine/layout.ts). */
function checkSlot(content: number, cycle: number, name: string, violations: Violations): void {
  if (content >= 0) violations.add(`${name} is in use`);
  else if (~content > cycle) violations.add(`the credit of ${name} is not home`);
}

function checkRouterMasks({ state }: FlitNetwork, router: number, violations: Violations): void {
  const at = router * L.ROUTER_STRIDE;
  violations.same(`input ports of router ${router} that ask`, state.router[at + L.ROUTER_READY]!, 0);
  violations.same(`output ports of router ${router} that are asked for`, state.router[at + L.ROUTER_PENDING]!, 0);
}

/** Only an output that leads somewhere has virtual channels to give away. */
function checkOutput({ state }: FlitNetwork, port: number, violations: Violations): void {
  const at = port * L.PORT_STRIDE;
  violations.same(`virtual channels that ask at port ${port}`, state.port[at + L.PORT_READY]!, 0);
  violations.same(`heads that wait at port ${port}`, state.wait[port * L.WAIT_STRIDE + L.WAIT_PENDING]!, 0);
  if (state.port[at + L.PORT_DOWN]! >= 0) violations.same(`free virtual channels of port ${port}`, state.port[at + L.PORT_FREE]!, 2 ** state.numVcs - 1);
}

/** Flits that each terminal took, counted where they leave their router and not by the packet's own destination. */
export function checkSinks({ state }: FlitNetwork, expected: Float64Array, violations: Violations): void {
  for (let node = 0; node < state.nodes; node++) {
    let flits = 0;
    for (let local = 0; local < state.numVcs; local++) flits += state.cold[(state.firstSinkVc + node * state.numVcs + local) * L.COLD_STRIDE + L.COLD_FLITS]!;
    violations.same(`flits that node ${node} took`, flits, expected[node]!);
  }
}
