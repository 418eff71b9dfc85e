import {
  ClockDomain,
  Fifo,
  Histogram,
  Phase,
  TrafficClass,
  TransactionKind,
  Wake,
  type Block,
  type BlockContext,
  type CounterProbe,
  type EventHandler,
  type HandlerId,
  type Port,
  type SpanProbe,
  type StateExchange,
  type Transaction,
  type WaitFor,
} from 'tessera-sim';
import { MemoryFrontEnd } from 'tessera-sim/dram-simple';
import { BurstLines } from './burst-lines.js';
import { CommandProbes } from './command-probes.js';
import type { ChannelListener } from './controller/channel.js';
import { collectExtensions } from './extensions.js';
import { clockPicoseconds } from './facts.js';
import { LineWaits, WAIT_FOR_ROOM } from './line-waits.js';
import { RowRuns } from './row-runs.js';
import { bankTable, channelTable, chargeEnergy, copyStatistics, latencyTable, pluginTables } from './report.js';
import type { DramBlockConfig } from './schema.js';
import { specificationOf } from './specification.js';
import type { DramStatistic } from './statistics.js';
import { DramSystem } from './system.js';

const EVENT_TICK = 0;
const EVENT_DONE = 1;
const StallClass = { idle: 0, serving: 1, waitOutput: 2 } as const;

/**
 * The DRAM as a block. Bursts are split into lines, which go to the channels in order; a burst is answered when its last line is
 * done. The DRAM has a clock of its own, from tCK; an event comes only in ticks in which a command may go out or a line may be
 * taken, and none while nothing is under way: refreshes of idle times are made up for later.
 */
export class DramBlock implements Block, EventHandler, ChannelListener {
  private readonly handler: HandlerId;
  private readonly clock: ClockDomain;
  private readonly system: DramSystem;
  private readonly frontEnd: MemoryFrontEnd<DramBlockConfig, DramStatistic>;
  private readonly wake: Wake;
  private readonly lines: BurstLines;
  private readonly waiting = new Fifo<Transaction>();
  private readonly latency = new Histogram();
  private readonly spans: SpanProbe;
  private readonly queue: CounterProbe;
  private readonly runs: RowRuns;
  private readonly lineWaits: LineWaits;
  /** Tick since which a channel has had no room for the next line, -1 if it was not asked. For milestones. */
  private noRoomTick = -1;
  /** No line is offered before this tick: those of a run are still on their way in. */
  private offerTick = 0;
  /** First tick of the run: 0, unless a state was loaded at another time than it was saved at. */
  private firstTick = 0;
  private readonly frontTicks: number;
  private readonly linesPerTick: number;

  /** Per transaction: lines not yet done, tick of the last one that is, first tick at which lines may be offered. */
  private left: Int32Array = new Int32Array(64);
  private doneTick: Float64Array = new Float64Array(64);
  private readyTick: Float64Array = new Float64Array(64);

  constructor(private readonly context: BlockContext<DramBlockConfig, DramStatistic>) {
    const { config, kernel, path } = context;
    const extensions = collectExtensions(context, config);
    this.system = new DramSystem(specificationOf(config, extensions), this, extensions, (name) => context.random(name));
    const { resolved } = this.system;
    this.clock = new ClockDomain(`${path}.dram`, Math.round((1e12 * resolved.ticksPerClock) / clockPicoseconds(resolved)));
    this.frontTicks = config.frontCycles * resolved.ticksPerClock;
    this.linesPerTick = config.linesPerCycle;
    this.handler = kernel.register(path, this);
    this.wake = new Wake(kernel, this.handler, EVENT_TICK, Phase.compute);
    this.frontEnd = new MemoryFrontEnd(context, config.queueDepth);
    this.lines = new BurstLines(resolved.lineBytes);
    this.runs = new RowRuns(this.system);
    this.lineWaits = new LineWaits(context.milestones, this.clock);
    this.spans = context.spanProbe('burst');
    this.queue = context.counterProbe('queue');
  }

  start(): void {
    const points = this.context.pointProbe('command');
    const spans = this.context.spanProbe('bank');
    const { topology, commands } = this.system.resolved;
    this.system.channels.forEach((channel, index) => {
      if (points.active || spans.active) channel.observer = new CommandProbes(this.clock, points, spans, topology, commands, index * topology.banks);
      if (this.context.milestones.active) this.lineWaits.follow(channel, this.system.resolved);
    });
  }

  onArrival(_: Port, trafficClass: TrafficClass): void {
    if (trafficClass === TrafficClass.request) this.take(false);
  }

  onRoom(port: Port): void {
    this.frontEnd.onRoom(port);
    this.take(true);
    this.restate();
  }

  onEvent(code: number, arg: number): void {
    if (code === EVENT_DONE) this.answer(this.context.transactions.at(arg));
    else if (this.wake.isDue()) this.run();
  }

  /** A line is done, now or at a tick to come. */
  completed(tag: number, tick: number, _isWrite: boolean, arrival: number): void {
    if (this.context.milestones.active) this.lineWaits.lineDone(this.context.transactions.at(tag).operation, arrival + 1);
    if (tick > this.doneTick[tag]!) this.doneTick[tag] = tick;
    if (--this.left[tag]! > 0) return;
    const { kernel } = this.context;
    const at = this.clock.tickOf(this.doneTick[tag]!);
    kernel.schedule(this.handler, Math.max(kernel.now, at), Phase.compute, EVENT_DONE, tag);
  }

  state(s: StateExchange): void {
    this.wake.state(s);
    this.system.state(s, this.clock);
    this.frontEnd.state(s);
    this.lines.state(s);
    s.queue(this.waiting, (burst) => s.transaction(burst));
    this.latency.state(s);
    this.offerTick = s.cycle(this.offerTick, this.clock);
    this.firstTick = s.cycle(this.firstTick, this.clock);
    this.noRoomTick = s.cycle(this.noRoomTick, this.clock);
    this.exchangeBursts(s);
  }

  /** The tables by transaction. */
  private exchangeBursts(s: StateExchange): void {
    const size = s.number(this.left.length);
    this.reserve(size - 1);
    for (let id = 0; id < size; id++) {
      this.left[id] = s.number(this.left[id]!);
      this.doneTick[id] = s.cycle(this.doneTick[id]!, this.clock);
      this.readyTick[id] = s.cycle(this.readyTick[id]!, this.clock);
    }
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    const blocked = this.frontEnd.blockedResponses;
    if (blocked === 0) return [];
    return [{ who: path, whom: 'the requesters', what: `room for ${blocked} responses`, sinceTick: kernel.now }];
  }

  finish(): void {
    const { kernel, statistics } = this.context;
    const endTick = this.clock.cycleAt(kernel.now);
    this.system.advance(endTick);
    for (const channel of this.system.channels) channel.finish(endTick);
    const ticks = endTick - this.firstTick;
    copyStatistics(this.system, ticks, this.clock.frequencyHz, statistics);
    statistics.answers = this.latency.count;
    statistics.latencyCycles = this.latency.sum;
    chargeEnergy(this.system, ticks, this.context.energy);
  }

  report(): Readonly<Record<string, unknown>> {
    return {
      lineLatencyTicks: latencyTable(this.system),
      channels: channelTable(this.system),
      banks: bankTable(this.system),
      ...pluginTables(this.system),
    };
  }

  /** @param afterAnswer takes what has waited for room */
  private take(afterAnswer: boolean): void {
    const { kernel, statistics, milestones } = this.context;
    for (let request = this.frontEnd.take(); request !== undefined; request = this.frontEnd.take()) {
      if (afterAnswer && milestones.active) this.frontEnd.noteEntry(WAIT_FOR_ROOM, request);
      this.reserve(request.id);
      const arrival = this.clock.cycleAtOrAfter(kernel.now);
      this.left[request.id] = BurstLines.count(request, this.system.resolved.lineBytes);
      this.doneTick[request.id] = 0;
      this.readyTick[request.id] = arrival + this.frontTicks;
      if (request.kind === TransactionKind.write) {
        statistics.writes++;
        statistics.bytesWritten += request.bytes;
      } else {
        statistics.reads++;
        statistics.bytesRead += request.bytes;
      }
      this.waiting.push(request);
      if (this.waiting.length > 1) continue;
      this.lines.start(request);
      this.wake.at(this.clock.tickOf(this.readyTick[request.id]!));
    }
    if (this.queue.active) this.queue.emit(kernel.now, this.frontEnd.outstanding);
    this.restate();
  }

  /** One tick of the DRAM clock in which something may happen. */
  private run(): void {
    const tick = this.clock.cycleAt(this.context.kernel.now);
    this.system.advance(tick);
    const isBlocked = this.offerLines(tick);
    let next = this.system.pending() > 0 ? this.system.nextTick() : Infinity;
    const head = this.waiting.peek();
    if (head !== undefined && !isBlocked) next = Math.min(next, Math.max(tick + 1, this.readyTick[head.id]!, this.offerTick));
    if (next < Infinity) this.wake.at(this.clock.tickOf(next));
  }

  /** Offers lines in order until the tick's share is used up; true when a channel had no room. */
  private offerLines(tick: number): boolean {
    for (let share = this.linesPerTick; share > 0; share--) {
      const burst = this.waiting.peek();
      if (burst === undefined || Math.max(this.readyTick[burst.id]!, this.offerTick) > tick) return false;
      const isWrite = burst.kind === TransactionKind.write;
      const asRun = this.linesPerTick === 1 ? this.runs.offer(this.lines.line, this.lines.contiguous, isWrite, burst.id, tick) : 0;
      if (asRun > 0) {
        this.lines.skip(asRun);
        this.offerTick = this.runs.lastArrival + 1;
      } else if (this.system.accept(this.lines.line, isWrite, burst.id, tick)) {
        if (this.noRoomTick >= 0) this.endNoRoom(burst, tick);
        this.lines.next();
      } else {
        if (this.noRoomTick < 0) this.noRoomTick = tick;
        return true;
      }
      if (this.lines.isDone) this.startFollowing();
    }
    return false;
  }

  private endNoRoom({ operation }: Transaction, tick: number): void {
    const { milestones } = this.context;
    if (milestones.active && this.noRoomTick < tick) milestones.note(WAIT_FOR_ROOM, operation, this.clock.tickOf(this.noRoomTick), this.clock.tickOf(tick));
    this.noRoomTick = -1;
  }

  private startFollowing(): void {
    this.waiting.shift();
    const following = this.waiting.peek();
    if (following !== undefined) this.lines.start(following);
  }

  private answer(request: Transaction): void {
    const { kernel, clock } = this.context;
    this.latency.add(clock.cyclesIn(kernel.now - request.issuedTick));
    if (this.spans.active) this.spans.emit(request.issuedTick, kernel.now, request.kind, request.operation);
    this.frontEnd.answer(request);
    this.take(true);
  }

  private restate(): void {
    const { outstanding } = this.frontEnd;
    const isBlocked = outstanding > 0 && outstanding === this.frontEnd.blockedResponses;
    this.context.stalls.enter(outstanding === 0 ? StallClass.idle : isBlocked ? StallClass.waitOutput : StallClass.serving);
  }

  private reserve(id: number): void {
    if (id < this.left.length) return;
    const size = 2 * Math.max(id, this.left.length);
    const [left, doneTick, readyTick] = [this.left, this.doneTick, this.readyTick];
    this.left = new Int32Array(size);
    this.doneTick = new Float64Array(size);
    this.readyTick = new Float64Array(size);
    this.left.set(left);
    this.doneTick.set(doneTick);
    this.readyTick.set(readyTick);
  }
}
