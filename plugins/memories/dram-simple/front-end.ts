import { type BlockContext, Fifo, Phase, type Port, type StateExchange, TrafficClass, type Transaction } from 'tessera-sim';
import { DramWait } from './waits.js';

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
  /** Since when each response has been ready; kept while somebody listens. */
  private readonly readyTicks: readonly Fifo<number>[];

  constructor(
    private readonly context: BlockContext<Config, Statistic>,
    private readonly queueDepth: number,
  ) {
    this.ports = context.ports('port');
    this.responses = this.ports.map(() => new Fifo<Transaction>());
    this.readyTicks = this.ports.map(() => new Fifo<number>());
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

  /** Notes that a request waited until now, since it was sent, for what the cause says. */
  noteEntry(cause: number, { operation, issuedTick }: Transaction): void {
    const { milestones, kernel } = this.context;
    if (issuedTick < kernel.now) milestones.note(cause, operation, issuedTick, kernel.now);
  }

  state(s: StateExchange): void {
    this.outstanding = s.number(this.outstanding);
    this.nextPort = s.number(this.nextPort);
    for (const queue of this.responses) s.queue(queue, (response) => s.transaction(response));
    for (const ticks of this.readyTicks) s.queue(ticks, (tick) => s.tick(tick ?? 0));
  }

  /** Sends the response now, or as soon as the port has room. */
  answer(request: Transaction): void {
    request.isResponse = true;
    if (this.context.milestones.active) this.readyTicks[request.scratch]!.push(this.context.kernel.now);
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
      const response = queue.shift()!;
      if (this.context.milestones.active) this.notePort(place, response);
      port.send(response);
    }
  }

  private notePort(place: number, { operation }: Transaction): void {
    const { milestones, kernel } = this.context;
    const ready = this.readyTicks[place]!.shift() ?? kernel.now;
    if (ready < kernel.now) milestones.note(DramWait.port, operation, ready, kernel.now);
  }
}
