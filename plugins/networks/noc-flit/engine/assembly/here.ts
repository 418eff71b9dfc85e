import { internalSpeedup, routerStride, routerVcs, tableAt, vcsAt } from './memory';

/** The router at hand: its number, its record, its first virtual channel. */
export let here: i32 = 0;
export let hereAt: i32 = 0;
export let hereVc: i32 = 0;

/** The cycle that it works on, and cycle 0 of the 32-bit clock in absolute cycles. */
export let cycle: i32 = 0;
export let epoch: f64 = 0;
/** First cycle of the window that the routers work on. */
export let windowStart: i32 = 0;
/** Number of the router step at hand, and how many of this cycle are left, this one included. */
export let step: f64 = 0;
export let stepsLeft: i32 = 1;

export function goTo(router: i32): void {
  here = router;
  hereAt = tableAt + router * routerStride;
  hereVc = vcsAt + router * routerVcs;
}

export function startWindow(first: i32, origin: f64): void {
  windowStart = first;
  epoch = origin;
}

@inline
export function setCycle(value: i32): void {
  cycle = value;
}

/** Steps are counted from the beginning of time: equal to the absolute cycle unless the internal speedup is above 1. */
export function firstStep(at: i32): f64 {
  const absolute = epoch + <f64>at;
  return internalSpeedup == 1 ? absolute : Math.floor(absolute * internalSpeedup);
}

@inline
export function setStep(value: f64, left: i32): void {
  step = value;
  stepsLeft = left;
}
