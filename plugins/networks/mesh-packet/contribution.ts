import type { StateExchange } from 'tessera-sim';
import type { Reduction } from 'tessera-sim/networks';

/** A packet of a response to a reduction, from then on that of the partial sum that it carries. */
export class Contribution {
  private stagedRouter = -1;

  /** @param isStray meets the others at the last router only */
  constructor(
    readonly reduction: Reduction,
    readonly sequence: number,
    readonly isStray: boolean,
  ) {}

  meetsOthersAt(router: number, lastRouter: number): boolean {
    return this.reduction.tree.meetings.has(router) && (!this.isStray || router === lastRouter);
  }

  /** Enters the adder of a router; false when it is in there already. */
  enterAdder(router: number): boolean {
    if (this.stagedRouter === router) return false;
    this.stagedRouter = router;
    return true;
  }

  state(s: StateExchange): void {
    this.stagedRouter = s.number(this.stagedRouter);
  }
}
