import {
  definePlugin,
  idealProperty,
  knownFigure,
  Phase,
  type Block,
  type BlockContext,
  type OperationSink,
  type OperationUnit,
  type RunningOperation,
  type StateExchange,
  type WaitFor,
} from 'tessera-sim';

interface RateDmaConfig {
  readonly bytesPerCycle: number;
  readonly setupCycles: number;
  readonly startCycles: number;
  readonly energyPerBytePj: number;
  readonly ideal?: readonly 'setup'[];
}

type Statistic = 'transfers' | 'bytes' | 'meanBytes';

const IDEAL = { setup: { description: 'a transfer is set up, and the engine started, in no time' } } as const;

const IDLE = 0;
const MOVING = 1;

/** Executes one transfer at a time, in order, at a fixed rate; the memories at both ends are taken to keep up. */
class RateDma implements Block {
  readonly unit: OperationUnit;
  private current: RunningOperation | undefined;
  private hasStarted = false;
  private sink: OperationSink | undefined;
  private readonly handler: number;
  private readonly move: number;
  private readonly span;

  constructor(private readonly context: BlockContext<RateDmaConfig, Statistic>) {
    this.handler = context.kernel.register(context.path, this);
    this.move = context.energy.action('move');
    this.span = context.spanProbe('transfer');
    this.unit = {
      attach: (sink) => void (this.sink = sink),
      canAccept: () => this.current === undefined,
      start: (operation) => this.begin(operation),
      refuses: ({ form }) => (form.kind === 'transfer' ? undefined : 'it executes transfers alone'),
    };
  }

  onEvent(): void {
    const { current, span } = this;
    const { statistics, stalls, kernel, energy } = this.context;
    if (current === undefined) return;
    const bytes = bytesOf(current);
    statistics.transfers++;
    statistics.bytes += bytes;
    energy.count(this.move, bytes);
    if (span.active) span.emit(current.startTick, kernel.now, 0, current.id);
    this.current = undefined;
    stalls.enter(IDLE);
    this.sink?.finished(current);
  }

  state(s: StateExchange): void {
    this.current = s.operation(this.current);
    this.hasStarted = s.flag(this.hasStarted);
  }

  waits(): readonly WaitFor[] {
    const { current } = this;
    return current === undefined ? [] : [{ who: this.context.path, whom: `operation ${current.id}`, what: 'its end', sinceTick: current.startTick }];
  }

  private begin(operation: RunningOperation): void {
    const { kernel, clock, config, stalls } = this.context;
    this.current = operation;
    operation.startTick = kernel.now;
    stalls.enter(MOVING);
    const isFree = config.ideal?.includes('setup') === true;
    const start = isFree || this.hasStarted ? 0 : config.startCycles;
    this.hasStarted = true;
    const cycles = start + (isFree ? 0 : config.setupCycles) + Math.ceil(bytesOf(operation) / config.bytesPerCycle);
    kernel.schedule(this.handler, clock.after(kernel.now, Math.max(1, cycles)), Phase.compute, 0, 0);
  }
}

/** What is written, each destination counted once: they are written at the same time. */
function bytesOf({ reads, writes }: RunningOperation): number {
  return reads[0]?.bytes ?? writes[0]?.bytes ?? 0;
}

/** A transfer engine of which only its rate and its set-up are known: for machines that are described by such numbers. */
const rateDmaPlugin = definePlugin<RateDmaConfig, Statistic>({
  kind: 'dma',
  name: 'rate-dma',
  version: '1.0.0',
  summary: 'Transfer engine with a rate and a set-up: one transfer at a time, in order, memories taken to keep up',
  sources: ['docs/models/rate-dma.md: cycles = setupCycles + ceil(bytes / bytesPerCycle)'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      bytesPerCycle: { type: 'number', exclusiveMinimum: 0, default: 16, unit: 'bytes/cycle', description: 'Rate of the transfer under way' },
      setupCycles: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0, unit: 'cycles', description: 'Of each transfer, before its first byte' },
      startCycles: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0, unit: 'cycles', description: 'Once, before the first transfer of a run' },
      energyPerBytePj: { type: 'number', minimum: 0, default: 0, unit: 'pJ/byte', description: 'Energy of a byte moved' },
      ideal: idealProperty(IDEAL),
    },
  },
  ports: {
    local: { description: 'To the memory of its own tile; nothing is sent on it', role: 'initiator', optional: true },
    network: { description: 'To everything else; nothing is sent on it', role: 'initiator', optional: true },
  },
  statistics: {
    transfers: { unit: 'transfers', description: 'Transfers that have ended' },
    bytes: { unit: 'bytes', description: 'Bytes of these transfers' },
    meanBytes: { unit: 'bytes', ratio: ['bytes', 'transfers'], description: 'Mean size of a transfer' },
  },
  stallClasses: { idle: { role: 'rest', description: 'No transfer' }, moving: { role: 'work', description: 'Sets up or moves a transfer' } },
  milestones: {},
  ideal: IDEAL,
  probes: { transfer: { type: 'span', labels: ['transfer'], description: 'A transfer from its set-up to its last byte' } },
  describe: ({ config }) => ({
    kind: 'dma',
    setupCycles: config.ideal?.includes('setup') === true ? 0 : config.setupCycles,
    descriptorsInFlight: 1,
    burstBytes: Infinity,
  }),
  actions: ({ config }) => ({ move: { energyPj: knownFigure(config.energyPerBytePj), unit: 'byte moved', expected: { perByteMoved: 1 } } }),
  create: (context) => new RateDma(context),
});

export default rateDmaPlugin;
