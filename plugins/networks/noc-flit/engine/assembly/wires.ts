import { cycle, here, step, stepsLeft } from './here';
import { L } from './layout';
import { crossingDelay, linkDenominator, linkNumerator, ports, setWord, slowLinks, wiresAt, word } from './memory';
import { startBatch } from './routing';

@inline
function wireOf(port: i32): i32 {
  return wiresAt + (here * ports + port) * L.WIRE_STRIDE;
}

/** Cycle after the present step, where the crossbar begins. */
@inline
function afterStep(): i32 {
  return stepsLeft > 1 ? cycle : cycle + 1;
}

/** A link that is slower than the router takes a flit only when the one before has passed: nobody asks for the output until then. */
@inline
export function linkIsBusy(outPort: i32): bool {
  return slowLinks && isTaken(outPort);
}

function isTaken(outPort: i32): bool {
  return word(wireOf(outPort), L.WIRE_FREE) > afterStep() + crossingDelay - 1;
}

/**
 * Cycle of a flit's arrival downstream where it may have to wait for the wire (batches, speedups, several steps a cycle, slow
 * links): one flit at a time. `isLink`: the wire leads to a router, and may take longer than a cycle for a flit.
 */
export function queueForWire(outPort: i32, isLink: bool): i32 {
  const at = wireOf(outPort);
  const start = crossingDelay == 1 ? afterStep() : startBatch(L.ROUTER_CROSSBAR_BATCH, afterStep(), crossingDelay);
  const ready = start + crossingDelay - 1;
  const free = word(at, L.WIRE_FREE);
  const begin = max(ready, free);
  if (!isLink || !slowLinks) {
    setWord(at, L.WIRE_FREE, begin + 1);
    return begin + word(at, L.WIRE_DELAY);
  }
  // The end of the passage: whole cycles, and a rest in denominators.
  const parts = (free >= ready ? word(at, L.WIRE_FRACTION) : 0) + linkNumerator;
  const end = begin + parts / linkDenominator;
  const rest = parts % linkDenominator;
  setWord(at, L.WIRE_FREE, end);
  setWord(at, L.WIRE_FRACTION, rest);
  return (rest == 0 ? end - 1 : end) + word(at, L.WIRE_DELAY);
}

/** Cycle in which a credit leaves. One message per input port and cycle; each router step makes its own message. */
export function sendCredit(input: i32): i32 {
  const at = wireOf(input);
  const message = <i32>(<i64>step);
  if (word(at, L.WIRE_CREDIT_STEP) != message) {
    setWord(at, L.WIRE_CREDIT_STEP, message);
    setWord(at, L.WIRE_CREDIT, max(cycle, word(at, L.WIRE_CREDIT) + 1));
  }
  return word(at, L.WIRE_CREDIT);
}
