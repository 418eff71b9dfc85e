import type { RegionAccess, Schedule, ScheduleBuffer, ScheduleLayer, ScheduleOperation, ScheduleTensor, WriteAccess } from 'tessera-sim';
import { figuresOf } from './exact.js';
import { portShare } from './links.js';
import { corePath, dramPath } from './machine.js';
import type { MeshPlace, SetDramRead, SetOperation, SetSchedule } from './record.js';

/** An output leaves in parts of about this size, at most so many of an operation. */
const CHUNK_BYTES = 16_384;
const MOST_CHUNKS = 16;

const LOOPS = ['B', 'K', 'OY', 'OX'] as const;

/**
 * SET's schedule as tile operations on `setMachineDocument`. A transfer over all DRAM ports is one transfer a port; a DRAM read that several
 * cores consume is one multicast; a compute operation takes the cycles that SET's intra-core search gave it. What is read back from DRAM is a
 * tensor of its own behind the writes that it waits for: the schedule does not say which bytes of them it is.
 */
export function setToSchedule(set: SetSchedule): Schedule {
  const builder = new Builder(set);
  return builder.build();
}

class Builder {
  private readonly tensors: Record<string, ScheduleTensor> = {};
  private readonly operations: ScheduleOperation[] = [];
  private readonly reads: ReadonlyMap<number, SetDramRead>;
  private readonly opOf: ReadonlyMap<number, SetOperation>;
  private readonly outOf = new Map<number, { readonly op: SetOperation; readonly bytes: number; readonly toDram: boolean }>();
  /** Ids of our operations that write a transfer to DRAM. */
  private readonly written = new Map<number, number[]>();
  private readonly emitted = new Set<number>();
  /** Bytes of the buffer that outputs leave from, by its name. */
  private readonly staging = new Map<string, number>();
  /** Operations that consume a transfer and are still to come, by `transfer core`. */
  private readonly left = new Map<string, number>();

  constructor(private readonly set: SetSchedule) {
    this.reads = new Map(set.dramReads.map((read) => [read[0], read]));
    this.opOf = new Map(set.operations.map((operation) => [operation.op, operation]));
    for (const op of set.operations) {
      for (const [id, bytes, , toDram] of op.out) this.outOf.set(id, { op, bytes, toDram: toDram === 1 });
      for (const id of needsOf(op)) this.left.set(`${id} ${corePath(op.core)}`, (this.left.get(`${id} ${corePath(op.core)}`) ?? 0) + 1);
    }
  }

  build(): Schedule {
    for (const operation of this.inOrder()) {
      for (const id of needsOf(operation)) this.load(id);
      const chunks = this.chunksOf(operation);
      for (let chunk = 0; chunk < chunks; chunk++) {
        this.compute(operation, chunk, chunks);
        for (const [id, , consumers] of operation.out) this.sendOut(operation, id, consumers, chunk, chunks);
      }
    }
    const { network, batch, id } = this.set;
    return {
      name: id === 'set' ? `${network} batch ${batch}` : id,
      tensors: this.tensors,
      buffers: this.buffers(),
      layers: this.layers(),
      operations: this.operations,
      operationCount: this.operations.length,
    };
  }

  /** By the time at which each could start if transfers took none. */
  private inOrder(): SetOperation[] {
    const { freeEnds } = figuresOf(this.set);
    const start = ({ op, cycles }: SetOperation): number => freeEnds.get(op)! - cycles;
    return this.set.operations
      .map((operation, index) => ({ operation, index }))
      .sort((a, b) => start(a.operation) - start(b.operation) || freeEnds.get(a.operation.op)! - freeEnds.get(b.operation.op)! || a.index - b.index)
      .map(({ operation }) => operation);
  }

  /** A DRAM read, once, for all its consumers. */
  private load(id: number): void {
    const read = this.reads.get(id);
    if (read === undefined || this.emitted.has(id)) return;
    this.emitted.add(id);
    const [, , , layer, consumers, writes] = read;
    const after = writes.flatMap((write) => this.written.get(write) ?? []);
    const cores = distinct(consumers.map((consumer) => this.opOf.get(consumer)!.core));
    for (const { tensor, port } of this.slices(id)) {
      this.push({
        kind: 'transfer',
        queue: `${dramPath(port)}.dma`,
        layer,
        reads: [{ tensor }],
        writes: cores.map((core): WriteAccess => ({ buffer: bufferOf(core), tensor, mode: 'add' })),
        ...(after.length === 0 ? {} : { after }),
      });
    }
  }

  /** Parts in which an operation's output is computed and leaves, while the next one is computed: as many as its largest loop allows. */
  private chunksOf({ box, out, core }: SetOperation): number {
    const bytes = out.reduce((sum, [, size]) => sum + size, 0);
    const longest = Math.max(...LOOPS.map((_, d) => box[1][d]! - box[0][d]! + 1));
    const chunks = Math.max(1, Math.min(MOST_CHUNKS, longest, Math.ceil(bytes / CHUNK_BYTES)));
    const staged = out.reduce((sum, [id, size]) => (this.isReadOn(id, core) ? sum : sum + size), 0);
    const name = stagingOf(core);
    // Two chunks, and a byte a port that the division may leave over.
    this.staging.set(name, Math.max(this.staging.get(name) ?? 1, 2 * (Math.ceil(staged / chunks) + this.set.machine.dramPorts.length * out.length)));
    return chunks;
  }

  private isReadOn(id: number, core: MeshPlace): boolean {
    return (this.left.get(`${id} ${corePath(core)}`) ?? 0) > 0;
  }

  /** Where a core keeps what it makes: with its data if it reads it again, else where it leaves from. */
  private outBuffer(id: number, core: MeshPlace): string {
    return this.isReadOn(id, core) ? bufferOf(core) : stagingOf(core);
  }

  private compute(operation: SetOperation, chunk: number, chunks: number): void {
    const { core, layer, type, box, cycles, out } = operation;
    const buffer = bufferOf(core);
    const needs = needsOf(operation);
    const reads = needs.flatMap((id) => this.slices(id).map(({ tensor }): RegionAccess => ({ buffer, tensor })));
    const writes = out.flatMap(([id]) =>
      this.partsOf(id, chunk, chunks).map(({ tensor, box: part }): WriteAccess => ({ buffer: this.outBuffer(id, core), tensor, box: part, mode: 'add' })),
    );
    const over = chunk < chunks - 1 ? [] : needs.filter((id) => this.countDown(id, core));
    const releases = over.flatMap((id) => this.slices(id).map(({ tensor }): RegionAccess => ({ buffer, tensor })));
    const cut = longestLoop(box);
    const tile = LOOPS.map((_, d): readonly [number, number] => {
      const [low, size] = [box[0][d]!, box[1][d]! - box[0][d]! + 1];
      return d === cut ? [low + partStart(size, chunk, chunks), portShare(size, chunk, chunks)] : [low, size];
    });
    this.push({
      kind: 'compute',
      queue: `${corePath(core)}.pe`,
      layer,
      operator: `set-${type}`,
      at: Object.fromEntries(LOOPS.map((loop, d) => [loop, tile[d]![0]])),
      loops: Object.fromEntries(LOOPS.map((loop, d) => [loop, tile[d]![1]])),
      reads,
      writes,
      ...(releases.length === 0 ? {} : { releases }),
      with: { cycles: portShare(cycles, chunk, chunks) },
    });
  }

  /** What an operation made goes to the cores that need it, and to DRAM; then, if nobody here reads it, its room is free. */
  private sendOut({ core, layer }: SetOperation, id: number, consumers: readonly number[], chunk: number, chunks: number): void {
    const { toDram } = this.outOf.get(id)!;
    const others = distinct(consumers.map((consumer) => this.opOf.get(consumer)!.core)).filter(([x, y]) => x !== core[0] || y !== core[1]);
    const isReadHere = this.isReadOn(id, core);
    const buffer = this.outBuffer(id, core);
    for (const { tensor, box } of this.partsOf(id, chunk, chunks)) {
      const writes: WriteAccess[][] = [];
      if (others.length > 0) writes.push(others.map((other) => ({ buffer: bufferOf(other), tensor, box, mode: 'add' })));
      if (toDram) writes.push([{ tensor, box }]);
      writes.forEach((to, index) => {
        const releases = index === writes.length - 1 && !isReadHere ? { releases: [{ buffer, tensor, box }] } : {};
        const own = this.push({ kind: 'transfer', queue: `${corePath(core)}.dma`, layer, reads: [{ buffer, tensor, box }], writes: to, ...releases });
        if (toDram && index === writes.length - 1) this.written.set(id, [...(this.written.get(id) ?? []), own]);
      });
    }
  }

  /** The part of a transfer that a chunk of its operation makes. */
  private partsOf(
    id: number,
    chunk: number,
    chunks: number,
  ): readonly { readonly tensor: string; readonly box: { readonly byte: readonly [number, number] } }[] {
    return this.slices(id).flatMap(({ tensor, bytes }) => {
      const low = partStart(bytes, chunk, chunks);
      const high = partStart(bytes, chunk + 1, chunks);
      return high > low ? [{ tensor, box: { byte: [low, high] as const } }] : [];
    });
  }

  /** Whether this was the last operation on the core that needed the transfer. */
  private countDown(id: number, core: MeshPlace): boolean {
    const key = `${id} ${corePath(core)}`;
    const left = this.left.get(key)! - 1;
    this.left.set(key, left);
    return left === 0;
  }

  /** A transfer as tensors: one for each DRAM port that it goes over, or one in all. */
  private slices(id: number): readonly { readonly tensor: string; readonly port: number; readonly bytes: number }[] {
    const read = this.reads.get(id);
    const bytes = read?.[1] ?? this.outOf.get(id)!.bytes;
    const isHome = read !== undefined || this.outOf.get(id)!.toDram;
    const { dramPorts } = this.set.machine;
    const parts = isHome ? dramPorts.map((_, port) => ({ port, bytes: portShare(bytes, port, dramPorts.length) })) : [{ port: 0, bytes }];
    return parts.flatMap(({ port, bytes: size }) => {
      if (size === 0) return [];
      const tensor = isHome ? `t${id}.${port}` : `t${id}`;
      this.tensors[tensor] ??= {
        dims: { byte: size },
        format: 'int8',
        role: read === undefined ? (isHome ? 'output' : 'intermediate') : read[2] === 'weight' ? 'constant' : 'input',
        ...(isHome ? { home: `${dramPath(port)}.memory` } : {}),
      };
      return [{ tensor, port, bytes: size }];
    });
  }

  private push(operation: ScheduleOperation): number {
    return this.operations.push(operation) - 1;
  }

  private buffers(): Record<string, ScheduleBuffer> {
    const { columns, rows, bufferBytes } = this.set.machine;
    const buffers: Record<string, ScheduleBuffer> = {};
    for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) buffers[bufferOf([x, y])] = { memory: `${corePath([x, y])}.l1`, bytes: bufferBytes };
    for (const [name, bytes] of this.staging) buffers[name] = { memory: `${name.slice(0, -'.staging'.length)}.l1`, bytes };
    return buffers;
  }

  private layers(): Record<string, ScheduleLayer> {
    const layers: Record<string, { operator: string; class: 'vector'; loops: Record<string, number> }> = {};
    for (const { layer, type, box } of this.set.operations) {
      const form = (layers[layer] ??= { operator: `set-${type}`, class: 'vector', loops: {} });
      LOOPS.forEach((loop, d) => (form.loops[loop] = Math.max(form.loops[loop] ?? 1, box[1][d]! + 1)));
    }
    return layers;
  }
}

function needsOf(operation: SetOperation): readonly number[] {
  return [...new Set([...operation.in, ...operation.weights])];
}

/** Where a part of `count` equal parts begins. */
function partStart(size: number, index: number, count: number): number {
  return Math.floor((size * index) / count);
}

/** Bytes of the largest buffer that outputs leave from. */
export function stagingBytes({ buffers }: Pick<Schedule, 'buffers'>): number {
  return Math.max(0, ...Object.entries(buffers).map(([name, { bytes }]) => (name.endsWith('.staging') ? bytes : 0)));
}

function longestLoop(box: SetOperation['box']): number {
  const sizes = LOOPS.map((_, d) => box[1][d]! - box[0][d]!);
  return sizes.indexOf(Math.max(...sizes));
}

function stagingOf(core: MeshPlace): string {
  return `${corePath(core)}.staging`;
}

function bufferOf(core: MeshPlace): string {
  return `${corePath(core)}.data`;
}

function distinct(places: readonly MeshPlace[]): MeshPlace[] {
  return [...new Map(places.map((place) => [corePath(place), place])).values()];
}
