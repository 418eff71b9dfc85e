const LINE_EVERY_MS = 10_000;

/** Says on standard error how far a long run is: packets per second and time left, both by the wall clock. */
export class Progress {
  private readonly startMs = performance.now();
  private lastLineMs = this.startMs;
  private finishedPackets = 0;

  /** `totalPackets`: of all cases together. */
  constructor(
    private readonly totalPackets: number,
    private readonly write: (line: string) => void,
  ) {}

  /** So many packets of the case at hand are sent. */
  at(name: string, packets: number): void {
    const nowMs = performance.now();
    if (nowMs - this.lastLineMs < LINE_EVERY_MS) return;
    this.lastLineMs = nowMs;
    const done = this.finishedPackets + packets;
    const perSecond = done / ((nowMs - this.startMs) / 1000);
    this.write(`${name}: ${packets} packets; ${Math.round(perSecond)} packets/s, ${Math.ceil((this.totalPackets - done) / perSecond)} s left\n`);
  }

  finish(casePackets: number): void {
    this.finishedPackets += casePackets;
  }
}
