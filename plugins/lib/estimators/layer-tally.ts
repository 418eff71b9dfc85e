import {
  cutBytesPerCycle,
  inReferenceCycles,
  summariseSchedule,
  workOf,
  formatsOf,
  LayerViews,
  type FormatRegistry,
  type MachineDescription,
  type OperationSizes,
  type Schedule,
  type ScheduleOperation,
  type TileShape,
  type Workload,
} from 'tessera-sim';
import { ExpectedSpending, type Spending } from './expected-spending.js';

/** What a schedule asks of one layer, in cycles of the reference clock where it says so. */
export interface LayerTally {
  readonly layer: string;
  readonly operator: string;
  macs: number;
  ops: number;
  /** Closed-form cycles of its tiles, by core. */
  readonly computeCycles: Map<string, number>;
  /** Tiles at the core's peak rate, by core. */
  readonly peakCycles: Map<string, number>;
  /** Descriptor set-up and bytes at the engine's own rate, by transfer engine. */
  readonly engineCycles: Map<string, number>;
  /** Bytes read and written, by memory. */
  readonly bytes: Map<string, { read: number; written: number }>;
  /** What its operations are expected to cost, without what is drawn all the time. */
  readonly spending: Spending;
  /** Home bytes moved before its first tile, and after its last one so far. */
  fillBytes: number;
  drainBytes: number;
  /** Positions of its first and last tile in the schedule. */
  firstTile: number;
  lastTile: number;
}

export interface ScheduleTally {
  readonly layers: readonly LayerTally[];
  readonly home: HomeFacts | undefined;
  readonly spending: ExpectedSpending;
}

export interface HomeFacts {
  readonly path: string;
  /** What the memory, and the links that lead to it, move in a reference cycle. */
  readonly bytesPerCycle: number;
  readonly linkBytesPerCycle: number;
  readonly latencyCycles: number;
}

/** Walks the schedule once. */
export function tallySchedule(schedule: Schedule, workload: Workload, machine: MachineDescription): ScheduleTally {
  const walk = new TallyWalk(schedule, workload, machine);
  summariseSchedule(schedule, workload, (operation, sizes) => walk.add(operation, sizes));
  return { layers: [...walk.layers.values()].filter(({ firstTile }) => firstTile >= 0), home: walk.home, spending: walk.spending };
}

class TallyWalk {
  readonly layers = new Map<string, LayerTally>();
  readonly home: HomeFacts | undefined;
  readonly spending: ExpectedSpending;
  private readonly views: LayerViews;
  private readonly formats: FormatRegistry;
  private position = 0;

  constructor(
    private readonly schedule: Schedule,
    workload: Workload,
    private readonly machine: MachineDescription,
  ) {
    this.formats = formatsOf(workload);
    this.home = homeOf(machine);
    this.spending = new ExpectedSpending(machine);
    this.views = new LayerViews(schedule);
  }

  add(operation: ScheduleOperation, sizes: OperationSizes): void {
    const tally = this.tallyOf(operation);
    const path = this.schedule.queues?.[operation.queue]?.block ?? operation.queue;
    if (operation.kind === 'compute' || operation.kind === 'pim') this.addTile(tally, operation, path, sizes);
    // A PIM kernel works inside its memory: its operands do not cross the memory's ports.
    if (operation.kind !== 'pim') {
      for (const { memory, bytes } of sizes.reads) bytesAt(tally, memory).read += bytes;
      for (const { memory, bytes } of sizes.writes) bytesAt(tally, memory).written += bytes;
      this.spending.addAccesses(tally.spending, path, sizes);
    }
    if (operation.kind === 'transfer') this.addTransfer(tally, path, sizes);
    this.position++;
  }

  private addTile(tally: LayerTally, operation: ScheduleOperation, path: string, sizes: OperationSizes): void {
    const block = this.machine.block(path);
    const points = Object.values(operation.loops ?? {}).reduce((product, size) => product * size, 1);
    const { macs, ops } = workOf(this.schedule.layers?.[tally.layer] ?? { operator: tally.operator });
    tally.macs += points * macs;
    tally.ops += points * ops;
    if (tally.firstTile < 0) tally.firstTile = this.position;
    tally.lastTile = this.position;
    tally.drainBytes = 0;
    if (block === undefined || (block.facts.kind !== 'core' && block.facts.kind !== 'pim')) return;
    const scale = this.machine.referenceClock.frequencyHz / block.clock.frequencyHz;
    const tile = this.tileShape(operation, sizes);
    addTo(tally.computeCycles, path, block.facts.tileCycles(tile) * scale);
    this.spending.addTile(tally.spending, path, tile);
    addTo(tally.peakCycles, path, (points / block.facts.peakMacsPerCycle) * scale);
  }

  private addTransfer(tally: LayerTally, path: string, { reads, writes }: OperationSizes): void {
    const block = this.machine.block(path);
    const home = [...reads, ...writes].filter(({ memory }) => memory === this.home?.path).reduce((sum, { bytes }) => sum + bytes, 0);
    if (tally.firstTile < 0) tally.fillBytes += home;
    tally.drainBytes += home;
    if (block?.facts.kind !== 'dma') return;
    const scale = this.machine.referenceClock.frequencyHz / block.clock.frequencyHz;
    const moved = Math.max(...[reads, writes].map((side) => side.reduce((sum, { bytes }) => sum + bytes, 0)));
    addTo(tally.engineCycles, path, block.facts.setupCycles * scale + moved / cutBytesPerCycle(this.machine, block));
  }

  /** An access that names only its buffer has the format of what was last written there. */
  private tileShape(operation: ScheduleOperation, sizes: OperationSizes): TileShape {
    const bits: Record<string, number> = {};
    const formats: Record<string, string> = {};
    const tensors = [...sizes.reads, ...sizes.writes].map(({ tensor }) => tensor);
    [...(operation.reads ?? []), ...(operation.writes ?? [])].forEach(({ operand }, index) => {
      const format = this.schedule.tensors[tensors[index] ?? '']?.format;
      if (operand === undefined || format === undefined) return;
      formats[operand] = format;
      bits[operand] = this.formats.find(format)?.bits ?? 8;
    });
    const product = { groups: 1, m: 1, n: 1, reduction: 1 };
    this.views.tileOf(operation, operation.id ?? this.position).readProduct(bits['W'] === undefined && bits['I2'] !== undefined, product);
    return { operator: operation.operator ?? '', loops: operation.loops ?? {}, product, bits, formats };
  }

  private tallyOf(operation: ScheduleOperation): LayerTally {
    const name = operation.layer ?? '(no layer)';
    let tally = this.layers.get(name);
    if (tally === undefined) {
      tally = {
        layer: name,
        operator: this.schedule.layers?.[name]?.operator ?? operation.operator ?? operation.kind,
        macs: 0,
        ops: 0,
        computeCycles: new Map(),
        peakCycles: new Map(),
        engineCycles: new Map(),
        bytes: new Map(),
        spending: new Map(),
        fillBytes: 0,
        drainBytes: 0,
        firstTile: -1,
        lastTile: -1,
      };
      this.layers.set(name, tally);
    }
    return tally;
  }
}

function homeOf(machine: MachineDescription): HomeFacts | undefined {
  for (const block of machine.blocks) {
    const { facts } = block;
    if ((facts.kind !== 'memory' && facts.kind !== 'pim') || !facts.isHome) continue;
    const linkBytesPerCycle = cutBytesPerCycle(machine, block);
    const scale = machine.referenceClock.frequencyHz / block.clock.frequencyHz;
    return {
      path: block.path,
      bytesPerCycle: inReferenceCycles(machine, block, facts.peakBytesPerCycle),
      linkBytesPerCycle,
      latencyCycles: facts.latencyCycles * scale,
    };
  }
  return undefined;
}

function bytesAt(tally: LayerTally, memory: string): { read: number; written: number } {
  let entry = tally.bytes.get(memory);
  if (entry === undefined) tally.bytes.set(memory, (entry = { read: 0, written: 0 }));
  return entry;
}

export function addTo(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}
