import {
  type ActionDeclarations,
  type Block,
  type BlockContext,
  type CounterProbe,
  type DescribeContext,
  type EventHandler,
  type HandlerId,
  Histogram,
  knownFigure,
  type Port,
  type SpanProbe,
  type StateExchange,
  TrafficClass,
  type Transaction,
  TransactionKind,
  type WaitFor,
} from 'tessera-sim';
import { channelProbes } from './channel-probes.js';
import { DramArray } from './dram-array.js';
import { MemoryFrontEnd } from './front-end.js';
import type { DramConfig } from './schema.js';
import type { DramStatistic } from './statistics.js';
import { ChannelWaits, DramWait } from './waits.js';

const EVENT_DONE = 0;
const StallClass = { idle: 0, busy: 1, waitOutput: 2 } as const;

/** What a DRAM spends. Expected are rows read to their end, and a refresh of every channel in each tREFI. */
export function dramActions({ config, clock }: DescribeContext<DramConfig>): ActionDeclarations {
  const perByte = 1 / config.rowBytes;
  const refreshesPerSecond = config.tREFI > 0 ? (config.channels * clock.frequencyHz) / config.tREFI : 0;
  return {
    activate: { energyPj: knownFigure(config.energyPerActivatePj), unit: 'activation', expected: { perByteRead: perByte, perByteWritten: perByte } },
    read: { energyPj: knownFigure(config.energyPerBitPj), unit: 'bit', expected: { perByteRead: 8 } },
    write: { energyPj: knownFigure(config.energyPerBitPj), unit: 'bit', expected: { perByteWritten: 8 } },
    refresh: { energyPj: knownFigure(config.energyPerRefreshPj), unit: 'refresh of a channel', expected: { perSecond: refreshesPerSecond } },
    background: { powerMw: knownFigure(config.backgroundMw) },
  };
}

/** The actions of a DRAM, as the array has counted them. */
export class DramEnergy {
  private readonly activate: number;
  private readonly read: number;
  private readonly write: number;
  private readonly refresh: number;

  constructor(private readonly context: BlockContext<DramConfig, string>) {
    const { energy } = context;
    this.activate = energy.action('activate');
    this.read = energy.action('read');
    this.write = energy.action('write');
    this.refresh = energy.action('refresh');
  }

  /** Charges what the channels have counted; once, at the end. */
  charge(array: DramArray): void {
    const { energy } = this.context;
    const bits = array.shape.burstBytes * 8;
    energy.count(this.activate, array.total('activates'));
    energy.count(this.read, array.total('columnReads') * bits);
    energy.count(this.write, array.total('columnWrites') * bits);
    energy.count(this.refresh, array.total('refreshes'));
  }
}

/** Serves bursts first come, first served, each whole in closed form: one event a burst. */
export class DramMemory implements Block, EventHandler {
  private readonly handler: HandlerId;
  private readonly array: DramArray;
  private readonly frontEnd: MemoryFrontEnd<DramConfig, DramStatistic>;
  private readonly energy: DramEnergy;
  private readonly latency = new Histogram();
  private readonly spans: SpanProbe;
  private readonly queue: CounterProbe;

  constructor(private readonly context: BlockContext<DramConfig, DramStatistic>) {
    this.handler = context.kernel.register(context.path, this);
    this.array = new DramArray(context.config, channelProbes(context), new ChannelWaits(context.milestones, context.clock));
    this.frontEnd = new MemoryFrontEnd(context, context.config.queueDepth);
    this.energy = new DramEnergy(context);
    this.spans = context.spanProbe('burst');
    this.queue = context.counterProbe('queue');
  }

  onArrival(_: Port, trafficClass: TrafficClass): void {
    if (trafficClass === TrafficClass.request) this.accept(false);
  }

  onRoom(port: Port): void {
    this.frontEnd.onRoom(port);
    this.accept(true);
    this.restate();
  }

  onEvent(_: number, id: number): void {
    const request = this.context.transactions.at(id);
    const cycles = this.context.clock.cyclesIn(this.context.kernel.now - request.issuedTick);
    this.latency.add(cycles);
    this.frontEnd.answer(request);
    this.accept(true);
    this.restate();
  }

  state(s: StateExchange): void {
    this.array.state(s, this.context.clock);
    this.frontEnd.state(s);
    this.latency.state(s);
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    const blocked = this.frontEnd.blockedResponses;
    if (blocked === 0) return [];
    return [{ who: path, whom: 'the requesters', what: `room for ${blocked} responses`, sinceTick: kernel.now }];
  }

  finish(): void {
    const { kernel, clock, statistics } = this.context;
    this.array.settle(clock.cycleAt(kernel.now));
    copyCounts(this.array, statistics);
    statistics.answers = this.latency.count;
    statistics.latencyCycles = this.latency.sum;
    this.energy.charge(this.array);
  }

  report(): Readonly<Record<string, unknown>> {
    return { latencyCycles: latencyTable(this.latency), channels: channelTable(this.array) };
  }

  /** @param afterAnswer takes what has waited for room */
  private accept(afterAnswer: boolean): void {
    const { kernel, clock, statistics, milestones } = this.context;
    for (let request = this.frontEnd.take(); request !== undefined; request = this.frontEnd.take()) {
      if (afterAnswer && milestones.active) this.frontEnd.noteEntry(DramWait.room, request);
      const arrival = clock.cycleAtOrAfter(kernel.now);
      const end = this.array.serve(request, arrival);
      count(request, statistics);
      if (this.spans.active) this.spans.emit(kernel.now, clock.tickOf(Math.ceil(end)), request.kind, request.operation);
      this.frontEnd.answerAt(this.handler, EVENT_DONE, end, request);
    }
    if (this.queue.active) this.queue.emit(kernel.now, this.frontEnd.outstanding);
    this.restate();
  }

  private restate(): void {
    const { outstanding } = this.frontEnd;
    const isBlocked = outstanding > 0 && outstanding === this.frontEnd.blockedResponses;
    this.context.stalls.enter(outstanding === 0 ? StallClass.idle : isBlocked ? StallClass.waitOutput : StallClass.busy);
  }
}

/** Counts a request that has been taken. */
export function count(request: Transaction, statistics: Record<'reads' | 'writes' | 'bytesRead' | 'bytesWritten', number>): void {
  if (request.kind === TransactionKind.write) {
    statistics.writes++;
    statistics.bytesWritten += request.bytes;
  } else {
    statistics.reads++;
    statistics.bytesRead += request.bytes;
  }
}

const COUNTS = ['rowHits', 'rowMisses', 'rowConflicts', 'activates', 'columnReads', 'columnWrites', 'refreshes', 'busBusyCycles'] as const;

/** Sums the channels' counts into the statistics of the same names. */
export function copyCounts(array: DramArray, statistics: Record<(typeof COUNTS)[number], number>): void {
  for (const name of COUNTS) statistics[name] = array.total(name);
}

export function latencyTable(latency: Histogram): Readonly<Record<string, number>> {
  const { mean, count: requests } = latency;
  return { requests, mean, p50: latency.percentile(0.5), p90: latency.percentile(0.9), p99: latency.percentile(0.99), max: requests === 0 ? 0 : latency.max };
}

export function channelTable(array: DramArray): readonly Readonly<Record<string, number>>[] {
  return array.channels.map((channel, index) => ({ channel: index, ...channel.counts }));
}
