import { lowestBit } from './bits.js';
import { GeneralStages, type AllocatorMaker } from './general-stages.js';
import { L } from './layout.js';
import { isPlain } from './parameters.js';
import { enterRequests, finishRouting } from './routing-stage.js';
import type { FlitState } from './state.js';
import { IslipSwitchAllocation } from './switch-allocation.js';
import { endTrain } from './train.js';
import { arrive } from './traversal.js';
import { activateGranted, IslipVcAllocation } from './vc-allocation.js';

/**
 * The routers' work, one router after the other: what comes to it, VC allocation, switch allocation, route computation, for
 * all cycles of a window. Flits and credits take two cycles and more from router to router, so that within a window none
 * feels what another one does, and a router's state comes into the cache once.
 */
export class RouterPass {
  private readonly vcAllocation: IslipVcAllocation;
  private readonly switchAllocation: IslipSwitchAllocation;
  /** In place of both where the table-driven stages do not apply. */
  private readonly general: GeneralStages | undefined;

  constructor(private readonly state: FlitState, plain: boolean, makeAllocator: AllocatorMaker) {
    this.vcAllocation = new IslipVcAllocation(state);
    this.switchAllocation = new IslipSwitchAllocation(state);
    this.general = plain ? undefined : new GeneralStages(state, makeAllocator);
  }

  /** Work on the window that ends with the state's present cycle. */
  run(): void {
    const { state } = this;
    const { calendar } = state;
    const last = state.cycle;
    state.windowStart = last + 1 - state.windowCycles;
    const at = calendar.membersAt(last);
    for (let word = 0; word < calendar.memberWords; word++) {
      for (let members = calendar.members[at + word]!; members !== 0; members &= members - 1) this.runRouter((word << 5) + lowestBit(members), last);
    }
    calendar.clear(last);
    state.cycle = last;
  }

  private runRouter(router: number, last: number): void {
    const { state } = this;
    state.goTo(router);
    for (let cycle = state.windowStart; cycle <= last; cycle++) {
      state.cycle = cycle;
      if (state.order !== undefined || this.general !== undefined) state.step = this.firstStep(cycle);
      this.receive(cycle);
      if (this.general === undefined) this.runPlain();
      else this.runSteps(this.general);
    }
    // A head that waited behind the tail which has just left.
    for (let index = 0; index < state.routingCount; index++) state.wakeAt(state.routing[index]!, last + 1);
    state.routingCount = 0;
    if (state.order !== undefined) state.order.carried = 0;
    if (this.general === undefined ? this.isWanted() : this.general.hasWork()) state.calendar.visit(router, last + 1);
  }

  private isWanted(): boolean {
    const { table, hereAt } = this.state;
    return (table[hereAt + L.ROUTER_READY]! | table[hereAt + L.ROUTER_CONTEST]!) !== 0;
  }

  private runPlain(): void {
    const { table, hereAt } = this.state;
    if (table[hereAt + L.ROUTER_CONTEST] !== 0) this.vcAllocation.run();
    const ready = table[hereAt + L.ROUTER_READY]!;
    if (ready !== 0) this.switchAllocation.run(ready);
    this.finishStep();
  }

  private runSteps(general: GeneralStages): void {
    const { state } = this;
    const steps = this.firstStep(state.cycle + 1) - state.step;
    for (state.stepsLeft = steps; state.stepsLeft > 0; state.stepsLeft--) {
      general.run();
      this.finishStep();
      state.step++;
    }
    state.stepsLeft = 1;
  }

  private firstStep(cycle: number): number {
    const { state } = this;
    return state.parameters.internalSpeedup === 1 ? state.epoch + cycle : Math.floor((state.epoch + cycle) * state.parameters.internalSpeedup);
  }

  private finishStep(): void {
    const { state } = this;
    if (state.grantedCount > 0) activateGranted(state);
    if (state.routingCount > 0 || state.routingNextCount > 0) finishRouting(state);
  }

  /** The flits that arrive in the cycle, and the virtual channels that go on in it. */
  private receive(cycle: number): void {
    const { state } = this;
    const { table, requestWords, hereAt, vcShift } = state;
    if (table[hereAt + L.ROUTER_WAKES] !== 0) this.wake(cycle);
    const ring = hereAt + state.ringAt + (cycle & state.calendar.mask) * requestWords;
    for (let word = 0; word < requestWords; word++) {
      const arrivals = table[ring + word]!;
      if (arrivals === 0) continue;
      table[ring + word] = 0;
      for (let rest = arrivals; rest !== 0; rest &= rest - 1) arrive(state, state.hereVc + (((word << 5) + lowestBit(rest)) << vcShift));
    }
  }

  private wake(cycle: number): void {
    const { state } = this;
    const { wakes, words } = state.calendar;
    const at = state.calendar.wakesAt(state.here, cycle);
    for (let word = 0; word < words; word++) {
      const waking = wakes[at + word]!;
      wakes[at + word] = 0;
      for (let rest = waking; rest !== 0; rest &= rest - 1) {
        state.table[state.hereAt + L.ROUTER_WAKES]!--;
        this.goOn(state.hereVc + (((word << 5) + lowestBit(rest)) << state.vcShift));
      }
    }
  }

  /** What a virtual channel waited for has come; its state says what that was. */
  private goOn(vc: number): void {
    const { state } = this;
    const phase = state.vcs16[2 * vc + L.VC16_STATE]!;
    if (phase === L.STATE_ROUTING) this.routeAtEnd(vc);
    else if (phase === L.STATE_ALLOCATING) enterRequests(state, vc);
    else if (phase >= L.STATE_TRAIN) endTrain(state, vc);
    else {
      // The front flit may bid for the switch: it has waited for a credit, or for a slow switch allocation.
      state.stalls.noCredit += state.cycle - state.vcs[vc + L.VC_SINCE]!;
      state.markReady(vc);
    }
  }

  private routeAtEnd(vc: number): void {
    const { state } = this;
    state.routing[state.routingCount++] = vc;
    if (state.order !== undefined && state.parameters.routingDelay === 1) state.order.carried++;
  }
}
