// @ts-check
import { definePlugin, Phase, TRAFFIC_CLASSES } from 'tessera-sim';

/** @typedef {{ latencyCycles: number }} Config */

/** Every message leaves a fixed time after it came, in order, when the next block has room. */
class WireNetwork {
  /** @param {import('tessera-sim').BlockContext<Config, 'messages'>} context */
  constructor(context) {
    this.context = context;
    this.handler = context.kernel.register(context.path, this);
    /** @type {{ message: import('tessera-sim').Transaction, exitTick: number }[][]} */
    this.queues = [];
    this.waiting = 0;
    this.ports = context.ports('end');
    for (const port of this.ports) for (let c = 0; c < TRAFFIC_CLASSES; c++) this.queues[port.index * TRAFFIC_CLASSES + c] = [];
  }

  /** @param {import('tessera-sim').Port} port @param {import('tessera-sim').TrafficClass} trafficClass */
  onArrival(port, trafficClass) {
    const { kernel, clock, config, statistics } = this.context;
    for (let message = port.take(trafficClass); message !== undefined; message = port.take(trafficClass)) {
      const out = this.context.portToward(message.destination);
      if (out === undefined) throw new Error(`no way to ${this.context.blocks.pathOf(message.destination)}`);
      const index = out.index * TRAFFIC_CLASSES + trafficClass;
      const exitTick = clock.after(kernel.now, config.latencyCycles);
      this.queues[index].push({ message, exitTick });
      this.waiting++;
      statistics.messages++;
      kernel.schedule(this.handler, exitTick, Phase.compute, 0, index);
    }
    this.context.stalls.enter(this.waiting > 0 ? 1 : 0);
  }

  /** @param {import('tessera-sim').Port} port @param {import('tessera-sim').TrafficClass} trafficClass */
  onRoom(port, trafficClass) {
    this.drain(port.index * TRAFFIC_CLASSES + trafficClass);
  }

  /** @param {number} _code @param {number} index */
  onEvent(_code, index) {
    this.drain(index);
  }

  /** Sends what is due and has room. @param {number} index */
  drain(index) {
    const queue = this.queues[index];
    const port = this.ports.find((one) => one.index === Math.floor(index / TRAFFIC_CLASSES));
    const trafficClass = /** @type {import('tessera-sim').TrafficClass} */ (index % TRAFFIC_CLASSES);
    while (queue.length > 0 && queue[0].exitTick <= this.context.kernel.now && port.canSend(trafficClass)) {
      this.waiting--;
      port.send(queue.shift().message);
    }
    this.context.stalls.enter(this.waiting > 0 ? 1 : 0);
  }

  /** Saves or loads what is on its way. @param {import('tessera-sim').StateExchange} s */
  state(s) {
    this.waiting = s.number(this.waiting);
    for (const queue of this.queues) {
      s.list(queue, (entry) => ({ message: s.transaction(entry?.message), exitTick: s.tick(entry?.exitTick ?? 0) }));
    }
  }
}

export default definePlugin({
  kind: 'network',
  name: 'wire',
  version: '1.0.0',
  summary: 'Forwards every message after a fixed time; its ports are called ends',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { latencyCycles: { type: 'integer', minimum: 1, maximum: 1000, default: 5, unit: 'cycles', description: 'From port to port' } },
  },
  ports: { end: { role: 'both', many: true, description: 'A block or another network' } },
  statistics: { messages: { unit: 'messages', description: 'Messages forwarded, requests and responses' } },
  stallClasses: {
    idle: { role: 'rest', description: 'Nothing to do' },
    busy: { role: 'work', description: 'Messages on their way' },
  },
  milestones: {},
  ideal: {},
  actions: () => ({}),
  describe: ({ config }) => ({
    kind: 'network',
    linkBytesPerCycle: Infinity,
    hopCycles: /** @type {Config} */ (config).latencyCycles,
    forwards: true,
  }),
  create: (context) => new WireNetwork(/** @type {any} */ (context)),
});
