import { Histogram, type ClockDomain, type SpanProbe, type Transaction } from 'tessera-sim';

/** Latency of messages, from their entry at a node to their arrival at another; a track a node for the trace. */
export class MessageLatency {
  readonly histogram = new Histogram();
  /** Per transaction id. */
  private readonly beganCycle: number[] = [];

  constructor(
    private readonly clock: ClockDomain,
    private readonly spanOfNode: readonly SpanProbe[],
  ) {}

  begin(message: Transaction, cycle: number): void {
    this.beganCycle[message.id] = cycle;
  }

  /** @param from node at which the message came in */
  end(message: Transaction, from: number, cycle: number): void {
    const began = this.beganCycle[message.id]!;
    this.histogram.add(cycle - began);
    const span = this.spanOfNode[from]!;
    if (span.active) span.emit(this.clock.tickOf(began), this.clock.tickOf(cycle), message.trafficClass, message.operation);
  }
}
