import type { RandomStream } from '../../../core/index.js';
import { completeFigures, latencyTicksOf, type DieToDieConfig } from './config.js';
import { FLITS } from './presets.js';

/** Times and sizes of a link; ticks are picoseconds. */
export class LinkTiming {
  readonly latencyTicks: number;
  readonly energyPerBitPj: number;
  readonly bitsPerTick: number;
  /** What one replay costs: the flit once more, and until the sender knows, a way there and back. */
  readonly replayTicks: number;
  /** Chance of a flit to arrive with a wrong bit. */
  readonly flitErrorRate: number;
  private readonly flitWireBytes: number;
  private readonly flitPayloadBytes: number;

  constructor(config: DieToDieConfig) {
    const figures = completeFigures(config);
    const flit = FLITS[figures.flit];
    this.bitsPerTick = (figures.modules * figures.lanes * figures.rateGtps) / 1000;
    this.latencyTicks = latencyTicksOf(figures);
    this.energyPerBitPj = figures.energyPerBitPj;
    this.flitWireBytes = flit.wireBytes;
    this.flitPayloadBytes = flit.payloadBytes;
    this.replayTicks = this.ticksOf(flit.wireBytes) + 2 * this.latencyTicks;
    this.flitErrorRate = -Math.expm1(flit.wireBytes * 8 * Math.log1p(-config.bitErrorRate));
  }

  flitsOf(messageBytes: number): number {
    return Math.ceil(messageBytes / this.flitPayloadBytes);
  }

  /** Bytes on the lanes for a message. */
  wireBytesOf(messageBytes: number): number {
    return this.flitsOf(messageBytes) * this.flitWireBytes;
  }

  /** Time on the lanes, rounded up to a tick; the small number keeps a division that comes out even from being rounded up. */
  ticksOf(wireBytes: number): number {
    return Math.ceil((wireBytes * 8) / this.bitsPerTick - 1e-9);
  }

  /** From a message reaching one die to its leaving the link on the other, with nobody before it and no error. */
  uncontendedTicks(messageBytes: number): number {
    return this.ticksOf(this.wireBytesOf(messageBytes)) + this.latencyTicks;
  }
}

/** Which flits arrive wrong: one draw for each error, not for each flit. */
export class ErrorProcess {
  private flitsToError: number;

  constructor(
    private readonly random: RandomStream,
    private readonly flitErrorRate: number,
  ) {
    this.flitsToError = this.draw();
  }

  /** Errors until `flits` flits have come through. A flit that is sent again may fail again. */
  errorsIn(flits: number): number {
    let errors = 0;
    let left = flits;
    while (this.flitsToError <= left) {
      left -= this.flitsToError - 1;
      errors++;
      this.flitsToError = this.draw();
    }
    this.flitsToError -= left;
    return errors;
  }

  /** Number of the transmission that fails next, from 1: geometrically distributed. */
  private draw(): number {
    if (this.flitErrorRate <= 0) return Infinity;
    return 1 + Math.floor(Math.log(1 - this.random.uniform()) / Math.log1p(-this.flitErrorRate));
  }
}
