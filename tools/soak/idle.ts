import type { FlitNetwork } from '../../plugins/networks/noc-flit/api.js';
import * as L from '../../plugins/networks/noc-flit/engine/layout.js';
import type { Violations } from './violations.js';

/** An empty network must be as it was at first: no packet, every virtual channel idle and owned by nobody, every slot free. */
export function checkIdle(network: FlitNetwork, violations: Violations): void {
  const { state } = network;
  violations.same('packets in flight', network.packetsInFlight, 0);
  violations.same('packet records in use', state.packets.live, 0);
  violations.same('next event', network.nextEventCycle(), -1);
  for (let vc = 0; vc < state.firstSinkVc + state.nodes * state.numVcs; vc++) checkVc(network, vc, violations);
  for (let port = 0; port < state.firstSinkPort; port++) checkOutput(network, port, violations);
}

function checkVc({ state }: FlitNetwork, vc: number, violations: Violations): void {
  const at = vc * state.vcStride;
  violations.same(`state of virtual channel ${vc}`, state.vcs[at + L.VC_STATE]!, L.STATE_IDLE);
  violations.same(`flits in virtual channel ${vc}`, state.vcs[at + L.VC_COUNT]!, 0);
  for (let slot = 0; slot < state.bufferFlits; slot++) {
    if (state.vcs[at + L.VC_SLOTS + slot]! >= 0) violations.add(`slot ${slot} of virtual channel ${vc} is in use`);
  }
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
