import type { BlockContext } from 'tessera-sim';
import type { DramArray } from 'tessera-sim/dram-simple';
import { type Kernel, Step } from './kernel.js';
import { broadcastCycles, macEndCycles, resultBusCycles, rowCycles } from './kernel-shape.js';
import type { PimConfig } from './schema.js';
import type { PimStatistic } from './statistics.js';

/** Reserves the channels for the steps of a kernel, all in lock step: one command reaches every channel. */
export class KernelSteps {
  /** First command of the last step taken, and the cycle from which the next may be. */
  startCycle = 0;
  endCycle = 0;

  private readonly mac: number;
  private readonly internalRead: number;
  private readonly broadcast: number;

  constructor(
    private readonly context: BlockContext<PimConfig, PimStatistic>,
    private readonly array: DramArray,
    private readonly kernel: Kernel,
  ) {
    const { energy } = context;
    this.mac = energy.action('mac');
    this.internalRead = energy.action('internal-read');
    this.broadcast = energy.action('broadcast');
  }

  /** Takes the kernel's current step, not before cycle `now`. */
  take(now: number): void {
    const { step } = this.kernel;
    if (step === Step.broadcast) this.takeBroadcast(now);
    else if (step === Step.writeOut) this.takeWriteOut(now);
    else this.takeRow(now, step === Step.rowWithResult);
  }

  chargeMacs(): void {
    this.context.energy.count(this.mac, this.kernel.macs);
  }

  /** The vector's part is read like any data and then written into the buffers of all channels side by side. */
  private takeBroadcast(now: number): void {
    const { config, statistics, energy } = this.context;
    const { inputBits } = this.kernel.shape;
    const elements = this.kernel.loadElements;
    const bytes = Math.ceil((elements * inputBits) / 8);
    const { inputAddress } = this.kernel;
    const read = this.array.serveRange(inputAddress, inputAddress + bytes, false, now);
    const cycles = broadcastCycles(config, elements, inputBits);
    let end = read;
    for (const channel of this.array.channels) end = Math.max(end, channel.occupyBus(read, cycles));
    statistics.broadcastBytes += bytes;
    energy.count(this.broadcast, bytes * 8 * config.channels);
    this.startCycle = now;
    this.endCycle = end;
  }

  /** All banks activated, one MAC command per column and tile, sums read if the tiles are complete for this load. */
  private takeRow(now: number, hasResult: boolean): void {
    const { config, statistics, energy } = this.context;
    const commands = this.kernel.rowCommands;
    const tiles = this.kernel.tilesInRow;
    let start = now;
    for (const channel of this.array.channels) start = Math.max(start, channel.allBanksReady(now));
    const banksReady = start + rowCycles(config, commands, tiles);
    let end = banksReady;
    for (const channel of this.array.channels) {
      channel.closeAllBanks(banksReady, config.banks);
      if (!hasResult) continue;
      const sums = start + macEndCycles(config, commands, tiles) + config.macPipelineCycles + config.tCL;
      end = Math.max(end, channel.occupyBus(sums, resultBusCycles(config)));
      channel.counts.busBusyCycles += (tiles - 1) * resultBusCycles(config);
    }
    const allBanks = config.banks * config.channels;
    statistics.rowSteps++;
    statistics.macCommands += commands * tiles;
    if (hasResult) statistics.resultBytes += tiles * allBanks * config.resultBytes;
    energy.count(this.internalRead, commands * tiles * allBanks * config.burstBytes * 8);
    this.startCycle = start;
    this.endCycle = end;
  }

  private takeWriteOut(now: number): void {
    const { outputAddress, outputBytes, addsToFormer } = this.kernel;
    const stop = outputAddress + outputBytes;
    const from = addsToFormer ? this.array.serveRange(outputAddress, stop, false, now) : now;
    this.startCycle = now;
    this.endCycle = this.array.serveRange(outputAddress, stop, true, from);
  }
}
