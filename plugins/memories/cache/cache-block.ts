import {
  Fifo,
  ModelError,
  Phase,
  RoundRobinArbiter,
  TrafficClass,
  TransactionKind,
  Wake,
  type Block,
  type BlockContext,
  type EventHandler,
  type Port,
  type StateExchange,
  type StallClasses,
  type Transaction,
  type WaitFor,
} from 'tessera-sim';
import { CachePort, PendingBurst } from './cache-port.js';
import type { CacheConfig } from './config.js';
import { PerfectTags } from './perfect-tags.js';
import { TagStore } from './tag-store.js';
import { DATA, LINK, PORT, ROOM } from './waits.js';

export type CacheStatistic = 'bursts' | 'hits' | 'misses' | 'joinedMisses' | 'writeBacks' | 'bytesFetched' | 'bytesWrittenBack' | 'dirtyLines';

export const CACHE_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No request inside' },
  busy: { role: 'work', description: 'Looks up or answers' },
  'wait-memory': { role: 'wait', on: 'memory', description: 'Nothing to look up until lines or acknowledgements come from the memory' },
  'no-mshr': { role: 'wait', on: 'memory', description: 'A miss finds all miss registers taken by lines that are still on their way' },
};
const IDLE = 0;
const BUSY = 1;
const WAIT_MEMORY = 2;
const NO_MSHR = 3;

/** A line on its way from the memory, and the bursts that wait for it. */
class Fetch {
  place = 0;
  active = false;
  becomesDirty = false;
  readonly waiters: PendingBurst[] = [];
}

/**
 * Write-back, write-allocate cache before a memory: looks up one line a cycle, the ports taking turns line by line. It
 * answers requests meant for the memory behind it; a write of a whole line is not fetched.
 */
export class CacheBlock implements Block, EventHandler {
  private readonly ports: readonly CachePort[];
  private readonly memoryPort: Port;
  private readonly tags: TagStore;
  private readonly fetches: Fetch[];
  private readonly freeFetches: number[];
  private readonly freeBursts: PendingBurst[] = [];
  /** Requests to the memory, with the cycle from which they may leave. */
  private readonly outgoing = new Fifo<Transaction>();
  private readonly outgoingCycle = new Fifo<number>();
  private readonly arbiter: RoundRobinArbiter;
  private readonly wants: Uint8Array;
  private readonly wake: Wake;
  private readonly lookupAction: number;
  private readonly lineAction: number;
  private writeBacksInFlight = 0;
  private stuck = false;
  private behind = -1;

  constructor(private readonly context: BlockContext<CacheConfig, CacheStatistic>) {
    const { config, kernel, energy } = context;
    this.ports = context.ports('port').map((port) => new CachePort(port, config.lineBytes));
    this.memoryPort = context.port('memory');
    const tags = config.ideal.includes('misses') ? PerfectTags : TagStore;
    this.tags = new tags(config.capacityBytes / config.lineBytes / config.ways, config.ways);
    this.fetches = Array.from({ length: config.mshrs }, () => new Fetch());
    this.freeFetches = this.fetches.map((_, i) => config.mshrs - 1 - i);
    this.arbiter = new RoundRobinArbiter(this.ports.length);
    this.wants = new Uint8Array(this.ports.length);
    this.lookupAction = energy.action('lookup');
    this.lineAction = energy.action('line');
    this.wake = new Wake(kernel, kernel.register(context.path, this), 0, Phase.compute);
  }

  start(): void {
    this.behind = this.context.blocks.idOf(this.memoryPort.neighbourPath);
  }

  onArrival(): void {
    this.wake.at(this.context.clock.edgeAtOrAfter(this.context.kernel.now));
  }

  onRoom(): void {
    this.onArrival();
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    const cycle = this.context.clock.cycleAt(this.context.kernel.now);
    this.takeFromMemory(cycle);
    for (const port of this.ports) this.sendResponses(port, cycle);
    const lookedUp = this.lookUpOne(cycle);
    this.sendToMemory(cycle);
    this.enterClass(lookedUp);
    this.sleep(cycle, lookedUp);
  }

  finish(): void {
    this.context.statistics.dirtyLines = this.tags.dirtyLines;
  }

  state(s: StateExchange): void {
    const { clock } = this.context;
    this.wake.state(s);
    this.tags.state(s);
    for (const port of this.ports) port.state(s, clock);
    for (const fetch of this.fetches) this.exchangeFetch(s, fetch);
    s.numbers(this.freeFetches);
    s.queue(this.outgoing, (request) => s.transaction(request));
    s.queue(this.outgoingCycle, (cycle) => s.cycle(cycle ?? 0, clock));
    this.arbiter.state(s);
    this.writeBacksInFlight = s.number(this.writeBacksInFlight);
    this.stuck = s.flag(this.stuck);
  }

  private exchangeFetch(s: StateExchange, fetch: Fetch): void {
    fetch.place = s.number(fetch.place);
    fetch.active = s.flag(fetch.active);
    fetch.becomesDirty = s.flag(fetch.becomesDirty);
    s.list(fetch.waiters, (burst) => this.exchangeWaiter(s, burst));
  }

  /** A burst that waits for a line is one of those that a port holds. */
  private exchangeWaiter(s: StateExchange, burst: PendingBurst | undefined): PendingBurst {
    const port = s.number(burst === undefined ? 0 : this.ports.findIndex(({ pending }) => pending.includes(burst)));
    const { pending } = this.ports[port]!;
    return pending[s.number(burst === undefined ? 0 : pending.indexOf(burst))]!;
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    const memory = this.memoryPort.neighbourPath;
    const waiting = this.fetches.filter((fetch) => fetch.active).length;
    if (waiting > 0) return [{ who: path, whom: memory, what: `${waiting} lines to be fetched`, sinceTick: kernel.now }];
    return this.ports
      .filter((port) => port.blocked)
      .map(({ port }) => ({ who: path, whom: port.neighbourPath, what: `room for a response at ${port.name}`, sinceTick: kernel.now }));
  }

  /** Lines that have come, and acknowledgements of lines written back. */
  private takeFromMemory(cycle: number): void {
    const port = this.memoryPort;
    for (let response = port.take(TrafficClass.response); response !== undefined; response = port.take(TrafficClass.response)) {
      if (response.kind === TransactionKind.write) this.writeBacksInFlight--;
      else this.endFetch(response, cycle);
      this.context.transactions.release(response);
    }
    if (port.waiting(TrafficClass.request) > 0) throw new ModelError('a request came from the memory side', this.context.path);
  }

  private endFetch(response: Transaction, cycle: number): void {
    const index = response.tag;
    const fetch = this.fetches[index]!;
    if (this.context.milestones.active) this.noteData(fetch, response.issuedTick);
    this.tags.setFetching(fetch.place, false);
    if (fetch.becomesDirty) this.tags.markDirty(fetch.place);
    this.context.energy.count(this.lineAction, 1);
    for (const burst of fetch.waiters) {
      burst.fetches--;
      burst.readyCycle = Math.max(burst.readyCycle, cycle);
    }
    fetch.waiters.length = 0;
    fetch.active = false;
    this.freeFetches.push(index);
  }

  private sendResponses(port: CachePort, cycle: number): void {
    port.blocked = false;
    for (let i = 0; i < port.pending.length;) {
      const burst = port.pending[i]!;
      if (!burst.lookedUp || burst.fetches > 0 || burst.readyCycle > cycle) {
        i++;
        continue;
      }
      if (!port.port.canSend(TrafficClass.response)) {
        port.blocked = true;
        return;
      }
      if (this.context.milestones.active && burst.readyCycle < cycle) this.note(PORT, burst.message!.operation, burst.readyCycle, cycle);
      port.pending.splice(i, 1);
      burst.message!.isResponse = true;
      port.port.send(burst.message!);
      burst.message = undefined;
      this.freeBursts.push(burst);
    }
  }

  /** Looks up one line of the port whose turn it is; false when nothing could be done. */
  private lookUpOne(cycle: number): boolean {
    this.stuck = false;
    for (let i = 0; i < this.ports.length; i++) this.wants[i] = this.hasLine(this.ports[i]!) ? 1 : 0;
    for (let tries = 0; tries < this.ports.length; tries++) {
      const winner = this.arbiter.choose(this.wants);
      if (winner < 0) return false;
      if (this.lookUp(this.ports[winner]!, cycle)) return true;
      // Its line cannot be fetched now; another port may still hit.
      this.wants[winner] = 0;
      this.stuck = true;
    }
    return false;
  }

  private hasLine(port: CachePort): boolean {
    if (port.current !== undefined) return true;
    if (port.pending.length >= this.context.config.pendingBursts) return false;
    const message = port.port.take(TrafficClass.request);
    if (message === undefined) return false;
    const burst = this.freeBursts.pop() ?? new PendingBurst();
    burst.message = message;
    burst.fetches = 0;
    burst.lookedUp = false;
    this.context.statistics.bursts++;
    port.begin(burst);
    return true;
  }

  private lookUp(port: CachePort, cycle: number): boolean {
    const { statistics, energy, config } = this.context;
    const burst = port.current!;
    const message = burst.message!;
    const isWrite = message.kind === TransactionKind.write;
    const place = this.tags.find(this.memoryOf(message), port.line);
    if (place < 0) {
      if (!this.miss(port, burst, isWrite, cycle)) {
        if (port.stuckCycle < 0) port.stuckCycle = cycle;
        return false;
      }
    } else if (this.tags.isFetching(place)) {
      this.join(place, burst, isWrite);
    } else {
      statistics.hits++;
      energy.count(this.lineAction, 1);
      this.tags.touch(place);
      if (isWrite) this.tags.markDirty(place);
    }
    if (port.stuckCycle >= 0) this.endStuck(port, cycle);
    energy.count(this.lookupAction, 1);
    burst.readyCycle = cycle + config.hitLatencyCycles;
    burst.lookedUp = !port.advance();
    return true;
  }

  private endStuck(port: CachePort, cycle: number): void {
    if (this.context.milestones.active) this.note(ROOM, port.current!.message!.operation, port.stuckCycle, cycle);
    port.stuckCycle = -1;
  }

  /** A request addressed to the cache itself is for what lies behind it. */
  private memoryOf(message: Transaction): number {
    return message.target === this.context.blockId ? this.behind : message.target;
  }

  private join(place: number, burst: PendingBurst, isWrite: boolean): void {
    const fetch = this.fetches.find((candidate) => candidate.active && candidate.place === place)!;
    fetch.becomesDirty ||= isWrite;
    fetch.waiters.push(burst);
    burst.fetches++;
    this.tags.touch(place);
    this.context.statistics.joinedMisses++;
  }

  /** False when there is no register, no line or no write buffer for it now. */
  private miss(port: CachePort, burst: PendingBurst, isWrite: boolean, cycle: number): boolean {
    const { config, statistics } = this.context;
    const { tags } = this;
    const memory = this.memoryOf(burst.message!);
    const needsFetch = !(isWrite && port.coversLine());
    const place = tags.victim(port.line);
    if (place < 0 || (needsFetch && this.freeFetches.length === 0)) return false;
    const evictsDirty = tags.lineAt(place) >= 0 && tags.isDirty(place);
    if (evictsDirty && this.writeBacksInFlight >= config.writeBuffers) return false;
    statistics.misses++;
    const leaves = cycle + config.hitLatencyCycles;
    const [oldMemory, oldLine] = [tags.memoryAt(place), tags.lineAt(place)];
    tags.fill(place, memory, port.line);
    if (needsFetch) this.beginFetch(place, burst, isWrite, leaves);
    else tags.markDirty(place);
    if (evictsDirty) this.writeBack(oldMemory, oldLine, leaves);
    return true;
  }

  private beginFetch(place: number, burst: PendingBurst, isWrite: boolean, leaves: number): void {
    const index = this.freeFetches.pop()!;
    const fetch = this.fetches[index]!;
    fetch.place = place;
    fetch.active = true;
    fetch.becomesDirty = isWrite;
    fetch.waiters.push(burst);
    burst.fetches++;
    this.tags.setFetching(place, true);
    this.context.statistics.bytesFetched += this.context.config.lineBytes;
    this.ask(TransactionKind.read, this.tags.memoryAt(place), this.tags.lineAt(place), index, burst.message!.operation, leaves);
  }

  private writeBack(memory: number, line: number, leaves: number): void {
    const { statistics, config, energy } = this.context;
    this.writeBacksInFlight++;
    statistics.writeBacks++;
    statistics.bytesWrittenBack += config.lineBytes;
    energy.count(this.lineAction, 1);
    this.ask(TransactionKind.write, memory, line, -1, -1, leaves);
  }

  private ask(kind: TransactionKind, memory: number, line: number, tag: number, operation: number, leaves: number): void {
    const { transactions, config, blockId } = this.context;
    const request = transactions.acquire();
    request.kind = kind;
    request.requester = blockId;
    request.target = memory;
    request.address = line * config.lineBytes;
    request.rowBytes = request.pitchBytes = config.lineBytes;
    request.rows = 1;
    request.tag = tag;
    request.operation = operation;
    this.outgoing.push(request);
    this.outgoingCycle.push(leaves);
  }

  private sendToMemory(cycle: number): void {
    while ((this.outgoingCycle.peek() ?? Infinity) <= cycle && this.memoryPort.canSend(TrafficClass.request)) {
      const request = this.outgoing.shift()!;
      const leaves = this.outgoingCycle.shift()!;
      if (this.context.milestones.active && leaves < cycle) this.note(LINK, request.operation, leaves, cycle);
      request.issuedTick = this.context.kernel.now;
      this.memoryPort.send(request);
    }
  }

  private note(cause: number, operation: number, sinceCycle: number, cycle: number): void {
    const { milestones, clock } = this.context;
    milestones.note(cause, operation, clock.tickOf(sinceCycle), clock.tickOf(cycle));
  }

  private noteData(fetch: Fetch, sinceTick: number): void {
    const { milestones, kernel } = this.context;
    for (const { message } of fetch.waiters) milestones.note(DATA, message!.operation, sinceTick, kernel.now);
  }

  private enterClass(lookedUp: boolean): void {
    const waiting = this.freeFetches.length < this.fetches.length || this.writeBacksInFlight > 0;
    const answering = this.ports.some((port) => port.pending.length > 0);
    const resting = waiting ? WAIT_MEMORY : answering ? BUSY : IDLE;
    this.context.stalls.enter(lookedUp ? BUSY : this.stuck ? NO_MSHR : resting);
  }

  private sleep(cycle: number, lookedUp: boolean): void {
    // A port that could not go on is woken by the line or the acknowledgement that it lacks.
    let next = lookedUp ? cycle + 1 : Infinity;
    const leaves = this.outgoingCycle.peek() ?? Infinity;
    if (leaves > cycle) next = Math.min(next, leaves);
    for (const port of this.ports) {
      for (const burst of port.pending) {
        if (burst.lookedUp && burst.fetches === 0 && burst.readyCycle > cycle) next = Math.min(next, burst.readyCycle);
      }
    }
    if (next !== Infinity) this.wake.at(this.context.clock.tickOf(next));
  }
}
