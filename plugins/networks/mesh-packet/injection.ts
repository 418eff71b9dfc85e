import type { ClockDomain, Port, StateExchange, TrafficClass, Transaction } from 'tessera-sim';
import { exchangeTargets, type Membership, type Reductions, type Target } from 'tessera-sim/networks';

/** A message that is being cut into packets at its node. */
export class Injection {
  message: Transaction | undefined;
  arrivedCycle = 0;
  payloadLeft = 0;
  destinationNode = 0;
  /** Of a group: whom it goes to, one at a node. */
  targets: readonly Target[] | undefined;
  /** Of a response: the reduction that it belongs to, and the number of its next packet. */
  membership: Membership | undefined;
  sequence = 0;
  /** Members of a group that leave at a node that another one leaves at too; they follow one by one. A reduction that must wait stands here, too. */
  readonly followers: Transaction[] = [];

  constructor(
    readonly port: Port,
    readonly trafficClass: TrafficClass,
  ) {}

  state(s: StateExchange, clock: ClockDomain, reductions: Reductions): void {
    this.message = s.optionalTransaction(this.message);
    this.arrivedCycle = s.cycle(this.arrivedCycle, clock);
    this.payloadLeft = s.number(this.payloadLeft);
    this.destinationNode = s.number(this.destinationNode);
    this.targets = s.flag(this.targets !== undefined) ? exchangeTargets(s, this.targets ?? []) : undefined;
    this.membership = reductions.optionalMembership(s, this.membership);
    this.sequence = s.number(this.sequence);
    s.list(this.followers, (follower) => s.transaction(follower));
  }
}
