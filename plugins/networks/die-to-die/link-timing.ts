import { bitErrorRateOf, completeFigures, latencyTicksOf, type DieToDieConfig } from './config.js';
import { FLITS, type FlitFormat } from './flits.js';

/** Times and sizes of a link; ticks are picoseconds. */
export class LinkTiming {
  readonly latencyTicks: number;
  readonly energyPerBitPj: number;
  readonly bitsPerTick: number;
  /** Flits that leave between the end of a wrong one and the beginning of its replay. */
  readonly roundTripFlits: number;
  /** What one replay costs: the wrong flit and those of the round trip once more. */
  readonly replayTicks: number;
  /** Chance of a flit to arrive with a wrong bit. */
  readonly flitErrorRate: number;
  private readonly flit: FlitFormat;

  constructor(config: DieToDieConfig) {
    const figures = completeFigures(config);
    this.flit = FLITS[figures.flit];
    this.bitsPerTick = (figures.modules * figures.lanes * figures.rateGtps) / 1000;
    this.latencyTicks = latencyTicksOf(figures);
    this.energyPerBitPj = figures.energyPerBitPj;
    this.roundTripFlits = this.flitsInRoundTrip();
    this.replayTicks = this.ticksOf((1 + this.roundTripFlits) * this.flit.wireBytes);
    this.flitErrorRate = -Math.expm1(this.flit.wireBytes * 8 * Math.log1p(-bitErrorRateOf(config)));
  }

  flitsOf(messageBytes: number): number {
    return Math.ceil(messageBytes / this.flit.payloadBytes);
  }

  /** Bytes on the lanes for so many flits. */
  wireBytesOf(flits: number): number {
    return flits * this.flit.wireBytes;
  }

  /**
   * Bytes on the lanes until the far die may use the whole message: until the CRC that guards its last byte. A latency-optimised
   * flit has one CRC for each half; the others are used when they are complete.
   */
  usableBytesOf(messageBytes: number, flits: number): number {
    const { wireBytes, payloadBytes, firstHalf } = this.flit;
    const inLastFlit = messageBytes - (flits - 1) * payloadBytes;
    if (firstHalf === undefined || inLastFlit > firstHalf.payloadBytes) return flits * wireBytes;
    return (flits - 1) * wireBytes + firstHalf.wireBytes;
  }

  /** Time on the lanes, rounded up to a tick; the small number keeps a division that comes out even from being rounded up. */
  ticksOf(wireBytes: number): number {
    return Math.ceil((wireBytes * 8) / this.bitsPerTick - 1e-9);
  }

  /** From a message reaching one die to its leaving the link on the other, with nobody before it and no error. */
  uncontendedTicks(messageBytes: number): number {
    return this.ticksOf(this.usableBytesOf(messageBytes, this.flitsOf(messageBytes))) + this.latencyTicks;
  }

  /** There, back, and the flit that bears the Nak; the flit on the lanes at that moment is finished first. */
  private flitsInRoundTrip(): number {
    const flitTicks = (this.flit.wireBytes * 8) / this.bitsPerTick;
    return Math.ceil((2 * this.latencyTicks) / flitTicks - 1e-9) + 1;
  }
}
