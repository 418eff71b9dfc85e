import type { RegionAccess, Schedule, ScheduleOperation, WriteAccess } from '../schedule/form/form.js';
import { averageBits, formatsOf, type Workload } from '../workload/index.js';

/** Where an access goes and how much it moves. */
export interface AccessSize {
  readonly tensor: string;
  /** Path of the memory. */
  readonly memory: string;
  readonly elements: number;
  readonly bytes: number;
}

export interface OperationSizes {
  readonly reads: readonly AccessSize[];
  readonly writes: readonly AccessSize[];
}

/**
 * Sizes of the accesses of a schedule, taken in program order without executing it. An access that names neither tensor
 * nor box stands for what was last written to its buffer.
 */
export class AccessSizer {
  private readonly bitsOf = new Map<string, number>();
  private readonly lastWrite = new Map<string, AccessSize>();

  constructor(
    private readonly schedule: Schedule,
    workload: Workload,
  ) {
    const formats = formatsOf(workload);
    for (const [name, tensor] of Object.entries(schedule.tensors)) {
      const format = formats.find(tensor.format);
      this.bitsOf.set(name, format === undefined ? 8 : averageBits(format));
    }
  }

  /** Call once for each operation, in order. */
  sizesOf(operation: ScheduleOperation): OperationSizes {
    const reads = (operation.reads ?? []).map((access) => this.sizeOf(access));
    const writes = (operation.writes ?? []).map((access) => this.sizeOfWrite(access, operation, reads));
    return { reads, writes };
  }

  private sizeOfWrite(access: WriteAccess, operation: ScheduleOperation, reads: readonly AccessSize[]): AccessSize {
    const tensor = access.tensor ?? reads[0]?.tensor ?? '';
    const box = access.box ?? (tensor === reads[0]?.tensor ? operation.reads?.[0]?.box : undefined);
    const size = this.sizeOf({ ...access, tensor, ...(box === undefined ? {} : { box }) }, reads[0]);
    if (access.buffer !== undefined) this.lastWrite.set(access.buffer, size);
    return size;
  }

  private sizeOf(access: RegionAccess, source?: AccessSize): AccessSize {
    const held = access.buffer === undefined ? undefined : this.lastWrite.get(access.buffer);
    const tensor = access.tensor ?? held?.tensor ?? '';
    const memory = access.buffer === undefined ? (this.schedule.tensors[tensor]?.home ?? '') : (this.schedule.buffers[access.buffer]?.memory ?? '');
    const known = access.box === undefined && access.buffer !== undefined ? (source ?? held) : undefined;
    const elements = known !== undefined && known.tensor === tensor ? known.elements : this.volumeOf(tensor, access);
    return { tensor, memory, elements, bytes: Math.ceil((elements * (this.bitsOf.get(tensor) ?? 8)) / 8) };
  }

  private volumeOf(tensor: string, access: RegionAccess): number {
    let volume = 1;
    for (const [dim, size] of Object.entries(this.schedule.tensors[tensor]?.dims ?? {})) {
      const [low, high] = access.box?.[dim] ?? [0, size];
      volume *= Math.max(0, high - low);
    }
    return volume;
  }
}
