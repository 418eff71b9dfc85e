import type { EjectedPacket } from 'tessera-sim/noc-flit';

/** Sums, extremes and a histogram of the packets' latencies, in cycles. Bins are one cycle wide up to `bins`. */
export class LatencyTally {
  packets = 0;
  latencySum = 0;
  networkLatencySum = 0;
  flitLatencySum = 0;
  flits = 0;
  hopSum = 0;
  fragmentationSum = 0;
  shortest = Infinity;
  longest = 0;
  private histogram = new Float64Array(1024);

  get meanLatency(): number {
    return this.latencySum / this.packets;
  }

  add(packet: EjectedPacket): void {
    const latency = packet.tailEjected - packet.created;
    this.packets++;
    this.latencySum += latency;
    this.networkLatencySum += packet.tailEjected - packet.headSent;
    this.hopSum += packet.hops;
    this.fragmentationSum += packet.tailEjected - packet.headEjected - (packet.flits - 1);
    if (latency < this.shortest) this.shortest = latency;
    if (latency > this.longest) this.longest = latency;
    if (latency >= this.histogram.length) this.grow(latency);
    this.histogram[latency]!++;
  }

  /** Flits count whether their packet does or not. */
  addFlits(packet: EjectedPacket): void {
    this.flitLatencySum += packet.flitCycles;
    this.flits += packet.flits;
  }

  /** The packets of another tally too. */
  merge(other: LatencyTally): void {
    this.packets += other.packets;
    this.latencySum += other.latencySum;
    this.networkLatencySum += other.networkLatencySum;
    this.flitLatencySum += other.flitLatencySum;
    this.flits += other.flits;
    this.hopSum += other.hopSum;
    this.fragmentationSum += other.fragmentationSum;
    this.shortest = Math.min(this.shortest, other.shortest);
    this.longest = Math.max(this.longest, other.longest);
    if (other.histogram.length > this.histogram.length) this.grow(other.histogram.length - 1);
    other.histogram.forEach((packets, latency) => (this.histogram[latency]! += packets));
  }

  clear(): void {
    this.packets = 0;
    this.latencySum = 0;
    this.networkLatencySum = 0;
    this.flitLatencySum = 0;
    this.flits = 0;
    this.hopSum = 0;
    this.fragmentationSum = 0;
    this.shortest = Infinity;
    this.longest = 0;
    this.histogram.fill(0);
  }

  /** Latency that a share (0 .. 1) of the packets does not exceed, in cycles. */
  percentile(share: number): number {
    const wanted = share * this.packets;
    let seen = 0;
    for (let latency = 0; latency < this.histogram.length; latency++) {
      seen += this.histogram[latency]!;
      if (seen >= wanted && seen > 0) return latency;
    }
    return 0;
  }

  /** Non-empty bins [latency in cycles, packets], in bins of `width` cycles. */
  bins(width: number): { latencyCycles: number; packets: number }[] {
    const result: { latencyCycles: number; packets: number }[] = [];
    for (let from = 0; from < this.histogram.length; from += width) {
      let packets = 0;
      for (let latency = from; latency < Math.min(from + width, this.histogram.length); latency++) packets += this.histogram[latency]!;
      if (packets > 0) result.push({ latencyCycles: from, packets });
    }
    return result;
  }

  private grow(latency: number): void {
    let size = this.histogram.length;
    while (size <= latency) size *= 2;
    const larger = new Float64Array(size);
    larger.set(this.histogram);
    this.histogram = larger;
  }
}
