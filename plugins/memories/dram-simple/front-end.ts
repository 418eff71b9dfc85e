import { type BlockContext, Fifo, Phase, type Port, TrafficClass, type Transaction } from 'tessera-sim';

/**
 * The front end of a memory controller: takes requests from the memory's ports, round robin, while fewer than `queueDepth` are
 * outstanding, and sends responses back to where they came from. At the limit requests stay in the ports' inboxes: back-pressure.
 */
export class MemoryFrontEnd<Config, Statistic extends string> {
  readonly ports: readonly Port[];
  /** Requests taken whose responses have not left yet. */
  outstanding = 0;
  private nextPort = 0;
  private readonly responses: readonly Fifo<Transaction>[];

  constructor(
    private readonly context: BlockContext<Config, Statistic>,
    private readonly queueDepth: number,
  ) {
    this.ports = context.ports('port');
    this.responses = this.ports.map(() => new Fifo<Transaction>());
  }

  /** The next request, round robin over the ports; undefined when there is none or no room. Its port is kept in `scratch`. */
  take(): Transaction | undefined {
    if (this.outstanding >= this.queueDepth) return undefined;
    for (let step = 0; step < this.ports.length; step++) {
      const place = this.nextPort;
      this.nextPort = place + 1 === this.ports.length ? 0 : place + 1;
      const request = this.ports[place]!.take(TrafficClass.request);
      if (request === undefined) continue;
      request.scratch = place;
      this.outstanding++;
      return request;
    }
    return undefined;
  }

  /** Sends the response now, or as soon as the port has room. */
  answer(request: Transaction): void {
    request.isResponse = true;
    this.responses[request.scratch]!.push(request);
    this.flush(request.scratch);
  }

  /** Call from `onRoom`. */
  onRoom(port: Port): void {
    this.flush(this.ports.indexOf(port));
  }

  /** Responses that wait for room in a port. */
  get blockedResponses(): number {
    let blocked = 0;
    for (let i = 0; i < this.responses.length; i++) blocked += this.responses[i]!.length;
    return blocked;
  }

  /** Schedules the answer of a request at the given cycle of the block's clock. */
  answerAt(handler: number, code: number, cycle: number, request: Transaction): void {
    const { kernel, clock } = this.context;
    kernel.schedule(handler, Math.max(kernel.now, clock.tickOf(Math.ceil(cycle))), Phase.compute, code, request.id);
  }

  private flush(place: number): void {
    const port = this.ports[place]!;
    const queue = this.responses[place]!;
    while (queue.length > 0 && port.canSend(TrafficClass.response)) {
      this.outstanding--;
      port.send(queue.shift()!);
    }
  }
}
