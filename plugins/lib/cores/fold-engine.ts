import {
  type BlockContext,
  type EventHandler,
  type HandlerId,
  ModelError,
  type OperationSink,
  type OperationUnit,
  Phase,
  type Port,
  type ResolvedRegion,
  type RunningOperation,
  type SpanProbe,
  type StateExchange,
  TrafficClass,
  type Transaction,
  TransactionKind,
  type WaitFor,
} from 'tessera-sim';
import { BurstList, Gate } from './burst-list.js';
import { type CoreStatistic, type FoldEngineConfig, isIdeal, StallClass } from './core-declarations.js';
import type { FoldProgram } from './fold-program.js';
import { FoldWindow } from './fold-window.js';
import { MemoryStreams } from './memory-streams.js';

/**
 * The engine's own events come in phase `commit`, in which operations are handed to it: a step of no length is then legal.
 */
const EVENT_STREAM = 0;
const EVENT_WRITE = 1;
const EVENT_END = 2;

/** What the running operation is waiting for or doing. */
const Stage = {
  idle: 0,
  /** The current step's stream has not begun: stationary data, first vectors or room for results are missing. */
  awaitStart: 1,
  /** All is there; the stream begins at a known tick. */
  starting: 2,
  /** The stream runs; its last vectors may still be on their way. */
  streaming: 3,
  /** The last step drains. */
  draining: 4,
  /** Drained; results are not accepted yet. */
  awaitResults: 5,
} as const;
type Stage = (typeof Stage)[keyof typeof Stage];

/** How a plugin fits the engine to its core. */
export interface FoldCoreModel {
  /** The program that executes an operation; undefined when the core does not know its operator. */
  programFor(operation: RunningOperation): FoldProgram | undefined;
  /** Operators as text, for the refusal. */
  readonly operatorText: string;
  /** Called when an operation has ended: energy. */
  finished(operation: RunningOperation, program: FoldProgram): void;
}

/**
 * Executes operations as sequences of folds and couples their time to the memory: the stream of a fold starts when its
 * stationary operand and the first vectors are in, ends not before the last vectors are in, and an operation ends when
 * its results have been accepted. Events per step: its bursts, one for the start of the stream, one for its results.
 */
export class FoldEngine<Config extends FoldEngineConfig> implements OperationUnit, EventHandler {
  private readonly handler: HandlerId;
  private readonly streams: MemoryStreams<Config>;
  private readonly window: FoldWindow;
  private readonly readList = new BurstList();
  private readonly writeList = new BurstList();
  private readonly work: SpanProbe;
  private readonly wait: SpanProbe;
  private sink: OperationSink | undefined;

  private operation: RunningOperation | undefined;
  private program: FoldProgram | undefined;
  private stage: Stage = Stage.idle;
  private step = 0;
  private readsSent = 0;
  private streamStartTick = 0;
  /** Tick at which the awaited step would happen if nothing were late. */
  private plannedTick = 0;
  private lateClass: number = StallClass.waitMemory;
  private writesOutstanding = 0;
  private writesPerFold = 1;
  /** Its time is coupled to that of the memory. */
  private readonly isCoupled: boolean;

  constructor(
    private readonly context: BlockContext<Config, CoreStatistic>,
    private readonly model: FoldCoreModel,
  ) {
    this.handler = context.kernel.register(context.path, this);
    this.streams = new MemoryStreams(context);
    this.window = new FoldWindow(context.config.prefetchFolds + 2);
    this.isCoupled = this.streams.isConnected && !isIdeal(context.config, 'operandWaits');
    this.work = context.spanProbe('work');
    this.wait = context.spanProbe('wait');
  }

  attach(sink: OperationSink): void {
    this.sink = sink;
  }

  canAccept(): boolean {
    return this.operation === undefined;
  }

  refuses(operation: RunningOperation): string | undefined {
    if (this.model.programFor(operation) === undefined) {
      return `the core does not execute operator '${operation.form.operator ?? ''}'; it knows ${this.model.operatorText}`;
    }
    if (!this.streams.isConnected) return undefined;
    const isOutOfReach = ({ memory }: ResolvedRegion): boolean => !this.streams.reaches(memory);
    const lost = operation.reads.find(isOutOfReach) ?? operation.writes.find(isOutOfReach);
    return lost === undefined ? undefined : `no memory port of the core leads to '${this.context.blocks.pathOf(lost.memory)}', which holds '${lost.tensor}'`;
  }

  start(operation: RunningOperation): void {
    const { kernel, clock, stalls, path } = this.context;
    if (this.operation !== undefined) throw new ModelError('an operation was started while one runs', path);
    const program = this.model.programFor(operation);
    if (program === undefined) throw new ModelError(`unknown operator '${operation.form.operator ?? ''}'`, path);
    program.load(operation);
    this.operation = operation;
    this.program = program;
    const begin = clock.edgeAtOrAfter(kernel.now);
    operation.startTick = begin;
    stalls.enter(StallClass.busy);
    if (!this.isCoupled || program.steps === 0) {
      this.stage = Stage.draining;
      kernel.schedule(this.handler, clock.after(begin, program.closedFormCycles()), Phase.commit, EVENT_END, 0);
      return;
    }
    this.step = 0;
    this.readsSent = 0;
    this.writesPerFold = 1;
    this.stage = Stage.awaitStart;
    this.plannedTick = clock.after(begin, program.timing.fillCycles);
    this.sendReads();
    this.tryStart();
  }

  onEvent(code: number, arg: number): void {
    if (code === EVENT_STREAM) this.beginStream();
    else if (code === EVENT_WRITE) this.sendWrites(arg);
    else this.drained();
  }

  onArrival(port: Port): void {
    let response = port.take(TrafficClass.response);
    while (response !== undefined) {
      this.accept(response);
      response = port.take(TrafficClass.response);
    }
  }

  onRoom(port: Port): void {
    this.streams.onRoom(port);
  }

  /** Closes the stall stack of a run that ends while the core waits. */
  settle(): void {
    if (this.isWaiting()) this.context.stalls.enterAt(this.lateClass, this.plannedTick);
  }

  state(s: StateExchange): void {
    this.operation = s.operation(this.operation);
    this.stage = s.number(this.stage) as Stage;
    this.step = s.number(this.step);
    this.readsSent = s.number(this.readsSent);
    this.streamStartTick = s.tick(this.streamStartTick);
    this.plannedTick = s.tick(this.plannedTick);
    this.lateClass = s.number(this.lateClass);
    this.writesOutstanding = s.number(this.writesOutstanding);
    this.writesPerFold = s.number(this.writesPerFold);
    this.window.state(s);
    this.streams.state(s);
    if (s.loading) this.loadProgram();
  }

  /** What a program knows follows from its operation. */
  private loadProgram(): void {
    const { operation } = this;
    this.program = operation === undefined ? undefined : this.model.programFor(operation);
    if (operation !== undefined) this.program?.load(operation);
  }

  waits(): readonly WaitFor[] {
    const { operation, context } = this;
    if (operation === undefined) return [];
    const region = this.writesOutstanding > 0 ? operation.writes[0] : operation.reads[0];
    const whom = region === undefined ? context.path : context.blocks.pathOf(region.memory);
    const missing = this.window.missing(this.step);
    const what = missing > 0 ? `${missing} operand bursts of step ${this.step}` : `${this.writesOutstanding} results to be accepted`;
    return [{ who: context.path, whom, what: `operation ${operation.id}: ${what}`, sinceTick: this.plannedTick }];
  }

  private isWaiting(): boolean {
    const waits = this.stage === Stage.awaitStart || this.stage === Stage.streaming;
    return waits && this.context.kernel.now > this.plannedTick;
  }

  /** Asks for the operands of the steps that the operand FIFOs have room for. */
  private sendReads(): void {
    const program = this.program!;
    const limit = Math.min(program.steps, this.step + this.window.size - 1 + (this.stage === Stage.streaming ? 1 : 0));
    for (; this.readsSent < limit; this.readsSent++) {
      const list = this.readList;
      list.clear();
      program.reads(this.readsSent, list);
      const place = this.readsSent % this.window.size;
      for (let i = 0; i < list.length; i++) {
        const gate = list.gate[i] as Gate;
        this.window.expect(this.readsSent, gate);
        const tag = place * 16 + gate * 8 + list.lateClass[i]!;
        this.streams.send(list, i, TransactionKind.read, tag, this.operation!.id);
      }
    }
  }

  /** Fixes the start of the current step's stream once nothing is missing. */
  private tryStart(): void {
    if (!this.window.isReady(this.step, Gate.start)) return;
    if (this.writesOutstanding >= this.writesPerFold * this.context.config.resultBufferFolds) {
      this.lateClass = StallClass.waitOutput;
      return;
    }
    const tick = this.resume();
    this.stage = Stage.starting;
    if (tick === this.context.kernel.now) this.beginStream();
    else this.context.kernel.schedule(this.handler, tick, Phase.commit, EVENT_STREAM, 0);
  }

  private beginStream(): void {
    const { kernel, clock } = this.context;
    const program = this.program!;
    const streamCycles = program.streamCycles(this.step);
    this.stage = Stage.streaming;
    this.streamStartTick = kernel.now;
    this.plannedTick = clock.after(kernel.now, streamCycles);
    this.sendReads();
    this.writeList.clear();
    program.writes(this.step, this.writeList);
    if (this.writeList.length > 0) {
      const firstResult = streamCycles + program.timing.drainCycles - program.resultCycles(this.step);
      kernel.schedule(this.handler, clock.after(kernel.now, Math.max(0, firstResult)), Phase.commit, EVENT_WRITE, this.step);
    }
    this.tryEnd();
  }

  /** Fixes the end of the current step's stream once its last vectors are in, and with it when the next may start. */
  private tryEnd(): void {
    if (!this.window.isReady(this.step, Gate.end)) return;
    const { kernel, clock } = this.context;
    const program = this.program!;
    const { fillCycles, drainCycles, guardCycles, overlapDrain, overlapFill } = program.timing;
    const streamEnd = this.resume();
    const drainedTick = clock.after(streamEnd, drainCycles);
    if (this.step === program.steps - 1) {
      this.stage = Stage.draining;
      kernel.schedule(this.handler, drainedTick, Phase.commit, EVENT_END, 0);
      return;
    }
    const free = overlapDrain ? streamEnd : drainedTick;
    const lastFoldTick = clock.after(this.streamStartTick, program.lastFoldCycles(this.step));
    const filled = clock.after(overlapFill ? lastFoldTick : free, fillCycles);
    const guarded = clock.after(lastFoldTick, guardCycles);
    this.plannedTick = Math.max(free, filled, guarded);
    this.step++;
    this.stage = Stage.awaitStart;
    this.tryStart();
  }

  /** The tick at which the awaited step happens: as planned, or now when it was late; the wait is charged to the stall stack. */
  private resume(): number {
    const { kernel, clock, stalls } = this.context;
    if (kernel.now <= this.plannedTick) return this.plannedTick;
    stalls.enterAt(this.lateClass, this.plannedTick);
    stalls.enter(StallClass.busy);
    if (this.wait.active) this.wait.emit(this.plannedTick, kernel.now, this.lateClass, this.operation!.id);
    this.noteWait(this.lateClass);
    return clock.edgeAtOrAfter(kernel.now);
  }

  /** What the operation waited for until now is there. */
  private noteWait(lateClass: number): void {
    const { milestones, kernel } = this.context;
    if (milestones.active && kernel.now > this.plannedTick) {
      milestones.note(lateClass - StallClass.waitMemory, this.operation!.id, this.plannedTick, kernel.now);
    }
  }

  private sendWrites(step: number): void {
    const list = this.writeList;
    list.clear();
    this.program!.writes(step, list);
    this.writesPerFold = Math.max(this.writesPerFold, list.length);
    this.writesOutstanding += list.length;
    for (let i = 0; i < list.length; i++) this.streams.send(list, i, TransactionKind.write, 0, this.operation!.id);
  }

  private accept(response: Transaction): void {
    const { kind, tag } = response;
    this.context.transactions.release(response);
    if (kind === TransactionKind.write) this.resultAccepted();
    else this.operandArrived(Math.floor(tag / 16), ((tag >> 3) & 1) as Gate, tag & 7);
  }

  private operandArrived(place: number, gate: Gate, lateClass: number): void {
    if (!this.window.arrived(place, gate) || place !== this.step % this.window.size) return;
    this.lateClass = lateClass;
    if (gate === Gate.start && this.stage === Stage.awaitStart) this.tryStart();
    else if (gate === Gate.end && this.stage === Stage.streaming) this.tryEnd();
  }

  private resultAccepted(): void {
    this.writesOutstanding--;
    if (this.stage === Stage.awaitStart && this.window.isReady(this.step, Gate.start)) this.tryStart();
    else if (this.stage === Stage.awaitResults && this.writesOutstanding === 0) this.end();
  }

  private drained(): void {
    if (this.writesOutstanding === 0) {
      this.end();
      return;
    }
    this.stage = Stage.awaitResults;
    this.plannedTick = this.context.kernel.now;
    this.context.stalls.enter(StallClass.waitOutput);
  }

  private end(): void {
    const { kernel, statistics, stalls } = this.context;
    const operation = this.operation!;
    const program = this.program!;
    if (this.stage === Stage.awaitResults) {
      if (this.wait.active) this.wait.emit(this.plannedTick, kernel.now, StallClass.waitOutput, operation.id);
      this.noteWait(StallClass.waitOutput);
    }
    if (this.work.active) this.work.emit(operation.startTick, kernel.now, 0, operation.id);
    statistics.operations++;
    statistics.folds += program.folds;
    statistics.macs += program.macs;
    this.model.finished(operation, program);
    stalls.enter(StallClass.idle);
    this.operation = undefined;
    this.stage = Stage.idle;
    this.sink?.finished(operation);
  }
}
