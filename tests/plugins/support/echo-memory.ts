import { Phase, TrafficClass, type Block, type BlockContext, type BlockPlugin, type EventHandler, type Port } from '../../../core/index.js';

/** A memory that answers at once, in the cycle in which the request came, as far as its ports let it. */
export const echoMemory: BlockPlugin = {
  kind: 'memory',
  name: 'echo-memory',
  version: '1.0.0',
  summary: 'Answers at once',
  configSchema: { type: 'object' },
  ports: { port: { description: 'Requests', role: 'target', many: true } },
  statistics: {},
  describe: () => ({ kind: 'other' }),
  create: (context) => new EchoBlock(context),
};

class EchoBlock implements Block, EventHandler {
  private readonly handler: number;

  constructor(private readonly context: BlockContext) {
    this.handler = context.kernel.register(context.path, this);
  }

  onArrival(port: Port): void {
    const { kernel, clock } = this.context;
    kernel.schedule(this.handler, clock.edgeAtOrAfter(kernel.now), Phase.compute, 0, port.index);
  }

  onRoom(port: Port): void {
    this.onArrival(port);
  }

  onEvent(_code: number, index: number): void {
    const port = this.context.ports('port').find((candidate) => candidate.index === index)!;
    while (port.waiting(TrafficClass.request) > 0 && port.canSend(TrafficClass.response)) {
      const message = port.take(TrafficClass.request)!;
      message.isResponse = true;
      port.send(message);
    }
  }
}
