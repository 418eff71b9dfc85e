import type { RegionAccess, Schedule, ScheduleBuffer, ScheduleOperation, ScheduleTensor, WriteAccess } from 'tessera-sim';
import type { StreamDump, StreamNode } from './dump.js';
import { capacityBytes, memoryOf, placeOf } from './machine.js';

/**
 * Stream's schedule as tile operations on `streamMachineDocument`. Tiles run in the order of their starts, each for the cycles that the tool's
 * core cost says; a tile of data goes once to every place that needs it, whole, as soon as it is there; weights and the network's input come
 * from DRAM, outputs that nobody reads go there.
 */
export function streamToSchedule(dump: StreamDump): Schedule {
  return new Builder(dump).build();
}

const bytesOf = (bits: number): number => Math.max(1, Math.ceil(bits / 8));

class Builder {
  private readonly tensors: Record<string, ScheduleTensor> = {};
  private readonly operations: ScheduleOperation[] = [];
  private readonly placeOfNode: ReadonlyMap<string, string>;
  /** Places that read a tile, each with the number of its readers that are still to come. */
  private readonly readers = new Map<string, Map<string, number>>();
  private readonly loaded = new Set<string>();
  private readonly computed = new Map<string, number>();

  constructor(private readonly dump: StreamDump) {
    this.placeOfNode = new Map(dump.nodes.map(({ id, core }) => [id, placeOf(dump, core)]));
    for (const node of dump.nodes) for (const { tensor } of this.inputsOf(node)) this.count(tensor, this.placeOfNode.get(node.id)!, 1);
  }

  build(): Schedule {
    for (const node of this.dump.nodes) {
      for (const { tensor, bits, isOutside } of this.inputsOf(node)) if (isOutside) this.load(node, tensor, bits);
      this.compute(node);
      this.sendOut(node);
    }
    return {
      name: this.dump.name,
      tensors: this.tensors,
      buffers: this.buffers(),
      operations: this.operations,
      operationCount: this.operations.length,
    };
  }

  /** What a tile reads: tiles of others, weights, the network's input. */
  private inputsOf({ id, needs, weights, inputBits }: StreamNode): readonly { readonly tensor: string; readonly bits: number; readonly isOutside: boolean }[] {
    const inputs = needs.filter(({ bits }) => bits > 0).map(({ id: from, bits }) => ({ tensor: `t${from}`, bits, isOutside: false }));
    const unique = [...new Map(inputs.map((input) => [input.tensor, input])).values()];
    const outside = [
      ...(weights.bits > 0 ? [{ tensor: weights.name, bits: weights.bits, isOutside: true }] : []),
      ...(inputBits > 0 ? [{ tensor: `i${id}`, bits: inputBits, isOutside: true }] : []),
    ];
    return [...unique, ...outside];
  }

  private load({ id }: StreamNode, tensor: string, bits: number): void {
    const place = this.placeOfNode.get(id)!;
    if (this.loaded.has(`${tensor} ${place}`)) return;
    this.loaded.add(`${tensor} ${place}`);
    this.tensors[tensor] ??= { dims: { byte: bytesOf(bits) }, format: 'int8', role: tensor.startsWith('w') ? 'constant' : 'input', home: 'dram' };
    this.push({ kind: 'transfer', queue: 'offchip', reads: [{ tensor }], writes: [{ buffer: place, tensor, mode: 'add' }] });
  }

  private compute(node: StreamNode): void {
    const { id, core, layer, cycles, outputBits, needs } = node;
    const buffer = this.placeOfNode.get(id)!;
    const inputs = this.inputsOf(node);
    const output = `t${id}`;
    this.tensors[output] ??= {
      dims: { byte: bytesOf(outputBits) },
      format: 'int8',
      ...(this.isRead(output) ? { role: 'intermediate' as const } : { role: 'output' as const, home: 'dram' }),
    };
    const over = inputs.filter(({ tensor }) => this.count(tensor, buffer, -1) === 0);
    const after = needs.filter(({ bits }) => bits === 0).map(({ id: before }) => this.computed.get(before)!);
    this.computed.set(
      id,
      this.push({
        kind: 'compute',
        queue: `core${core}`,
        operator: `stream-layer-${layer}`,
        reads: inputs.map(({ tensor }): RegionAccess => ({ buffer, tensor })),
        writes: [{ buffer, tensor: output, mode: 'add' }],
        ...(over.length === 0 ? {} : { releases: over.map(({ tensor }) => ({ buffer, tensor })) }),
        ...(after.length === 0 ? {} : { after }),
        with: { cycles },
      }),
    );
  }

  /** To every other place that reads it, or to DRAM if none does; then its room is free, unless it is read here. */
  private sendOut({ id }: StreamNode): void {
    const tensor = `t${id}`;
    const place = this.placeOfNode.get(id)!;
    const places = [...(this.readers.get(tensor)?.keys() ?? [])];
    const others = places.filter((other) => other !== place);
    const writes: WriteAccess[] = others.map((other) => ({ buffer: other, tensor, mode: 'add' }));
    if (places.length === 0) writes.push({ tensor });
    writes.forEach((write, index) => {
      const releases = index === writes.length - 1 && !places.includes(place) ? { releases: [{ buffer: place, tensor }] } : {};
      this.push({ kind: 'transfer', queue: `${place}.dma`, reads: [{ buffer: place, tensor }], writes: [write], ...releases });
    });
  }

  private isRead(tensor: string): boolean {
    return (this.readers.get(tensor)?.size ?? 0) > 0;
  }

  private count(tensor: string, place: string, by: number): number {
    let places = this.readers.get(tensor);
    if (places === undefined) this.readers.set(tensor, (places = new Map()));
    const left = (places.get(place) ?? 0) + by;
    places.set(place, left);
    return left;
  }

  private push(operation: ScheduleOperation): number {
    return this.operations.push(operation) - 1;
  }

  private buffers(): Record<string, ScheduleBuffer> {
    const buffers: Record<string, ScheduleBuffer> = {};
    for (const { core } of this.dump.nodes)
      buffers[placeOf(this.dump, core)] ??= { memory: `${placeOf(this.dump, core)}.memory`, bytes: capacityBytes(memoryOf(this.dump, core)) };
    return buffers;
  }
}
