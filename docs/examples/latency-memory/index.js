// @ts-check
import { definePlugin, Phase, TrafficClass, TransactionKind } from 'tessera-sim';

/** @typedef {{ accessCycles: number, bytesPerCycle: number, capacityBytes: number }} Config */
/** @typedef {'reads' | 'writes' | 'bytesRead' | 'bytesWritten' | 'meanReadBytes'} Statistic */

const IDLE = 0;
const BUSY = 1;
const BLOCKED = 2;

/** Cycles that one request takes: the access, then its bytes at the width of the array. */
export function serviceCycles(/** @type {Config} */ config, /** @type {number} */ bytes) {
  return config.accessCycles + Math.ceil(bytes / config.bytesPerCycle);
}

/** A memory that serves one request at a time, in the order of arrival. */
class LatencyMemory {
  /** @param {import('tessera-sim').BlockContext<Config, Statistic>} context */
  constructor(context) {
    this.context = context;
    this.port = context.port('port0');
    this.span = context.spanProbe('service');
    this.byteAction = context.energy.action('byte');
    this.handler = context.kernel.register(context.path, this);
    /** @type {import('tessera-sim').Transaction | undefined} */
    this.current = undefined;
    this.startTick = 0;
  }

  /** The inbox was empty and has a request now: an edge, so nothing is polled. */
  onArrival() {
    this.takeNext();
  }

  /** There is room for the response that had to wait. */
  onRoom() {
    this.respond();
  }

  /** The service time of the current request is over. */
  onEvent() {
    const { current, span, context } = this;
    if (current !== undefined && span.active) span.emit(this.startTick, context.kernel.now, current.kind, current.operation);
    this.respond();
  }

  takeNext() {
    if (this.current !== undefined) return;
    const request = this.port.take(TrafficClass.request);
    const { kernel, clock, config, stalls } = this.context;
    stalls.enter(request === undefined ? IDLE : BUSY);
    if (request === undefined) return;
    this.count(request);
    this.current = request;
    this.startTick = clock.edgeAtOrAfter(kernel.now);
    kernel.schedule(this.handler, clock.after(kernel.now, serviceCycles(config, request.bytes)), Phase.compute, 0, 0);
  }

  respond() {
    if (this.current === undefined) return;
    if (!this.port.canSend(TrafficClass.response)) {
      this.context.stalls.enter(BLOCKED);
      return;
    }
    this.current.isResponse = true;
    this.port.send(this.current);
    this.current = undefined;
    this.takeNext();
  }

  /** @param {import('tessera-sim').Transaction} request */
  count(request) {
    const { statistics, energy } = this.context;
    const isRead = request.kind === TransactionKind.read;
    statistics[isRead ? 'reads' : 'writes']++;
    statistics[isRead ? 'bytesRead' : 'bytesWritten'] += request.bytes;
    energy.count(this.byteAction, request.bytes);
  }

  /** All that its future depends on; events are the kernel's, messages in the inbox the port's. @param {import('tessera-sim').StateExchange} s */
  state(s) {
    this.current = s.optionalTransaction(this.current);
    this.startTick = s.tick(this.startTick);
  }
}

export default definePlugin({
  kind: 'memory',
  name: 'latency-memory',
  version: '1.0.0',
  summary: 'Memory that serves one request at a time: a fixed access time, then its bytes at a fixed width',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      accessCycles: { type: 'integer', minimum: 1, default: 20, unit: 'cycles', description: 'From a request to its first byte' },
      bytesPerCycle: { type: 'integer', minimum: 1, default: 16, unit: 'bytes', description: 'Width of the array' },
      capacityBytes: { type: 'integer', minimum: 1, default: 1048576, unit: 'bytes', description: 'Capacity' },
    },
  },
  ports: { port0: { role: 'target', description: 'Requests come in, responses go out' } },
  statistics: {
    reads: { unit: 'requests', description: 'Read requests served' },
    writes: { unit: 'requests', description: 'Write requests served' },
    bytesRead: { unit: 'bytes', description: 'Bytes read' },
    bytesWritten: { unit: 'bytes', description: 'Bytes written' },
    meanReadBytes: { unit: 'bytes', ratio: ['bytesRead', 'reads'], description: 'Mean size of a read' },
  },
  stallClasses: {
    idle: { role: 'rest', description: 'Nothing to do' },
    busy: { role: 'work', description: 'At work' },
    'response-blocked': { role: 'wait', on: 'peer', description: 'The response finds no room' },
  },
  milestones: {},
  ideal: {},
  probes: { service: { type: 'span', labels: ['read', 'write'], description: 'A request being served' } },
  describe: ({ config }) => ({
    kind: 'memory',
    capacityBytes: /** @type {Config} */ (config).capacityBytes,
    peakBytesPerCycle: /** @type {Config} */ (config).bytesPerCycle,
    latencyCycles: /** @type {Config} */ (config).accessCycles,
    isHome: true,
    preferredBurstBytes: Infinity,
  }),
  actions: () => ({
    byte: { energyPj: undefined, unit: 'byte read or written', expected: { perByteRead: 1, perByteWritten: 1 } },
  }),
  create: (context) => new LatencyMemory(/** @type {any} */ (context)),
});
