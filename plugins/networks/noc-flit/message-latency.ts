import { Histogram, type ClockDomain, type SpanProbe, type StateExchange, type Transaction } from 'tessera-sim';
import { Beginnings } from 'tessera-sim/networks';

/** Latency of messages, from their entry at a node to their arrival at another; a track a node for the trace. */
export class MessageLatency {
  readonly histogram = new Histogram();
  private readonly beginnings = new Beginnings();

  constructor(
    private readonly clock: ClockDomain,
    private readonly spanOfNode: readonly SpanProbe[],
  ) {}

  begin(message: Transaction, cycle: number): void {
    this.beginnings.set(message, cycle);
  }

  /** @param from node at which the message came in */
  end(message: Transaction, from: number, cycle: number): void {
    const began = this.beginnings.take(message);
    this.histogram.add(cycle - began);
    const span = this.spanOfNode[from]!;
    if (span.active) span.emit(this.clock.tickOf(began), this.clock.tickOf(cycle), message.trafficClass, message.operation);
  }

  /** A message has gone into another one. */
  forget(message: Transaction): void {
    this.beginnings.take(message);
  }

  state(s: StateExchange): void {
    this.beginnings.state(s, this.clock);
    this.histogram.state(s);
  }
}
