import { L } from './layout';
import { M, P } from './parameters';

@inline
export function word(at: i32, field: i32): i32 {
  return load<i32>((<usize>at << 2) + (<usize>field << 2));
}

@inline
export function setWord(at: i32, field: i32, value: i32): void {
  store<i32>((<usize>at << 2) + (<usize>field << 2), value);
}

@inline
export function half(at: i32, field: i32): i32 {
  return <i32>load<i16>((<usize>at << 2) + (<usize>field << 1));
}

@inline
export function setHalf(at: i32, field: i32, value: i32): void {
  store<i16>((<usize>at << 2) + (<usize>field << 1), <i16>value);
}

@inline
export function time(at: i32, field: i32): f64 {
  return load<f64>((<usize>at << 2) + (<usize>field << 3));
}

@inline
export function setTime(at: i32, field: i32, value: f64): void {
  store<f64>((<usize>at << 2) + (<usize>field << 3), value);
}

@inline
export function addTo(cell: i32, value: f64): void {
  store<f64>(<usize>cell << 3, load<f64>(<usize>cell << 3) + value);
}

@inline
function parameter(index: i32): i32 {
  return load<i32>(<usize>(M.FIRST_PARAMETER + index) << 2);
}

/** Index of the lowest set bit of a non-zero mask. */
@inline
export function lowestBit(mask: i32): i32 {
  return ctz<i32>(mask);
}

/** First set bit at or after `from` (0 .. 32), wrapping to the lowest one: a round-robin arbiter. `mask` is not zero. */
@inline
export function firstBitFrom(mask: i32, from: i32): i32 {
  const high = from > 31 ? 0 : mask & (-1 << from);
  return ctz<i32>(high != 0 ? high : mask);
}

export let numVcs: i32 = 0;
export let bufferFlits: i32 = 0;
export let ports: i32 = 0;
export let vcsPerRouter: i32 = 0;
export let vcShift: i32 = 0;
export let routerVcs: i32 = 0;
/** Words of all virtual channels of a port. */
export let portVcs: i32 = 0;
export let vcsAt: i32 = 0;
export let firstSinkVc: i32 = 0;
export let tableAt: i32 = 0;
export let routerStride: i32 = 0;
export let ringAt: i32 = 0;
export let portsAt: i32 = 0;
export let requestsAt: i32 = 0;
export let requestWords: i32 = 0;
export let requestStride: i32 = 0;
export let ringMask: i32 = 0;
export let windowCycles: i32 = 0;
export let windowShift: i32 = 0;
export let windowMask: i32 = 0;
export let membersAt: i32 = 0;
export let memberWords: i32 = 0;
export let countsAt: i32 = 0;
export let wakesAt: i32 = 0;
export let wiresAt: i32 = 0;
export let portOfLocalAt: i32 = 0;
export let ejectedAt: i32 = 0;
export let ejectedMask: i32 = 0;
export let packetsAt: i32 = 0;
export let routeSetsAt: i32 = 0;
export let maxRequests: i32 = 0;
export let sinkCreditDelay: i32 = 0;
export let trainCycles: i32 = 0;
export let routingDelay: i32 = 0;
export let vcAllocDelay: i32 = 0;
export let switchAllocDelay: i32 = 0;
export let crossingDelay: i32 = 0;
/** Cycles that a flit takes on a link between routers. */
export let linkNumerator: i32 = 1;
export let linkDenominator: i32 = 1;
export let slowLinks: bool = false;
export let iterations: i32 = 0;
export let plain: bool = false;
export let fixedDelays: bool = false;
export let holdsSwitch: bool = false;
export let waitsForTailCredit: bool = false;
export let speculative: bool = false;
export let keepsOrder: bool = false;
export let internalSpeedup: f64 = 1;
/** Somebody asks for the number of the router step: wires with queues, the order of service, or several steps a cycle. */
export let countsSteps: bool = false;

/** Lists of the router at hand: heads to be routed at the end of this step and of the next one, VCs granted in this step. */
export let routing: i32 = 0;
export let routingNext: i32 = 0;
export let granted: i32 = 0;
/** VC allocation: per input VC the distance of its best grant from its accept pointer, and a mask of those that have one. */
export let best: i32 = 0;
export let touched: i32 = 0;
/** Switch allocation: per output the inputs that ask; per input the outputs asked, those that granted; per pair the VC that asks. */
export let asked: i32 = 0;
export let wants: i32 = 0;
export let grants: i32 = 0;
export let asking: i32 = 0;

/** Read the parameters that the host has written. */
export function configure(): void {
  numVcs = parameter(P.NUM_VCS);
  bufferFlits = parameter(P.BUFFER_FLITS);
  ports = parameter(P.PORTS);
  vcsPerRouter = parameter(P.VCS_PER_ROUTER);
  vcShift = parameter(P.VC_SHIFT);
  routerVcs = parameter(P.ROUTER_VCS);
  portVcs = numVcs << vcShift;
  vcsAt = parameter(P.VCS_AT);
  firstSinkVc = parameter(P.FIRST_SINK_VC);
  tableAt = parameter(P.TABLE_AT);
  routerStride = parameter(P.ROUTER_STRIDE);
  ringAt = parameter(P.RING_AT);
  portsAt = parameter(P.PORTS_AT);
  requestsAt = parameter(P.REQUESTS_AT);
  requestWords = parameter(P.REQUEST_WORDS);
  requestStride = requestWords + 1;
  ringMask = parameter(P.RING_MASK);
  windowCycles = parameter(P.WINDOW_CYCLES);
  windowShift = windowCycles - 1;
  windowMask = ringMask >> windowShift;
  membersAt = parameter(P.MEMBERS_AT);
  memberWords = parameter(P.MEMBER_WORDS);
  countsAt = parameter(P.COUNTS_AT);
  wakesAt = parameter(P.WAKES_AT);
  wiresAt = parameter(P.WIRES_AT);
  portOfLocalAt = parameter(P.PORT_OF_LOCAL_AT);
  ejectedAt = parameter(P.EJECTED_AT);
  ejectedMask = parameter(P.EJECTED_MASK);
  packetsAt = parameter(P.PACKETS_AT);
  routeSetsAt = parameter(P.ROUTE_SETS_AT);
  maxRequests = parameter(P.MAX_REQUESTS);
  sinkCreditDelay = parameter(P.SINK_CREDIT_DELAY);
  trainCycles = parameter(P.TRAIN_CYCLES);
  routingDelay = parameter(P.ROUTING_DELAY);
  vcAllocDelay = parameter(P.VC_ALLOC_DELAY);
  switchAllocDelay = parameter(P.SWITCH_ALLOC_DELAY);
  crossingDelay = parameter(P.CROSSING_DELAY);
  linkNumerator = parameter(P.LINK_NUMERATOR);
  linkDenominator = parameter(P.LINK_DENOMINATOR);
  slowLinks = linkNumerator > linkDenominator;
  iterations = parameter(P.ITERATIONS);
  plain = parameter(P.PLAIN) != 0;
  fixedDelays = parameter(P.FIXED_DELAYS) != 0;
  holdsSwitch = parameter(P.HOLDS_SWITCH) != 0;
  waitsForTailCredit = parameter(P.WAITS_FOR_TAIL_CREDIT) != 0;
  speculative = parameter(P.SPECULATIVE) != 0;
  keepsOrder = parameter(P.KEEPS_ORDER) != 0;
  countsSteps = keepsOrder || !plain || !fixedDelays;
  internalSpeedup = load<f64>(<usize>M.INTERNAL_SPEEDUP << 3);
  placeScratch(parameter(P.SCRATCH_AT));
}

/** Scratch tables: 4 * vcsPerRouter + requestWords + 3 * ports + ports * ports words. */
function placeScratch(at: i32): void {
  routing = at;
  routingNext = routing + vcsPerRouter;
  granted = routingNext + vcsPerRouter;
  best = granted + vcsPerRouter;
  touched = best + vcsPerRouter;
  asked = touched + requestWords;
  wants = asked + ports;
  grants = wants + ports;
  asking = grants + ports;
}

@inline
export function packetAt(packet: i32): i32 {
  return packetsAt + packet * L.PACKET_STRIDE;
}

@inline
export function portOfLocal(local: i32): i32 {
  return word(portOfLocalAt + local, 0);
}
