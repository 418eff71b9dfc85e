import { Ring, TrafficClass, type ClockDomain, type Port, type SpanProbe, type StateExchange, type Transaction } from 'tessera-sim';
import type { PortAccess } from './config.js';
import type { SramWaits } from './waits.js';
import type { WordStream } from './word-stream.js';

/** A port of the memory: the burst in service, and the responses on their way out. */
export class SramPort {
  burst: Transaction | undefined;
  /** First cycle of the burst in service. */
  beginCycle = 0;
  /** A response was ready but the port had no room for it. */
  blocked = false;
  /** Cycle in which the last burst left the port, and that in which a full list of responses had room again; for milestones. */
  leftCycle = -1;
  roomCycle = -1;

  private readonly responses: Ring<Transaction>;
  private readonly readyCycles: Ring<number>;

  constructor(
    readonly port: Port,
    readonly stream: WordStream,
    readonly access: PortAccess,
    readonly span: SpanProbe,
    private readonly waits: SramWaits,
    responseDepth: number,
  ) {
    this.responses = new Ring(responseDepth);
    this.readyCycles = new Ring(responseDepth);
  }

  /** Whether the next burst may begin: nothing in service, and a place for its response. */
  get isFree(): boolean {
    return this.burst === undefined && !this.responses.isFull;
  }

  get holdsResponses(): boolean {
    return this.responses.length > 0;
  }

  /** Cycle in which the next response is ready; Infinity when there is none, or while there is no room to send it. */
  get nextResponseCycle(): number {
    return this.blocked ? Infinity : (this.readyCycles.peek() ?? Infinity);
  }

  /** The burst in service is done, and the port free in `cycle`; the response leaves in `readyCycle`. */
  endBurst(cycle: number, readyCycle: number): void {
    const burst = this.burst!;
    this.burst = undefined;
    this.leftCycle = cycle;
    burst.isResponse = true;
    this.responses.push(burst);
    this.readyCycles.push(readyCycle);
  }

  /** Sends what is ready by `cycle`. */
  sendResponses(cycle: number): void {
    this.blocked = false;
    for (let ready = this.readyCycles.peek(); ready !== undefined && ready <= cycle; ready = this.readyCycles.peek()) {
      if (!this.port.canSend(TrafficClass.response)) {
        this.blocked = true;
        return;
      }
      if (this.responses.isFull) this.roomCycle = cycle;
      this.readyCycles.shift();
      const response = this.responses.shift()!;
      if (this.waits.active) this.waits.forPort(response, ready, cycle);
      this.port.send(response);
    }
  }

  /** All but the stream, which the banks keep. */
  state(s: StateExchange, clock: ClockDomain): void {
    this.burst = s.optionalTransaction(this.burst);
    this.beginCycle = s.cycle(this.beginCycle, clock);
    this.blocked = s.flag(this.blocked);
    this.leftCycle = s.cycle(this.leftCycle, clock);
    this.roomCycle = s.cycle(this.roomCycle, clock);
    s.queue(this.responses, (response) => s.transaction(response));
    s.queue(this.readyCycles, (cycle) => s.cycle(cycle ?? 0, clock));
  }
}
