import { definePlugin, Phase } from 'tessera';

const CYCLES = 10;
const NOTHING = { type: 'object', additionalProperties: false, properties: {} };
const SHARED = { version: '1.0.0', configSchema: NOTHING, statistics: {} };

/** Takes ten cycles for any operation, one at a time. */
class TenCycleUnit {
  constructor({ kernel, clock, path }) {
    this.kernel = kernel;
    this.clock = clock;
    this.handler = kernel.register(path, this);
    this.running = undefined;
    this.unit = this;
  }

  attach(sink) {
    this.sink = sink;
  }

  canAccept() {
    return this.running === undefined;
  }

  start(operation) {
    if (operation === undefined) return;
    this.running = operation;
    this.kernel.schedule(this.handler, this.clock.after(this.kernel.now, CYCLES), Phase.compute, 0, 0);
  }

  onEvent() {
    const operation = this.running;
    this.running = undefined;
    this.sink.finished(operation);
  }
}

const unit = definePlugin({
  ...SHARED,
  kind: 'core',
  name: 'ten-cycle-unit',
  summary: 'Takes ten cycles for any operation: what is left of a run is the cost of the schedule itself',
  ports: { memory: { role: 'initiator', description: 'Wired so that the memory belongs to the machine; never used' } },
  describe: () => ({ kind: 'core', peakMacsPerCycle: 1, rows: 1, columns: 1, dataflow: 'simd', operators: ['*'], tileCycles: () => CYCLES }),
  create: (context) => new TenCycleUnit(context),
});

const memory = definePlugin({
  ...SHARED,
  kind: 'memory',
  name: 'unasked-memory',
  summary: 'A place for buffers that no block reads or writes',
  ports: { unit: { role: 'target', description: 'Never used' } },
  describe: () => ({ kind: 'memory', capacityBytes: 2 ** 40, peakBytesPerCycle: 1024, latencyCycles: 1, isHome: true, preferredBurstBytes: Infinity }),
  create: () => ({}),
});

export default [unit, memory];
