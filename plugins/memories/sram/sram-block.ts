import {
  Phase,
  SimulationError,
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
import { BankArray, type BankObserver } from './bank-array.js';
import { BankMap } from './bank-map.js';
import type { SramConfig } from './config.js';
import { IdealBankArray } from './ideal-bank-array.js';
import { SramPort } from './sram-port.js';
import { SramWaits } from './waits.js';
import { WordStream, wordsOfBurst } from './word-stream.js';

export type SramStatistic = 'reads' | 'writes' | 'bytesRead' | 'bytesWritten' | 'wordAccesses' | 'bankConflicts' | 'conflictCycles' | 'busyCycles';

export const SRAM_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No request inside' },
  busy: { role: 'work', description: 'Serves every word that is asked for' },
  'bank-conflict': { role: 'wait', on: 'bank', description: 'A word waits, since others are served in its bank' },
  'response-blocked': { role: 'wait', on: 'peer', description: 'A response finds no room' },
};
const IDLE = 0;
const BUSY = 1;
const CONFLICT = 2;
const BLOCKED = 3;

/** Banked scratchpad: a burst at each port in service at a time, a word in each bank a cycle. */
export class SramBlock implements Block, EventHandler, BankObserver {
  private readonly ports: readonly SramPort[];
  private readonly array: BankArray;
  private readonly wake: Wake;
  private readonly readAction: number;
  private readonly writeAction: number;
  private readonly byAge: boolean;
  private readonly waitsNoted: SramWaits;

  /** @param stepwise serve cycle by cycle, with an event each: the reference that tests hold the fast path against. */
  constructor(
    private readonly context: BlockContext<SramConfig, SramStatistic>,
    private readonly stepwise = false,
  ) {
    const { config, energy } = context;
    const wordBytes = config.wordBits / 8;
    this.waitsNoted = new SramWaits(context.milestones, context.clock);
    this.ports = context.ports('port').map((port, index) => this.makePort(port, index));
    const map = new BankMap(config.interleaving, config.banks, config.capacityBytes / config.banks / wordBytes);
    const streams = this.ports.map((port) => port.stream);
    const kind = config.ideal.includes('bankConflicts') ? IdealBankArray : BankArray;
    this.array = new kind(map, streams, config.arbitration, this, stepwise);
    this.byAge = config.arbitration === 'age';
    this.readAction = energy.action('read');
    this.writeAction = energy.action('write');
    this.wake = new Wake(context.kernel, context.kernel.register(context.path, this), 0, Phase.compute);
  }

  private makePort(port: Port, index: number): SramPort {
    const { config } = this.context;
    const own = config.ports[port.name];
    const words = (own?.widthBits ?? config.portWidthBits) / config.wordBits;
    const stream = new WordStream(index, words, config.wordBits / 8);
    return new SramPort(port, stream, own?.access ?? 'read-write', this.context.spanProbe(`access.${port.name}`), this.waitsNoted, config.responseDepth);
  }

  onArrival(): void {
    this.wake.at(this.context.clock.edgeAtOrAfter(this.context.kernel.now));
  }

  onRoom(): void {
    this.wake.at(this.context.clock.edgeAtOrAfter(this.context.kernel.now));
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    const cycle = this.context.clock.cycleAt(this.context.kernel.now);
    this.array.runTo(cycle);
    for (let i = 0; i < this.ports.length; i++) {
      const port = this.ports[i]!;
      port.sendResponses(cycle);
      if (port.isFree) this.beginNext(port, cycle);
    }
    this.enterRestingClass();
    this.sleep(cycle);
  }

  onCycles(cycle: number, cycles: number, conflicted: boolean): void {
    const { stalls, clock } = this.context;
    const next = conflicted ? CONFLICT : BUSY;
    // Cycles are executed late, but in order: the class is entered at the time at which it began.
    if (stalls.currentClass !== next) stalls.enterAt(next, clock.tickOf(cycle));
  }

  onStreamEnd(stream: number, cycle: number): void {
    const { context } = this;
    const port = this.ports[stream]!;
    const burst = port.burst!;
    if (port.span.active) {
      port.span.emit(context.clock.tickOf(port.beginCycle), context.clock.tickOf(cycle + 1), burst.kind, burst.operation);
    }
    if (this.waitsNoted.active) this.waitsNoted.forBanks(burst, port.stream.extraCycles, cycle + 1);
    port.endBurst(cycle + 1, cycle + context.config.accessLatencyCycles);
  }

  finish(): void {
    const { statistics, clock, kernel } = this.context;
    this.array.runTo(clock.cycleAtOrAfter(kernel.now));
    statistics.bankConflicts = this.array.waitedWords;
    statistics.conflictCycles = this.array.extraCycles;
    statistics.busyCycles = this.array.busyCycles;
  }

  state(s: StateExchange): void {
    this.wake.state(s);
    this.array.state(s, this.context.clock);
    for (const port of this.ports) port.state(s, this.context.clock);
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    return this.ports
      .filter((port) => port.blocked)
      .map((port) => ({ who: path, whom: port.port.neighbourPath, what: `room for a response at ${port.port.name}`, sinceTick: kernel.now }));
  }

  private beginNext(port: SramPort, cycle: number): void {
    const burst = port.port.take(TrafficClass.request);
    if (burst === undefined) return;
    this.checkRequest(port, burst);
    this.countRequest(burst);
    port.burst = burst;
    port.beginCycle = cycle;
    if (this.waitsNoted.active) this.waitsNoted.forTurn(burst, cycle, port.leftCycle, port.roomCycle);
    port.stream.key = this.byAge ? cycle : burst.priority;
    port.stream.begin(burst.address, burst.rowBytes, burst.rows, burst.pitchBytes);
    if (port.stream.active) this.array.admit(port.stream);
    else port.endBurst(cycle, cycle + this.context.config.accessLatencyCycles);
  }

  private checkRequest(port: SramPort, burst: Transaction): void {
    const { config, path, blocks } = this.context;
    const isRead = burst.kind === TransactionKind.read;
    if (port.access === (isRead ? 'write' : 'read')) {
      throw new SimulationError(
        `${path}.${port.port.name} takes only ${port.access}s, but ${blocks.pathOf(burst.requester)} sent a ${isRead ? 'read' : 'write'}`,
      );
    }
    const end = burst.address + (burst.rows - 1) * burst.pitchBytes + burst.rowBytes;
    if (burst.address < 0 || end > config.capacityBytes) {
      throw new SimulationError(`${path}: ${blocks.pathOf(burst.requester)} asks for bytes ${burst.address} .. ${end} of a memory of ${config.capacityBytes}`);
    }
  }

  private countRequest(burst: Transaction): void {
    const { statistics, energy, config } = this.context;
    const words = wordsOfBurst(burst.address, burst.rowBytes, burst.rows, burst.pitchBytes, config.wordBits / 8);
    statistics.wordAccesses += words;
    if (burst.kind === TransactionKind.read) {
      statistics.reads++;
      statistics.bytesRead += burst.bytes;
      energy.count(this.readAction, words);
    } else {
      statistics.writes++;
      statistics.bytesWritten += burst.bytes;
      energy.count(this.writeAction, words);
    }
  }

  /** While words are served the class is set by what each cycle turns out to be. */
  private enterRestingClass(): void {
    if (this.array.activeStreams > 0) return;
    let resting = IDLE;
    for (let i = 0; i < this.ports.length; i++) if (this.ports[i]!.blocked) resting = BLOCKED;
    this.context.stalls.enter(resting);
  }

  private sleep(cycle: number): void {
    let next = this.stepwise && this.array.activeStreams > 0 ? cycle + 1 : this.array.earliestEnd;
    for (let i = 0; i < this.ports.length; i++) next = Math.min(next, this.ports[i]!.nextResponseCycle);
    if (next !== Infinity) this.wake.at(this.context.clock.tickOf(Math.max(next, cycle + 1)));
  }
}
