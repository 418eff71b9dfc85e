import { Ring, TrafficClass, type Port, type SpanProbe, type Transaction } from 'tessera-sim';
import type { PortAccess } from './config.js';
import type { WordStream } from './word-stream.js';

/** A port of the memory: the burst in service, and the responses on their way out. */
export class SramPort {
  burst: Transaction | undefined;
  /** First cycle of the burst in service. */
  beginCycle = 0;
  /** A response was ready but the port had no room for it. */
  blocked = false;

  private readonly responses: Ring<Transaction>;
  private readonly readyCycles: Ring<number>;

  constructor(
    readonly port: Port,
    readonly stream: WordStream,
    readonly access: PortAccess,
    readonly span: SpanProbe,
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

  /** The burst in service is done; its response leaves in `readyCycle`. */
  endBurst(readyCycle: number): void {
    const burst = this.burst!;
    this.burst = undefined;
    burst.isResponse = true;
    this.responses.push(burst);
    this.readyCycles.push(readyCycle);
  }

  /** Sends what is ready by `cycle`. */
  sendResponses(cycle: number): void {
    this.blocked = false;
    while ((this.readyCycles.peek() ?? Infinity) <= cycle) {
      if (!this.port.canSend(TrafficClass.response)) {
        this.blocked = true;
        return;
      }
      this.readyCycles.shift();
      this.port.send(this.responses.shift()!);
    }
  }
}
