import { InputError, ModelError } from '../../errors.js';
import type { Waiter, WaitFor } from '../../kernel/deadlock.js';
import type { EventHandler, HandlerId, Kernel } from '../../kernel/kernel.js';
import type { StateExchange } from '../../kernel/state.js';
import { Phase } from '../../kernel/time.js';
import type { Schedule, ScheduleOperation } from '../form/form.js';
import type { Workload } from '../../workload/layer.js';
import { HazardTracker } from '../check/hazards.js';
import { IdRanges } from './id-ranges.js';
import { IssueQueue } from './issue-queue.js';
import { waitsOf } from './operation-waits.js';
import { exchangeRecord, type RecordTables } from './record-state.js';
import type { OperationSink, OperationUnit, RunningOperation } from '../resolve/operation.js';
import { Places, type ScheduleEnvironment } from '../resolve/places.js';
import { OperationRecord, type BufferClaim, type DependenceCause, type ReleaseCause } from '../resolve/record.js';
import type { ScratchpadFigures } from '../resolve/scratchpad.js';
import { ViolationLog } from '../check/violations.js';

/** The machine as the executor sees it. */
export interface ExecutorMachine extends Omit<ScheduleEnvironment, 'now'> {
  /** The unit at a block path; undefined when the path names no block that executes operations. */
  unit(path: string): OperationUnit | undefined;
  /** Checks what an operation says under `with`, once for each value. InputError when the block at the path takes no such thing. */
  checkParameters?(path: string, operation: ScheduleOperation, where: string): void;
  /** Paths of all units, for messages. */
  readonly unitPaths: readonly string[];
}

/** Notified of what happens, for statistics and traces. */
export interface ExecutionObserver {
  /** An operation was read from the schedule: called in program order. */
  operationAdmitted?(record: OperationRecord): void;
  operationStarted(record: OperationRecord): void;
  operationFinished(record: OperationRecord): void;
  /** Bytes that buffers of a memory hold from now on. */
  occupancyChanged(memory: number, bytes: number): void;
}

export interface ExecutorOptions {
  /** Unfinished operations held at once; older ones must end before more of the stream is read. */
  readonly lookAhead?: number;
  /** All are told, in this order. */
  readonly observers?: readonly ExecutionObserver[];
  /** So many operations may be read in one event; then the kernel is asked to stop, and the executor goes on at the same tick when it runs again. */
  readonly operationsAtOnce?: number;
  /** What the schedule computes, where a workload stands beside it. */
  readonly workload?: Workload;
}

const DEFAULT_LOOK_AHEAD = 512;
const EVENT_ISSUE = 0;
const NOTHING: readonly never[] = [];

/**
 * Executes a schedule on the machine's units: reads the stream with a bounded look-ahead, holds each operation until its
 * dependencies have ended and its buffers have room, and issues each queue in program order.
 */
export class ScheduleExecutor implements EventHandler, OperationSink, Waiter {
  readonly violations: ViolationLog;
  /** Operations that have ended, and that were read from the stream. */
  finishedCount = 0;
  fetchedCount = 0;
  /** Tick at which the last operation ended. */
  lastEndTick = 0;

  private readonly places: Places;
  private readonly tracker: HazardTracker;
  private readonly stream: Iterator<ScheduleOperation>;
  private readonly queues: IssueQueue[] = [];
  private readonly queueByName = new Map<string, IssueQueue>();
  private readonly queuesOfUnit = new Map<OperationUnit, IssueQueue[]>();
  private readonly live = new Map<number, OperationRecord>();
  /** Queues whose head may be able to issue, and those that are being looked at. */
  private dirty: IssueQueue[] = [];
  private dirtyCount = 0;
  private issuing: IssueQueue[] = [];
  private readonly occupied = new Map<number, number>();
  private readonly handler: HandlerId;
  private readonly observers: readonly ExecutionObserver[];
  /** The operation that ended last: it made room for those that are read next. */
  private lastFinished = -1;
  private readonly lookAhead: number;
  private readonly operationsAtOnce: number;
  private readonly interlocked: boolean;
  private streamEnded = false;
  private lastId = -1;
  /** Of all operations so far. */
  private readonly ids = new IdRanges();
  private wakeTick = -1;

  constructor(
    private readonly kernel: Kernel,
    private readonly machine: ExecutorMachine,
    private readonly schedule: Schedule,
    options: ExecutorOptions = {},
  ) {
    this.observers = options.observers ?? NOTHING;
    this.lookAhead = options.lookAhead ?? DEFAULT_LOOK_AHEAD;
    this.operationsAtOnce = options.operationsAtOnce ?? Infinity;
    this.interlocked = schedule.hazards !== 'checked';
    this.violations = new ViolationLog(() => kernel.now);
    const environment: ScheduleEnvironment = {
      memoryId: (path, where) => machine.memoryId(path, where),
      capacityBytes: (memory) => machine.capacityBytes(memory),
      bitsPerElement: (format, where) => machine.bitsPerElement(format, where),
      now: () => kernel.now,
    };
    this.places = new Places(schedule, environment);
    const depend = (record: OperationRecord, on: OperationRecord, cause: DependenceCause): void => this.addConflict(record, on, cause);
    this.tracker = new HazardTracker(schedule, this.places, this.violations, environment.capacityBytes, depend, options.workload);
    this.stream = schedule.operations[Symbol.iterator]();
    this.handler = kernel.register('schedule', this);
    kernel.addWaiter(this);
  }

  /** Bytes of the tensors that live in each memory. */
  get homedBytes(): ReadonlyMap<number, number> {
    return this.places.homed;
  }

  /** Use and fragmentation of the memories by the addresses given out. */
  get layoutFigures(): ReadonlyMap<number, ScratchpadFigures> {
    return this.places.layout.figures();
  }

  /** Operations in the whole schedule, when it knows. */
  get totalCount(): number | undefined {
    return this.streamEnded ? this.fetchedCount : this.schedule.operationCount;
  }

  get isDone(): boolean {
    return this.streamEnded && this.live.size === 0;
  }

  /** Reads the first operations and issues what can go at tick 0. Call after the kernel has started. */
  start(): void {
    this.fetch();
    this.wake();
  }

  onEvent(): void {
    this.wakeTick = -1;
    this.issue();
  }

  finished(operation: RunningOperation): void {
    const record = operation as OperationRecord;
    record.finished = true;
    record.endTick = this.kernel.now;
    this.lastEndTick = record.endTick;
    this.finishedCount++;
    this.lastFinished = record.id;
    this.live.delete(record.id);
    this.releaseDependants(record);
    for (let i = 0; i < record.frees.length; i++) {
      const free = record.frees[i]!;
      if (--free.remaining === 0) this.freeBytes(free.buffer, free.bytes, record.id);
    }
    const queue = this.queues[record.queue]!;
    for (let i = 0; i < this.observers.length; i++) this.observers[i]!.operationFinished(record);
    record.frees = NOTHING;
    record.claims = NOTHING;
    for (let i = 0; i < queue.siblings.length; i++) queue.siblings[i]!.lastFinished = record.id;
    if (queue.unit !== undefined) this.markAllDirty(queue.siblings);
    if (this.isDone) this.kernel.stopRequested = true;
    else this.wake();
  }

  roomAgain(unit: OperationUnit): void {
    this.markAllDirty(this.queuesOfUnit.get(unit) ?? NOTHING);
    this.wake();
  }

  /** Paths of the blocks that have got an operation so far. */
  blocksWithWork(): string[] {
    return this.queues.map(({ name }) => this.schedule.queues?.[name]?.block ?? name);
  }

  waits(): readonly WaitFor[] {
    return waitsOf(this.live.values(), this.queues, (queue) => this.schedule.queues?.[queue]?.block ?? queue);
  }

  /** An unfinished operation. */
  operation(id: number): OperationRecord | undefined {
    return this.live.get(id);
  }

  /**
   * All that the rest of the run depends on. Operations are told by their place in the stream, which is walked again as far as it had been
   * read when a state is loaded: call instead of `start`.
   */
  state(s: StateExchange): void {
    this.finishedCount = s.number(this.finishedCount);
    this.lastEndTick = s.tick(this.lastEndTick);
    this.lastFinished = s.operationId(this.lastFinished);
    this.wakeTick = s.tick(this.wakeTick);
    this.exchangeStream(s);
    this.exchangeQueues(s);
    const tables = this.recordTables();
    for (const record of this.live.values()) exchangeRecord(s, record, tables);
    for (const queue of this.queues) queue.state(s);
    if (s.loading) {
      this.dirty = this.queues.filter(({ isDirty }) => isDirty);
      this.dirtyCount = this.dirty.length;
    }
    s.map(this.occupied, (bytes) => s.number(bytes ?? 0));
    this.tracker.state(s);
  }

  private exchangeStream(s: StateExchange): void {
    const fetched = s.number(this.fetchedCount);
    this.lastId = s.operationId(this.lastId);
    this.streamEnded = s.flag(this.streamEnded);
    const ids = [...this.live.keys()];
    s.list(ids, (id) => s.operationId(id ?? 0));
    if (s.loading) this.walkAgain(fetched, new Set(ids));
  }

  /** Makes the records of the unfinished operations among the first ones of the stream. */
  private walkAgain(count: number, unfinished: ReadonlySet<number>): void {
    let before = -1;
    for (; this.fetchedCount < count; this.fetchedCount++) {
      const { value: form, done } = this.stream.next();
      if (done === true) throw new ModelError('a state of another schedule: it has read more operations than there are');
      before = (form as ScheduleOperation).id ?? before + 1;
      this.ids.add(before);
      if (!unfinished.has(before)) continue;
      const record = new OperationRecord(before, form as ScheduleOperation);
      record.tile = this.tracker.tileOf(record.form, before);
      this.live.set(before, record);
    }
    if (this.live.size !== unfinished.size) throw new ModelError('a state of another schedule: it speaks of operations that are not there');
  }

  /** Queues come into being when the first operation names them: in this order. */
  private exchangeQueues(s: StateExchange): void {
    const names = this.queues.map(({ name }) => name);
    s.list(names, (name) => s.text(name ?? ''));
    if (s.loading) for (const name of names) this.queueNamed({ kind: 'sync', queue: name }, 0);
  }

  private recordTables(): RecordTables {
    const buffers = [...this.places.buffers.values()];
    const byUse = new Map(buffers.map((buffer) => [buffer.use, buffer]));
    return {
      tensors: [...this.places.tensors.values()],
      buffers,
      tensorNamed: (name) => this.places.tensors.get(name)!,
      bufferOf: (use) => byUse.get(use)!,
      frees: [],
    };
  }

  // Fetching

  private fetch(): void {
    while (!this.streamEnded && this.live.size < this.lookAhead) {
      const next = this.stream.next();
      if (next.done === true) {
        this.streamEnded = true;
        this.tracker.finish();
        return;
      }
      this.admit(next.value);
    }
  }

  /**
   * Checks the whole schedule in program order without executing it: every rule but races, which are decided by time. Call instead of
   * `start`.
   */
  walk(): void {
    this.tracker.isTimeless = true;
    for (let next = this.stream.next(); next.done !== true; next = this.stream.next()) this.read(next.value).finished = true;
    this.streamEnded = true;
    this.finishedCount = this.fetchedCount;
    this.tracker.finish();
  }

  private admit(form: ScheduleOperation): void {
    const record = this.read(form);
    const queue = this.queues[record.queue]!;
    this.live.set(record.id, record);
    for (let i = 0; i < this.observers.length; i++) this.observers[i]!.operationAdmitted?.(record);
    queue.push(record);
    this.markDirty(queue);
  }

  /** Everything about the next operation that can be said before it is executed. */
  private read(form: ScheduleOperation): OperationRecord {
    const id = form.id ?? this.lastId + 1;
    if (!Number.isSafeInteger(id) || id <= this.lastId) {
      throw new InputError({
        path: `operations[${this.fetchedCount}].id`,
        message: `id ${id} after ${this.lastId}`,
        expected: 'integers that increase along the schedule',
      });
    }
    this.lastId = id;
    this.ids.add(id);
    this.fetchedCount++;
    const record = new OperationRecord(id, form);
    record.fetchTick = this.kernel.now;
    record.readyTick = this.kernel.now;
    if (this.lastFinished >= 0) {
      record.releaseCause = 'look-ahead';
      record.releasedBy = this.lastFinished;
    }
    this.tracker.admit(record);
    if (form.after !== undefined) for (const other of form.after) this.addExplicitDependency(record, other);
    const queue = this.queueNamed(form, id);
    record.queue = queue.index;
    if (form.with !== undefined && form.kind !== 'sync')
      this.machine.checkParameters?.(this.schedule.queues?.[form.queue]?.block ?? form.queue, form, `operation ${id}`);
    const refusal = form.kind === 'sync' ? undefined : queue.unit?.refuses?.(record);
    if (refusal !== undefined) throw new InputError({ path: `operation ${id}`, message: `${queue.name} cannot execute it: ${refusal}` });
    return record;
  }

  private addExplicitDependency(record: OperationRecord, other: number): void {
    if (other >= record.id) {
      throw new InputError({ path: `operation ${record.id}.after`, message: `waits for operation ${other}, which does not come before it` });
    }
    if (!this.ids.has(other)) {
      throw new InputError({ path: `operation ${record.id}.after`, message: `there is no operation ${other}`, expected: this.ids.nearest(other) });
    }
    const on = this.live.get(other);
    if (on !== undefined) this.addDependency(record, on, 'after');
  }

  private addConflict(record: OperationRecord, on: OperationRecord, cause: DependenceCause): void {
    if (this.interlocked) this.addDependency(record, on, cause);
    else (record.conflicts ??= []).push(on);
  }

  private addDependency(record: OperationRecord, on: OperationRecord, cause: DependenceCause): void {
    on.addDependant(record, cause);
    record.pendingDependencies++;
  }

  private queueNamed(form: ScheduleOperation, id: number): IssueQueue {
    const known = this.queueByName.get(form.queue);
    if (known !== undefined) return known;
    const path = this.schedule.queues?.[form.queue]?.block ?? form.queue;
    const unit = this.machine.unit(path);
    if (unit === undefined && form.kind !== 'sync') {
      throw new InputError({
        path: `operation ${id}.queue`,
        message: `no block '${path}' that executes operations`,
        expected: this.machine.unitPaths.join(', '),
      });
    }
    const siblings = unit === undefined ? [] : this.queuesFor(unit);
    const queue = new IssueQueue(form.queue, this.queues.length, unit, siblings);
    siblings.push(queue);
    this.queues.push(queue);
    this.queueByName.set(form.queue, queue);
    return queue;
  }

  private queuesFor(unit: OperationUnit): IssueQueue[] {
    let queues = this.queuesOfUnit.get(unit);
    if (queues === undefined) {
      queues = [];
      this.queuesOfUnit.set(unit, queues);
      unit.attach(this);
    }
    return queues;
  }

  // Issuing

  private wake(): void {
    if (this.wakeTick === this.kernel.now) return;
    this.wakeTick = this.kernel.now;
    this.kernel.schedule(this.handler, this.kernel.now, Phase.commit, EVENT_ISSUE, 0);
  }

  private issue(): void {
    let progress = true;
    const readBefore = this.fetchedCount;
    while (progress) {
      progress = false;
      this.fetch();
      if (this.fetchedCount - readBefore > this.operationsAtOnce) return this.pause();
      const { dirty, dirtyCount } = this;
      this.dirty = this.issuing;
      this.dirtyCount = 0;
      this.issuing = dirty;
      sortByIndex(dirty, dirtyCount);
      for (let i = 0; i < dirtyCount; i++) {
        const queue = dirty[i]!;
        queue.isDirty = false;
        if (this.issueFrom(queue)) progress = true;
      }
      if (this.dirtyCount > 0) progress = true;
    }
  }

  /** Lets the kernel stop, and goes on at this tick when it runs again. */
  private pause(): void {
    this.wakeTick = -1;
    this.wake();
    this.kernel.stopRequested = true;
  }

  /** Issues from the head of one queue until something holds it back. */
  private issueFrom(queue: IssueQueue): boolean {
    let issued = false;
    let before = -1;
    for (let record = queue.head; record !== undefined; record = queue.head) {
      if (issued) noteRelease(record, 'queue', before);
      if (record.pendingDependencies > 0 || !this.hasRoom(record)) break;
      if (record.form.kind !== 'sync' && queue.unit?.canAccept(record) === false) {
        queue.heldByUnit = true;
        break;
      }
      if (queue.heldByUnit) noteRelease(record, 'unit', queue.lastFinished);
      queue.heldByUnit = false;
      queue.shift();
      this.begin(queue, record);
      before = record.id;
      issued = true;
    }
    return issued;
  }

  private begin(queue: IssueQueue, record: OperationRecord): void {
    record.issued = true;
    record.issueTick = this.kernel.now;
    record.startTick = this.kernel.now;
    this.violations.began(record.id);
    this.checkRaces(record);
    for (let i = 0; i < record.claims.length; i++) this.takeRoom(record.claims[i]!, record.id);
    for (let i = 0; i < this.observers.length; i++) this.observers[i]!.operationStarted(record);
    if (queue.unit === undefined || record.form.kind === 'sync') this.finished(record);
    else queue.unit.start(record);
  }

  private hasRoom(record: OperationRecord): boolean {
    // Hardware that trusts its compiler waits for nothing: who still uses the bytes is in a race.
    if (!this.interlocked) return true;
    for (let i = 0; i < record.claims.length; i++) {
      const claim = record.claims[i]!;
      if (claim.buffer.freedBytes >= claim.freedNeeded) continue;
      claim.buffer.waiters.push(record);
      return false;
    }
    return true;
  }

  private takeRoom(claim: BufferClaim, by: number): void {
    if (claim.replacedBytes > 0) this.freeBytes(claim.buffer, claim.replacedBytes, by);
    claim.buffer.occupiedBytes += claim.bytes;
    this.changeOccupancy(claim.buffer.memory, claim.bytes);
  }

  /** @param by the operation whose issue or end frees them */
  private freeBytes(buffer: BufferClaim['buffer'], bytes: number, by: number): void {
    buffer.freedBytes += bytes;
    buffer.occupiedBytes -= bytes;
    this.changeOccupancy(buffer.memory, -bytes);
    if (buffer.waiters.length === 0) return;
    // (Nothing that is called here waits for room.)
    for (let i = 0; i < buffer.waiters.length; i++) {
      const waiter = buffer.waiters[i]!;
      noteRelease(waiter, 'room', by);
      this.markDirty(this.queues[waiter.queue]!);
    }
    buffer.waiters.length = 0;
  }

  private changeOccupancy(memory: number, change: number): void {
    const bytes = (this.occupied.get(memory) ?? 0) + change;
    this.occupied.set(memory, bytes);
    for (let i = 0; i < this.observers.length; i++) this.observers[i]!.occupancyChanged(memory, bytes);
  }

  private releaseDependants(record: OperationRecord): void {
    for (let link = record.firstDependant; link !== undefined; link = link.next) {
      const dependant = link.record;
      if (--dependant.pendingDependencies > 0) continue;
      dependant.readyTick = this.kernel.now;
      noteRelease(dependant, link.cause, record.id);
      this.markDirty(this.queues[dependant.queue]!);
    }
    record.firstDependant = undefined;
    record.lastDependant = undefined;
  }

  private markAllDirty(queues: readonly IssueQueue[]): void {
    for (let i = 0; i < queues.length; i++) this.markDirty(queues[i]!);
  }

  private markDirty(queue: IssueQueue): void {
    if (queue.isDirty) return;
    queue.isDirty = true;
    this.dirty[this.dirtyCount++] = queue;
  }

  private checkRaces(record: OperationRecord): void {
    if (record.conflicts === undefined) return;
    this.violations.current = record.form;
    for (const other of record.conflicts) {
      if (other.finished) continue;
      const place = record.form.writes?.[0]?.buffer ?? record.form.reads?.[0]?.buffer;
      this.violations.report({
        rule: 'race',
        message: `operation ${record.id} (${record.form.kind}) begins while operation ${other.id} (${other.form.kind}), which uses the same data, has not ended`,
        advice: `let operation ${record.id} wait for operation ${other.id}: 'after', or the same queue`,
        operations: [other.id, record.id],
        ...(place === undefined ? {} : { buffer: place }),
      });
    }
    record.conflicts = undefined;
  }
}

/** The last thing that an operation waited for counts. */
function noteRelease(record: OperationRecord, cause: ReleaseCause, by: number): void {
  record.releaseCause = cause;
  record.releasedBy = by;
}

/** A few queues, nearly in order: no sorting function is called. */
function sortByIndex(queues: IssueQueue[], count: number): void {
  for (let i = 1; i < count; i++) {
    const queue = queues[i]!;
    let at = i;
    for (; at > 0 && queues[at - 1]!.index > queue.index; at--) queues[at] = queues[at - 1]!;
    queues[at] = queue;
  }
}
