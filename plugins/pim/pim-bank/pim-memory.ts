import {
  type Block,
  type BlockContext,
  type CounterProbe,
  type EventHandler,
  type HandlerId,
  Histogram,
  isMatrixOperator,
  ModelError,
  type OperationSink,
  type OperationUnit,
  Phase,
  type Port,
  type RunningOperation,
  type SpanProbe,
  type StateExchange,
  TrafficClass,
  type WaitFor,
} from 'tessera-sim';
import {
  channelProbes,
  channelTable,
  ChannelWaits,
  copyCounts,
  count,
  DramArray,
  DramEnergy,
  DramWait,
  latencyTable,
  MemoryFrontEnd,
} from 'tessera-sim/dram-simple';
import { Kernel, Step } from './kernel.js';
import { KernelSteps } from './kernel-steps.js';
import type { PimConfig } from './schema.js';
import { PimStallClass, type PimStatistic } from './statistics.js';
import { PimWait } from './waits.js';

const NO_WAIT = -1;

const EVENT_DONE = 0;
/** In phase `commit`, in which operations are handed over: a kernel may begin in the tick of its issue. */
const EVENT_STEP = 1;

/** An ordinary memory whose banks can multiply: the block, and the unit that executes kernels. */
export class PimMemory implements Block, EventHandler {
  readonly unit: OperationUnit;

  private readonly handler: HandlerId;
  private readonly array: DramArray;
  private readonly frontEnd: MemoryFrontEnd<PimConfig, PimStatistic>;
  private readonly dramEnergy: DramEnergy;
  private readonly kernel: Kernel;
  private readonly steps: KernelSteps;
  private readonly latency = new Histogram();
  private readonly bursts: SpanProbe;
  private readonly spans: SpanProbe;
  private readonly queue: CounterProbe;
  private sink: OperationSink | undefined;
  private operation: RunningOperation | undefined;
  private stepStartTick = 0;
  private stepEndTick = 0;

  constructor(private readonly context: BlockContext<PimConfig, PimStatistic>) {
    const { config } = context;
    this.handler = context.kernel.register(context.path, this);
    this.array = new DramArray(config, channelProbes(context), new ChannelWaits(context.milestones, context.clock));
    this.frontEnd = new MemoryFrontEnd(context, config.queueDepth);
    this.dramEnergy = new DramEnergy(context);
    this.kernel = new Kernel(config);
    this.steps = new KernelSteps(context, this.array, this.kernel);
    this.bursts = context.spanProbe('burst');
    this.spans = context.spanProbe('kernel');
    this.queue = context.counterProbe('queue');
    this.unit = {
      attach: (sink) => (this.sink = sink),
      canAccept: () => this.operation === undefined,
      refuses: (operation) => this.refuses(operation),
      start: (operation) => this.begin(operation),
    };
  }

  onArrival(_: Port, trafficClass: TrafficClass): void {
    if (trafficClass === TrafficClass.request && this.operation === undefined) this.accept(NO_WAIT);
  }

  onRoom(port: Port): void {
    this.frontEnd.onRoom(port);
    if (this.operation === undefined) this.accept(DramWait.room);
  }

  onEvent(code: number, id: number): void {
    if (code === EVENT_STEP) {
      this.endStep();
      return;
    }
    const { kernel, clock, transactions } = this.context;
    const request = transactions.at(id);
    this.latency.add(clock.cyclesIn(kernel.now - request.issuedTick));
    this.frontEnd.answer(request);
    if (this.operation === undefined) this.accept(DramWait.room);
  }

  state(s: StateExchange): void {
    this.array.state(s, this.context.clock);
    this.frontEnd.state(s);
    this.latency.state(s);
    this.operation = s.operation(this.operation);
    this.kernel.state(s, this.operation);
    this.stepStartTick = s.tick(this.stepStartTick);
    this.stepEndTick = s.tick(this.stepEndTick);
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    const blocked = this.frontEnd.blockedResponses;
    if (blocked === 0) return [];
    return [{ who: path, whom: 'the requesters', what: `room for ${blocked} responses`, sinceTick: kernel.now }];
  }

  finish(): void {
    const { kernel, clock, statistics } = this.context;
    if (this.operation !== undefined) this.bookStep();
    this.array.settle(clock.cycleAt(kernel.now));
    copyCounts(this.array, statistics);
    statistics.answers = this.latency.count;
    statistics.latencyCycles = this.latency.sum;
    this.dramEnergy.charge(this.array);
  }

  report(): Readonly<Record<string, unknown>> {
    return { latencyCycles: latencyTable(this.latency), channels: channelTable(this.array) };
  }

  private refuses(operation: RunningOperation): string | undefined {
    const { form, reads, writes } = operation;
    if (!isMatrixOperator(form.operator)) return `the banks multiply matrices and vectors; they do not execute operator '${form.operator ?? ''}'`;
    const outside = [...reads, ...writes].find((region) => region.memory !== this.context.blockId);
    if (outside !== undefined)
      return `operand '${outside.operand}' (${outside.tensor}) lies in '${this.context.blocks.pathOf(outside.memory)}'; a kernel works on data of this memory only`;
    const roles = reads.map((region) => region.operand);
    if (!roles.includes('I') || !(roles.includes('W') || roles.includes('I2')) || writes.length === 0) return 'a PIM kernel needs operands W (or I2), I and O';
    return undefined;
  }

  private begin(operation: RunningOperation): void {
    const { kernel, clock, config, path } = this.context;
    if (this.operation !== undefined) throw new ModelError('a kernel was started while one runs', path);
    this.kernel.begin(operation);
    this.operation = operation;
    operation.startTick = clock.edgeAtOrAfter(kernel.now);
    this.stepStartTick = operation.startTick;
    this.stepEndTick = clock.after(operation.startTick, config.kernelStartCycles);
    this.context.stalls.enter(PimStallClass.pim);
    kernel.schedule(this.handler, this.stepEndTick, Phase.commit, EVENT_STEP, 0);
  }

  /** A step has ended: ordinary requests may slip in, then the next step begins. */
  private endStep(): void {
    const { kernel, clock, config } = this.context;
    this.bookStep();
    if (this.kernel.step === Step.done) {
      this.endKernel();
      return;
    }
    if (config.ordinaryAccess === 'row-boundary') this.accept(PimWait.unit);
    const now = clock.cycleAtOrAfter(kernel.now);
    const step = this.kernel.step;
    this.array.serves(this.operation!.id);
    this.steps.take(now);
    this.kernel.advance();
    this.stepStartTick = clock.tickOf(Math.ceil(this.steps.startCycle));
    this.stepEndTick = clock.tickOf(Math.ceil(this.steps.endCycle));
    this.context.stalls.enter(this.stepStartTick > kernel.now ? PimStallClass.waitBanks : PimStallClass.pim);
    const { milestones } = this.context;
    if (milestones.active && this.stepStartTick > kernel.now) milestones.note(PimWait.banks, this.operation!.id, kernel.now, this.stepStartTick);
    if (this.spans.active) this.spans.emit(this.stepStartTick, this.stepEndTick, step, this.operation!.id);
    kernel.schedule(this.handler, this.stepEndTick, Phase.commit, EVENT_STEP, 0);
  }

  /** The time before a step's first command was waiting for banks, the rest the kernel's work. */
  private bookStep(): void {
    const { kernel, stalls } = this.context;
    if (this.stepStartTick < kernel.now) stalls.enterAt(PimStallClass.pim, this.stepStartTick);
  }

  private endKernel(): void {
    const { statistics } = this.context;
    const operation = this.operation!;
    statistics.kernels++;
    statistics.macs += this.kernel.macs;
    this.steps.chargeMacs();
    this.operation = undefined;
    this.accept(PimWait.unit);
    this.sink?.finished(operation);
  }

  /** @param waitedFor what kept a request from being taken until now */
  private accept(waitedFor: number): void {
    const { kernel, clock, statistics, milestones } = this.context;
    for (let request = this.frontEnd.take(); request !== undefined; request = this.frontEnd.take()) {
      if (waitedFor !== NO_WAIT && milestones.active) this.frontEnd.noteEntry(waitedFor, request);
      const end = this.array.serve(request, clock.cycleAtOrAfter(kernel.now));
      count(request, statistics);
      if (this.bursts.active) this.bursts.emit(kernel.now, clock.tickOf(Math.ceil(end)), request.kind, request.operation);
      this.frontEnd.answerAt(this.handler, EVENT_DONE, end, request);
    }
    if (this.queue.active) this.queue.emit(kernel.now, this.frontEnd.outstanding);
    if (this.operation === undefined) this.restate();
  }

  private restate(): void {
    const { outstanding, blockedResponses } = this.frontEnd;
    const isBlocked = outstanding > 0 && outstanding === blockedResponses;
    this.context.stalls.enter(outstanding === 0 ? PimStallClass.idle : isBlocked ? PimStallClass.waitOutput : PimStallClass.busy);
  }
}
