/** From which cycle on a state counts: that of the network that was saved, and that of the one which is loaded (the same while saving). */
export interface Bases {
  /** Cycle of the 32-bit clock; routers have worked on all before it. */
  readonly from: number;
  readonly to: number;
  /** The present cycle, in absolute cycles. */
  readonly nowFrom: number;
  readonly nowTo: number;
}
