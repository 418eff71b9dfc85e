import { L } from './layout.js';
import { hasFixedDelays } from './parameters.js';
import type { FlitState } from './state.js';
import { askForSwitch, clearReady, traverse } from './traversal.js';
import { queueForWire, sendCredit } from './wires.js';

/** Sends the front flit of a VC of the router at hand through the switch, at the times that the router's stages give. */
export class Crossing {
  private readonly fixedDelays: boolean;
  /** Cycles until the next flit's bid counts; 0: it bids in the next cycle. */
  private readonly nextBid: number;

  constructor(private readonly state: FlitState) {
    const { switchAllocDelay, holdSwitchForPacket } = state.parameters;
    this.fixedDelays = hasFixedDelays(state.parameters);
    // A held connection needs no bid.
    this.nextBid = switchAllocDelay === 1 || holdSwitchForPacket ? 0 : switchAllocDelay;
  }

  send(vc: number, input: number, local: number): void {
    const { state } = this;
    const { table16, cycle } = state;
    const inAt = state.hereAt + state.portsAt + input * L.PORT_STRIDE;
    const outPort = state.vcs16[2 * vc + L.VC16_OUT_PORT]!;
    const outAt = state.hereAt + state.portsAt + outPort * L.PORT_STRIDE;
    const creditDelay = table16[2 * inAt + L.PORT16_CREDIT_DELAY]!;
    if (this.fixedDelays) traverse(state, vc, input, local, outAt, cycle + creditDelay, cycle + table16[2 * outAt + L.PORT16_FLIT_DELAY]!);
    else traverse(state, vc, input, local, outAt, sendCredit(state, input) + creditDelay, queueForWire(state, outPort));
    if (this.nextBid > 0 && state.vcs16[2 * vc + L.VC16_STATE] === L.STATE_ACTIVE && state.vcs16[2 * vc + L.VC16_COUNT]! > 0) {
      clearReady(state, input, local);
      askForSwitch(state, vc, cycle + this.nextBid);
    }
  }
}
