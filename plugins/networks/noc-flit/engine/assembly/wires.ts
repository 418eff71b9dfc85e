import { cycle, here, step, stepsLeft } from './here';
import { L } from './layout';
import { crossingDelay, ports, setWord, wiresAt, word } from './memory';
import { startBatch } from './routing';

/** Cycle of a flit's arrival downstream where flits queue for the wire (batches, speedups, several steps a cycle): one flit per output port and cycle. */
export function queueForWire(outPort: i32): i32 {
  const at = wiresAt + (here * ports + outPort) * L.WIRE_STRIDE;
  const from = stepsLeft > 1 ? cycle : cycle + 1;
  const start = crossingDelay == 1 ? from : startBatch(L.ROUTER_CROSSBAR_BATCH, from, crossingDelay);
  const wire = max(start + crossingDelay - 1, word(at, L.WIRE_FLIT) + 1);
  setWord(at, L.WIRE_FLIT, wire);
  return wire + word(at, L.WIRE_DELAY);
}

/** Cycle in which a credit leaves. One message per input port and cycle; each router step makes its own message. */
export function sendCredit(input: i32): i32 {
  const at = wiresAt + (here * ports + input) * L.WIRE_STRIDE;
  const message = <i32>(<i64>step);
  if (word(at, L.WIRE_CREDIT_STEP) != message) {
    setWord(at, L.WIRE_CREDIT_STEP, message);
    setWord(at, L.WIRE_CREDIT, max(cycle, word(at, L.WIRE_CREDIT) + 1));
  }
  return word(at, L.WIRE_CREDIT);
}
