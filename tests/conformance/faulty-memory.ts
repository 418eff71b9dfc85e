import { BLOCK_CONTRACT } from '../../core/conformance/block-contract.js';
import {
  DEFAULT_STALL_CLASSES,
  definePlugin,
  Phase,
  TrafficClass,
  type Block,
  type BlockContext,
  type BlockPlugin,
  type Port,
  type Transaction,
} from '../../core/index.js';

type Fault = 'none' | 'loses' | 'never-ends' | 'random' | 'requester' | 'tag' | 'unknown-statistic' | 'statistic-nan';

/** A memory that answers at once, with one planted fault. */
class FaultyMemory implements Block {
  private readonly handler: number;
  private served = 0;
  private readonly waiting: { port: Port; request: Transaction }[] = [];

  constructor(
    private readonly context: BlockContext<Record<string, unknown>, 'served'>,
    private readonly fault: Fault,
  ) {
    this.handler = context.kernel.register(context.path, this);
  }

  start(): void {
    if (this.fault === 'never-ends') this.onEvent();
  }

  onEvent(): void {
    const { kernel, clock } = this.context;
    kernel.schedule(this.handler, clock.after(kernel.now, 1000), Phase.compute, 0, 0);
  }

  onArrival(port: Port): void {
    for (let request = port.take(TrafficClass.request); request !== undefined; request = port.take(TrafficClass.request)) {
      this.served++;
      this.context.statistics.served += this.fault === 'random' ? ((globalThis as { faultySeed?: number }).faultySeed ?? 1) : 1;
      if (this.fault === 'loses' && this.served === 50) continue;
      this.waiting.push({ port, request });
    }
    if (this.fault === 'random') (globalThis as { faultySeed?: number }).faultySeed = ((globalThis as { faultySeed?: number }).faultySeed ?? 1) + 1;
    this.answer();
  }

  onRoom(): void {
    this.answer();
  }

  finish(): void {
    const statistics: Record<string, number> = this.context.statistics;
    if (this.fault === 'unknown-statistic') statistics['servd'] = this.served;
    if (this.fault === 'statistic-nan') statistics['served'] = 0 / 0;
  }

  private answer(): void {
    for (let first = this.waiting[0]; first !== undefined && first.port.canSend(TrafficClass.response); first = this.waiting[0]) {
      this.waiting.shift();
      first.request.isResponse = true;
      if (this.fault === 'requester') first.request.requester = this.context.blockId;
      if (this.fault === 'tag') first.request.tag = 0;
      first.port.send(first.request);
    }
  }
}

/** A memory that breaks one rule of the contract. */
export function memoryWith(fault: Fault, description = 'Requests served'): BlockPlugin {
  return definePlugin<Record<string, unknown>, 'served'>({
    kind: 'memory',
    name: `faulty-${fault}`,
    version: '1.0.0',
    summary: 'Memory with a planted fault',
    configSchema: { type: 'object', additionalProperties: false, properties: {} },
    ports: { port0: { description: 'requests', role: 'target' } },
    statistics: { served: { unit: 'requests', description } },
    stallClasses: DEFAULT_STALL_CLASSES,
    milestones: {},
    ideal: {},
    actions: () => ({}),
    describe: () => ({ kind: 'other' }),
    create: (context) => new FaultyMemory(context, fault),
  }) as unknown as BlockPlugin;
}

/** Names of the rules that a plugin breaks. */
export const broken = (plugin: BlockPlugin): string[] => BLOCK_CONTRACT.filter((rule) => rule.check(plugin) !== undefined).map((rule) => rule.name);
