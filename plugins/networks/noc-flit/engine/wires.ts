import { L } from './layout.js';
import { startBatch } from './routing-stage.js';
import type { FlitState } from './state.js';

/** Cycle of a flit's arrival downstream where flits queue for the wire (batches, speedups, several steps a cycle): one flit per output port and cycle. */
export function queueForWire(state: FlitState, outPort: number): number {
  const { parameters, wires } = state;
  const at = (state.here * state.ports + outPort) * L.WIRE_STRIDE;
  const crossing = parameters.switchPrepareDelay + parameters.switchFinalDelay;
  const from = state.stepsLeft > 1 ? state.cycle : state.cycle + 1;
  const start = crossing === 1 ? from : startBatch(state.table, state.hereAt + L.ROUTER_CROSSBAR_BATCH, from, crossing);
  const wire = Math.max(start + crossing - 1, wires[at + L.WIRE_FLIT]! + 1);
  wires[at + L.WIRE_FLIT] = wire;
  return wire + wires[at + L.WIRE_DELAY]!;
}

/** Cycle in which a credit leaves. One message per input port and cycle; each router step makes its own message. */
export function sendCredit(state: FlitState, input: number): number {
  const { wires } = state;
  const at = (state.here * state.ports + input) * L.WIRE_STRIDE;
  const step = state.step | 0;
  if (wires[at + L.WIRE_CREDIT_STEP] !== step) {
    wires[at + L.WIRE_CREDIT_STEP] = step;
    wires[at + L.WIRE_CREDIT] = Math.max(state.cycle, wires[at + L.WIRE_CREDIT]! + 1);
  }
  return wires[at + L.WIRE_CREDIT]!;
}
