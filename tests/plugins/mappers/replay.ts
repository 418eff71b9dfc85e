import {
  BoxSet,
  completeBox,
  wholeBox,
  type Box,
  type MachineDescription,
  type RegionAccess,
  type Schedule,
  type ScheduleOperation,
} from '../../../core/index.js';

export interface Replay {
  readonly faults: readonly string[];
  /** Bytes read from and written to home. */
  readonly homeBytes: number;
  readonly peakBytes: ReadonlyMap<string, number>;
  readonly recomputed: number;
}

/**
 * Walks a schedule in program order with books of its own (8-bit formats): what is where, who lies over whom, how much
 * each buffer holds, which points of each layer are computed. Written apart from the executor, to check the mappers.
 */
export function replay(schedule: Schedule, machine: MachineDescription): Replay {
  const books = new Books(schedule, machine);
  for (const operation of schedule.operations) books.take(operation);
  books.finish();
  return books;
}

class Books implements Replay {
  readonly faults: string[] = [];
  readonly peakBytes = new Map<string, number>();
  homeBytes = 0;
  recomputed = 0;
  private readonly home = new Map<string, BoxSet>();
  private readonly held = new Map<string, Map<string, BoxSet>>();
  private readonly computed = new Map<string, BoxSet>();
  private lastId = -1;

  constructor(
    private readonly schedule: Schedule,
    private readonly machine: MachineDescription,
  ) {
    for (const [name, { dims, role }] of Object.entries(schedule.tensors)) {
      const set = new BoxSet(Object.keys(dims));
      if (role === 'input' || role === 'constant') set.add(wholeBox(dims));
      this.home.set(name, set);
    }
    for (const [name, { loops }] of Object.entries(schedule.layers ?? {})) this.computed.set(name, new BoxSet(Object.keys(loops)));
    for (const [name, { memory, address = 0, bytes }] of Object.entries(schedule.buffers)) {
      const facts = machine.block(memory)?.facts;
      if (facts?.kind !== 'memory' || address + bytes > facts.capacityBytes) this.faults.push(`buffer ${name} leaves ${memory}`);
    }
  }

  take(operation: ScheduleOperation): void {
    const id = operation.id ?? -1;
    if (id <= this.lastId) this.faults.push(`id ${id} after ${this.lastId}`);
    this.lastId = id;
    if (this.machine.block(operation.queue) === undefined) this.faults.push(`operation ${id}: no block ${operation.queue}`);
    for (const access of operation.reads ?? []) this.read(id, access);
    for (const access of operation.writes ?? []) this.write(id, access, access.mode ?? 'replace');
    for (const { buffer, tensor, box } of operation.releases ?? []) this.release(buffer ?? '', tensor, box);
    if (operation.kind === 'transfer') this.checkVolumes(operation, id);
    if (operation.kind === 'compute') this.cover(operation, id);
  }

  finish(): void {
    for (const [name, set] of this.computed) {
      const missing = set.missing(wholeBox(this.schedule.layers?.[name]?.loops ?? {}));
      if (missing.length > 0) this.faults.push(`layer ${name}: ${missing.length} boxes not computed`);
    }
    for (const [name, { role, dims }] of Object.entries(this.schedule.tensors)) {
      if (role === 'output' && this.home.get(name)?.contains(wholeBox(dims)) !== true) this.faults.push(`output ${name} is not whole at home`);
    }
    for (const [buffer, contents] of this.held) {
      for (const [tensor, set] of contents) if (set.volume > 0) this.faults.push(`${tensor} is left in ${buffer}`);
    }
  }

  private boxOf(access: RegionAccess): Box {
    const { dims } = this.schedule.tensors[access.tensor as string]!;
    return completeBox(dims, access.box ?? {});
  }

  private setIn(buffer: string, tensor: string): BoxSet {
    let contents = this.held.get(buffer);
    if (contents === undefined) this.held.set(buffer, (contents = new Map()));
    let set = contents.get(tensor);
    if (set === undefined) contents.set(tensor, (set = new BoxSet(Object.keys(this.schedule.tensors[tensor]!.dims))));
    return set;
  }

  private read(id: number, access: RegionAccess): void {
    const box = this.boxOf(access);
    const set = access.buffer === undefined ? this.home.get(access.tensor as string)! : this.setIn(access.buffer, access.tensor as string);
    if (access.buffer === undefined) this.homeBytes += volume(box);
    if (!set.contains(box)) this.faults.push(`operation ${id} reads what is not there of ${access.tensor} in ${access.buffer ?? 'home'}`);
  }

  private write(id: number, access: RegionAccess, mode: string): void {
    const box = this.boxOf(access);
    const tensor = access.tensor as string;
    if (access.buffer === undefined) {
      this.homeBytes += volume(box);
      if (this.schedule.tensors[tensor]?.home === undefined) this.faults.push(`operation ${id} stores ${tensor}, which has no home`);
      this.home.get(tensor)!.add(box);
      return;
    }
    this.endOverlapping(access.buffer);
    if (mode === 'replace') this.held.get(access.buffer)?.clear();
    const set = this.setIn(access.buffer, tensor);
    if (mode === 'accumulate' && !set.contains(box)) this.faults.push(`operation ${id} adds to nothing`);
    set.add(box);
    const bytes = [...this.held.get(access.buffer)!.values()].reduce((sum, { volume: held }) => sum + held, 0);
    const capacity = this.schedule.buffers[access.buffer]!.bytes;
    if (bytes > capacity) this.faults.push(`operation ${id} puts ${bytes} bytes into ${access.buffer} of ${capacity}`);
    this.notePeak(this.schedule.buffers[access.buffer]!.memory);
  }

  private endOverlapping(buffer: string): void {
    const own = this.schedule.buffers[buffer]!;
    for (const [name, contents] of this.held) {
      const other = this.schedule.buffers[name]!;
      if (name === buffer || other.memory !== own.memory) continue;
      if (other.address! < own.address! + own.bytes && own.address! < other.address! + other.bytes) contents.clear();
    }
  }

  private notePeak(memory: string): void {
    let bytes = 0;
    for (const [name, contents] of this.held) {
      if (this.schedule.buffers[name]!.memory === memory) for (const set of contents.values()) bytes += set.volume;
    }
    this.peakBytes.set(memory, Math.max(this.peakBytes.get(memory) ?? 0, bytes));
    const facts = this.machine.block(memory)?.facts;
    if (facts?.kind === 'memory' && bytes > facts.capacityBytes) this.faults.push(`${memory} holds ${bytes} bytes`);
  }

  private release(buffer: string, tensor: string | undefined, box: Box | undefined): void {
    if (tensor === undefined) this.held.get(buffer)?.clear();
    else this.setIn(buffer, tensor).remove(completeBox(this.schedule.tensors[tensor]!.dims, box ?? {}));
  }

  private checkVolumes(operation: ScheduleOperation, id: number): void {
    const [read, ...written] = [...(operation.reads ?? []), ...(operation.writes ?? [])].map((access) => volume(this.boxOf(access)));
    if (written.some((size) => size !== read)) this.faults.push(`operation ${id} moves ${read} elements into ${written.join(', ')}`);
  }

  private cover(operation: ScheduleOperation, id: number): void {
    const tile = Object.fromEntries(
      Object.entries(operation.loops ?? {}).map(([loop, size]) => [loop, [operation.at?.[loop] ?? 0, (operation.at?.[loop] ?? 0) + size] as const]),
    );
    const again = this.computed.get(operation.layer as string)!.add(tile);
    this.recomputed += again;
    if (again > 0 && operation.recompute !== true) this.faults.push(`operation ${id} computes ${again} points again`);
  }
}

function volume(box: Box): number {
  return Object.values(box).reduce((product, [low, high]) => product * (high - low), 1);
}
