import type { Box, ScheduleOperation } from 'tessera-sim';
import { bytesOfRegion, type MappedOperand } from './mapped-layer.js';
import type { OperationEmitter } from './operation-emitter.js';
import type { Operations } from './stage.js';
import { splitInterval } from './tiling.js';

/** A region that a core needs from home, and where it goes. */
export interface Load {
  readonly operand: MappedOperand;
  readonly region: Box;
  readonly buffer: string;
  /** The core's transfer engine. */
  readonly queue: string;
}

/** A shared region of at least this many bytes an engine is read by several: one alone sends no faster than it receives. */
const PIECE_BYTES = 4096;
const MOST_PIECES = 4;

/**
 * Loads of one step. What several cores need is read from home once and sent to all of them; their transfer engines take such
 * reads in turn, and share a large one.
 */
export class SharedLoads {
  private turn = 0;

  constructor(
    private readonly layer: string,
    private readonly emitter: OperationEmitter,
  ) {}

  *emit(loads: readonly Load[]): Operations {
    for (const group of loads.length < 2 ? loads.map((load) => [load]) : groupsOf(loads)) yield* this.transfers(group);
  }

  private *transfers(group: readonly Load[]): Operations {
    const { operand, region } = group[0] as Load;
    const count = group.length === 1 ? 1 : Math.max(1, Math.min(MOST_PIECES, group.length, Math.floor(bytesOfRegion(operand, region) / PIECE_BYTES)));
    for (const [index, box] of piecesOf(region, count).entries()) {
      const { queue } = group[group.length === 1 ? 0 : this.turn++ % group.length] as Load;
      yield this.emitter.emit({
        kind: 'transfer',
        queue,
        layer: this.layer,
        reads: [{ tensor: operand.tensor, box }],
        writes: group.map(({ buffer }) => ({ buffer, tensor: operand.tensor, box, ...(index === 0 ? {} : { mode: 'add' as const }) })),
      } satisfies Omit<ScheduleOperation, 'id'>);
    }
  }
}

/** Loads of one region together, in the order of their first. */
function groupsOf(loads: readonly Load[]): Load[][] {
  const groups = new Map<string, Load[]>();
  for (const load of loads) {
    let key = load.operand.tensor;
    for (const dim in load.region) key += ` ${load.region[dim]![0]} ${load.region[dim]![1]}`;
    const group = groups.get(key);
    // A core that reads one tensor twice gets it twice.
    if (group === undefined) groups.set(key, [load]);
    else group.push(load);
  }
  return [...groups.values()];
}

/** Cut along the outermost dimension that is long enough. */
function piecesOf(region: Box, count: number): Box[] {
  const along = Object.keys(region).find((dim) => region[dim]![1] - region[dim]![0] >= count);
  if (count === 1 || along === undefined) return [region];
  return splitInterval(region[along]!, count).map((piece) => ({ ...region, [along]: piece }));
}
