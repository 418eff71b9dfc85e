import { InputError, lowerNest, type LoopNest, type LoweredNest, type NestRun, type ScheduleOperation } from 'tessera-sim';
import type { Worker } from './hardware.js';
import type { MappedLayer, MappedNetwork } from './mapped-layer.js';
import { nestOperandsOf, WORKER_AXIS, workerPlacement } from './nest-placement.js';
import type { OperationEmitter } from './operation-emitter.js';
import type { Operations, Stage, StageRun } from './stage.js';

/** A layer whose operations a nest says: its tiles come from home and go back there. */
export interface NestedLayer {
  readonly network: MappedNetwork;
  readonly layer: MappedLayer;
  readonly nest: LoopNest;
  /** In their order along the axis. */
  readonly workers: readonly Worker[];
  /** First level whose loops are one tile operation; the last one when absent. */
  readonly computeLevel?: number;
  /** Words for the core, with every tile. */
  readonly with?: Readonly<Record<string, unknown>>;
}

/** The stage of a lowered nest; its mapping is named after the layer. Undefined when it cannot be lowered. */
export function nestStage(nested: NestedLayer): Stage | undefined {
  try {
    return givenNestStage(nested);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** As `nestStage`; InputError, which says why, when it cannot be lowered. */
export function givenNestStage(nested: NestedLayer): Stage {
  const { layer, nest, workers } = nested;
  const lowered = loweredNest(nested);
  const buffers = lowered.buffers.map(({ name, bytes, position }) => ({ name, bytes, worker: workers[position[WORKER_AXIS] ?? 0] as Worker }));
  return { layers: [layer], buffers, mappings: { [layer.name]: nest }, start: (emitter) => new LoweredRun(lowered.start(), emitter) };
}

function loweredNest({ network, layer, nest, workers, ...more }: NestedLayer): LoweredNest {
  return lowerNest({
    nest,
    mapping: layer.name,
    layer: layer.name,
    operator: layer.operator,
    sizes: layer.loops,
    operands: nestOperandsOf(network, layer),
    placement: workerPlacement(workers, layer),
    ...more,
  });
}

class LoweredRun implements StageRun {
  constructor(
    private readonly run: NestRun,
    private readonly emitter: OperationEmitter,
  ) {}

  prologue(isFree: (buffer: string) => boolean): Operations {
    return this.numbered(this.run.prologue(({ role }, buffers) => role === 'weight' && buffers.every(isFree)));
  }

  body(): Operations {
    return this.numbered(this.run.body());
  }

  epilogue(): Operations {
    return this.numbered(this.run.epilogue());
  }

  pendingBuffers(): readonly string[] {
    return this.run.pendingBuffers();
  }

  private *numbered(operations: Iterable<ScheduleOperation>): Operations {
    for (const operation of operations) yield this.emitter.emit(operation);
  }
}
