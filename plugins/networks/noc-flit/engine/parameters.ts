import { InputError } from 'tessera-sim';

/** The router microarchitecture. Delays are router clock cycles. Defaults: those of BookSim2 (one cycle a stage). */
export interface RouterParameters {
  readonly numVcs: number;
  /** Flits that one virtual channel's buffer holds. */
  readonly vcBufferFlits: number;
  /** Route computation; 0 = lookahead (the route of the next router is known when the head arrives). */
  readonly routingDelay: number;
  readonly vcAllocDelay: number;
  readonly switchAllocDelay: number;
  /** Switch traversal: preparation and the crossing itself. */
  readonly switchPrepareDelay: number;
  readonly switchFinalDelay: number;
  /** Cycles a router needs to process an arrived credit, on top of its wire. */
  readonly creditDelay: number;
  readonly inputSpeedup: number;
  readonly outputSpeedup: number;
  /** Router steps per cycle, at least 1; may be fractional. */
  readonly internalSpeedup: number;
  readonly speculative: boolean;
  readonly holdSwitchForPacket: boolean;
  readonly waitForTailCredit: boolean;
  readonly vcAllocator: string;
  readonly switchAllocator: string;
  readonly allocatorIterations: number;
  /** Transfers that a flit takes on a link between routers: width of the flit over width of the link. */
  readonly linkPhits: number;
  /** Clock of the links over the routers' clock. */
  readonly linkClockRatio: number;
  /** Cycles on a link of unit length: a factor on the topology's latencies between routers. */
  readonly linkCycles: number;
}

export const defaultRouter: RouterParameters = {
  numVcs: 4,
  vcBufferFlits: 8,
  routingDelay: 1,
  vcAllocDelay: 1,
  switchAllocDelay: 1,
  switchPrepareDelay: 0,
  switchFinalDelay: 1,
  creditDelay: 0,
  inputSpeedup: 1,
  outputSpeedup: 1,
  internalSpeedup: 1,
  speculative: false,
  holdSwitchForPacket: false,
  waitForTailCredit: false,
  vcAllocator: 'islip',
  switchAllocator: 'islip',
  allocatorIterations: 1,
  linkPhits: 1,
  linkClockRatio: 1,
  linkCycles: 1,
};

/** True when a switch grant leads downstream after a fixed delay: no speedup, no batches, one step a cycle, links as fast as the routers. */
export function hasFixedDelays(router: RouterParameters): boolean {
  const { numerator, denominator } = linkFlitCycles(router);
  return numerator === denominator && router.outputSpeedup === 1 && router.internalSpeedup === 1 && router.switchPrepareDelay + router.switchFinalDelay === 1;
}

/** True when the table-driven stages apply. */
export function isPlain(router: RouterParameters, ports: number): boolean {
  return (
    router.vcAllocator === 'islip' &&
    router.switchAllocator === 'islip' &&
    router.inputSpeedup === 1 &&
    router.outputSpeedup === 1 &&
    router.internalSpeedup === 1 &&
    !router.speculative &&
    !router.holdSwitchForPacket &&
    ports <= 32
  );
}

/** Router cycles that a flit takes on a link, at least 1 (the crossbar gives one a cycle), as a fraction in lowest terms. */
export function linkFlitCycles(router: Pick<RouterParameters, 'linkPhits' | 'linkClockRatio'>): { readonly numerator: number; readonly denominator: number } {
  const numerator = router.linkPhits * RATIO_PARTS;
  const denominator = Math.round(router.linkClockRatio * RATIO_PARTS);
  if (numerator <= denominator) return { numerator: 1, denominator: 1 };
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The same as a number. */
export function flitCyclesOf(router: Pick<RouterParameters, 'linkPhits' | 'linkClockRatio'>): number {
  const { numerator, denominator } = linkFlitCycles(router);
  return numerator / denominator;
}

/** Clock ratios are taken to four decimals. */
const RATIO_PARTS = 10_000;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Throws InputError naming the first parameter that no router can have. */
export function checkRouter(router: RouterParameters): void {
  whole('numVcs', router.numVcs, 1, 31);
  whole('vcBufferFlits', router.vcBufferFlits, 1, 4096);
  whole('routingDelay', router.routingDelay, 0, 64);
  whole('vcAllocDelay', router.vcAllocDelay, 1, 64);
  whole('switchAllocDelay', router.switchAllocDelay, 1, 64);
  whole('switchPrepareDelay', router.switchPrepareDelay, 0, 64);
  whole('switchFinalDelay', router.switchFinalDelay, 0, 64);
  whole('creditDelay', router.creditDelay, 0, 64);
  whole('inputSpeedup', router.inputSpeedup, 1, router.numVcs);
  whole('outputSpeedup', router.outputSpeedup, 1, 16);
  whole('allocatorIterations', router.allocatorIterations, 1, 64);
  whole('linkPhits', router.linkPhits, 1, 64);
  whole('linkCycles', router.linkCycles, 1, 1024);
  if (!(router.linkClockRatio >= 0.01 && router.linkClockRatio <= 100)) reject('linkClockRatio', `${router.linkClockRatio} is not between 0.01 and 100`);
  if (router.switchPrepareDelay + router.switchFinalDelay < 1) reject('switchFinalDelay', 'switch traversal takes at least one cycle in all');
  if (!(router.internalSpeedup >= 1 && router.internalSpeedup <= 16)) reject('internalSpeedup', `${router.internalSpeedup} is not between 1 and 16`);
}

function whole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) reject(name, `${value} is not a whole number from ${least} to ${most}`);
}

function reject(name: string, text: string): never {
  throw new InputError({ path: name, message: text });
}
