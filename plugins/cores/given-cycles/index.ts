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
import { pointsOf } from 'tessera-sim/cores';

export interface GivenCyclesConfig {
  readonly macsPerCycle: number;
  readonly latencyCycles: number;
  readonly energyPerMacPj: number;
  readonly ideal?: readonly 'compute'[];
}

type Statistic = 'tiles' | 'macs' | 'givenTiles' | 'macsPerTile';

const IDEAL = { compute: { description: 'a tile takes one cycle' } } as const;

const IDLE = 0;
const BUSY = 1;

/** `with.cycles` of an operation; undefined where the schedule does not say. */
function statedCycles(operation: Pick<RunningOperation, 'form'>): number | undefined {
  return (operation.form.with as { cycles?: number } | undefined)?.cycles;
}

/** Computes one tile at a time, for as long as the schedule says; operands are taken to be there. */
class GivenCyclesCore implements Block {
  readonly unit: OperationUnit;
  private current: RunningOperation | undefined;
  private sink: OperationSink | undefined;
  private readonly handler: number;
  private readonly macAction: number;
  private readonly span;

  constructor(private readonly context: BlockContext<GivenCyclesConfig, Statistic>) {
    this.handler = context.kernel.register(context.path, this);
    this.macAction = context.energy.action('mac');
    this.span = context.spanProbe('tile');
    this.unit = {
      attach: (sink) => void (this.sink = sink),
      canAccept: () => this.current === undefined,
      start: (operation) => this.begin(operation),
    };
  }

  onEvent(): void {
    const { current, span } = this;
    const { statistics, stalls, kernel, energy } = this.context;
    if (current === undefined) return;
    const macs = pointsOf(current.form.loops ?? {});
    statistics.tiles++;
    statistics.macs += macs;
    if (statedCycles(current) !== undefined) statistics.givenTiles++;
    energy.count(this.macAction, macs);
    if (span.active) span.emit(current.startTick, kernel.now, 0, current.id);
    this.current = undefined;
    stalls.enter(IDLE);
    this.sink?.finished(current);
  }

  state(s: StateExchange): void {
    this.current = s.operation(this.current);
  }

  waits(): readonly WaitFor[] {
    const { current } = this;
    return current === undefined ? [] : [{ who: this.context.path, whom: `operation ${current.id}`, what: 'its end', sinceTick: current.startTick }];
  }

  private begin(operation: RunningOperation): void {
    const { kernel, clock, config, stalls } = this.context;
    this.current = operation;
    operation.startTick = kernel.now;
    stalls.enter(BUSY);
    kernel.schedule(this.handler, clock.after(kernel.now, tileCycles(config, operation.form.loops ?? {}, statedCycles(operation))), Phase.compute, 0, 0);
  }
}

/** Cycles of a tile: those that are stated, else its points over the rate and the latency; at least 1. */
function tileCycles(config: GivenCyclesConfig, loops: Readonly<Record<string, number>>, stated?: number): number {
  if (config.ideal?.includes('compute') === true) return 1;
  return Math.max(1, stated === undefined ? config.latencyCycles + Math.ceil(pointsOf(loops) / config.macsPerCycle) : Math.ceil(stated));
}

/** A core whose tiles take the cycles that the schedule states: another tool's costs, executed among real transfers. */
export const givenCyclesPlugin = definePlugin<GivenCyclesConfig, Statistic>({
  kind: 'core',
  name: 'given-cycles',
  version: '1.0.0',
  summary: 'Computes one tile at a time for the cycles that the schedule states (with: { cycles })',
  sources: ['the schedule: costs of a tile as another tool gave them; without them, points / macsPerCycle'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      macsPerCycle: {
        type: 'number',
        exclusiveMinimum: 0,
        default: 256,
        unit: 'MACs/cycle',
        description: 'Rate of tiles whose cycles are not stated, and peak for bounds',
      },
      latencyCycles: {
        type: 'integer',
        minimum: 0,
        maximum: 1_000_000,
        default: 0,
        unit: 'cycles',
        description: 'Beside that, of each tile whose cycles are not stated: filling and draining',
      },
      energyPerMacPj: { type: 'number', minimum: 0, default: 0, unit: 'pJ', description: 'Energy of one multiply-accumulate' },
      ideal: idealProperty(IDEAL),
    },
  },
  ports: { memory: { role: 'initiator', many: true, optional: true, description: 'To the memories that hold the operands; nothing is sent on them' } },
  statistics: {
    tiles: { unit: 'tiles', description: 'Tiles computed' },
    givenTiles: { unit: 'tiles', description: 'Tiles whose cycles the schedule stated' },
    macs: { unit: 'MACs', description: 'Points of the tiles computed' },
    macsPerTile: { unit: 'MACs', ratio: ['macs', 'tiles'], description: 'Mean size of a tile' },
  },
  stallClasses: { idle: { role: 'rest', description: 'No tile to compute' }, busy: { role: 'work', description: 'Computes a tile' } },
  milestones: {},
  ideal: IDEAL,
  probes: { tile: { type: 'span', labels: ['tile'], description: 'A tile being computed' } },
  operationSchemas: {
    compute: {
      type: 'object',
      additionalProperties: false,
      properties: { cycles: { type: 'number', minimum: 0, maximum: 1e12, unit: 'cycles', description: 'How long the tile takes, rounded up' } },
    },
  },
  describe: ({ config }) => ({
    kind: 'core',
    peakMacsPerCycle: config.macsPerCycle,
    rows: 1,
    columns: Math.max(1, Math.floor(config.macsPerCycle)),
    dataflow: 'any',
    operators: ['*'],
    tileCycles: (tile) => tileCycles(config, tile.loops),
  }),
  actions: ({ config }) => ({
    mac: { energyPj: knownFigure(config.energyPerMacPj), unit: 'MAC', expected: { ofTile: ({ loops }) => pointsOf(loops) } },
  }),
  create: (context) => new GivenCyclesCore(context),
});

export default givenCyclesPlugin;
