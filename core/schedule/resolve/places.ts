import { InputError } from '../../errors.js';
import type { RegionBox, ScheduleBuffer, ScheduleHeader, ScheduleTensor } from '../form/form.js';
import type { StateExchange } from '../../kernel/state.js';
import type { Extent } from './extent.js';
import { MemoryLayout } from './memory-layout.js';
import { Piece, PieceList } from './pieces.js';
import type { BufferUse, OperationRecord } from './record.js';

export interface FormatBits {
  /** What arithmetic sees. */
  readonly payload: number;
  /** What memory holds: the payload and its share of group metadata; may be a fraction. */
  readonly stored: number;
}

/** What the schedule needs to know of the world around it. */
export interface ScheduleEnvironment {
  /** Block id of a memory path; InputError for an unknown one. */
  memoryId(path: string, where: string): number;
  capacityBytes(memory: number): number;
  /** Bits of one element; InputError for an unknown format. */
  bitsPerElement(format: string, where: string): FormatBits;
  now(): number;
}

export interface TensorState {
  /** Among the tensors of the schedule. */
  readonly index: number;
  readonly name: string;
  readonly form: ScheduleTensor;
  readonly dims: readonly string[];
  readonly whole: Extent;
  /** Bits of an element in memory. */
  readonly storedBits: number;
  readonly payloadBits: number;
  /** Memory block id, -1 when the tensor lives in buffers only. */
  readonly memory: number;
  /** -1 until an operation speaks of the tensor, when the schedule gives no address. */
  address: number;
  readonly bytes: number;
  readonly atHome: PieceList;
}

export interface BufferState {
  /** Among the buffers of the schedule. */
  readonly index: number;
  readonly name: string;
  readonly bytes: number;
  /** As of a tensor. */
  address: number;
  readonly memory: number;
  readonly use: BufferUse;
  /** Buffers that lie over some of its bytes: a write to one ends the contents of the others. */
  readonly aliases: BufferState[];
  /** Operations that used contents which are released by now, and may still be under way. */
  lingering: OperationRecord[];
  /** What is in it in program order, by tensor. */
  readonly contents: Map<TensorState, PieceList>;
  /** The last operation that wrote to it, in program order. */
  lastWriter: number;
  /** Bytes claimed and freed so far in program order. */
  claimedBytes: number;
  freedBytes: number;
}

const NAMES_TOLD = 8;

/** The first names, for a message. */
function someOf(names: Iterable<string>): string {
  const all = [...names];
  const more = all.length - NAMES_TOLD;
  return all.length === 0 ? 'one that the schedule declares' : `${all.slice(0, NAMES_TOLD).join(', ')}${more > 0 ? ` or one of ${more} more` : ''}`;
}

/** Where something is said: a path, or the id of an operation. */
export type Where = string | number;

/** The path, for a message. */
export function pathOf(where: Where): string {
  return typeof where === 'number' ? `operation ${where}` : where;
}

/**
 * Tensors at their homes and buffers in their memories. What gives no address gets one when the first operation speaks of it, so that
 * neither names nor the order of declarations mean anything.
 */
export class Places {
  readonly tensors = new Map<string, TensorState>();
  readonly buffers = new Map<string, BufferState>();
  /** Bytes of homed tensors, by memory. */
  readonly homed = new Map<number, number>();
  readonly layout: MemoryLayout;
  /** What has been given an address, in this order: tensors by number, buffers by -1 - number. */
  private readonly placed: number[] = [];

  constructor(
    header: ScheduleHeader,
    private readonly environment: ScheduleEnvironment,
  ) {
    const fixed = this.fixedRanges(header);
    this.layout = new MemoryLayout(fixed, (memory) => environment.capacityBytes(memory), header.placement);
    for (const [name, tensor] of Object.entries(header.tensors)) this.tensors.set(name, this.makeTensor(name, tensor));
    for (const [name, buffer] of Object.entries(header.buffers)) this.buffers.set(name, this.makeBuffer(name, buffer));
    this.checkPartialFormats(header);
    // Others are placed into holes, and lie over nothing.
    findAliases([...this.buffers.values()].filter(({ address }) => address >= 0));
  }

  /** @param where path for messages, or the id of the operation that speaks of it */
  tensor(name: string, where: Where): TensorState {
    const found = this.tensors.get(name);
    if (found === undefined)
      throw new InputError({ path: pathOf(where), message: `no tensor '${name}' in the schedule`, expected: someOf(this.tensors.keys()) });
    if (found.address < 0) this.placeTensor(found);
    return found;
  }

  buffer(name: string, where: Where): BufferState {
    const found = this.buffers.get(name);
    if (found === undefined)
      throw new InputError({ path: pathOf(where), message: `no buffer '${name}' in the schedule`, expected: someOf(this.buffers.keys()) });
    if (found.address < 0) this.placeBuffer(found);
    return found;
  }

  /** Addresses given out, and what lies where. */
  state(s: StateExchange): void {
    const [tensors, buffers] = [[...this.tensors.values()], [...this.buffers.values()]];
    const placed = [...this.placed];
    s.numbers(placed);
    if (s.loading)
      for (const index of placed)
        if (index >= 0) this.placeTensor(tensors[index]!);
        else this.placeBuffer(buffers[-1 - index]!);
    for (const tensor of tensors) tensor.atHome.state(s, tensor.whole);
    for (const buffer of buffers) exchangeBuffer(s, buffer, tensors);
  }

  /** A named box as bounds by dimension; dimensions that are not named are whole. */
  extentOf(tensor: TensorState, box: RegionBox | undefined, where: Where): Extent {
    if (box === undefined) return tensor.whole;
    const { dims, whole } = tensor;
    const low = new Array<number>(dims.length);
    const high = new Array<number>(dims.length);
    let known = 0;
    for (let d = 0; d < dims.length; d++) {
      const range = box[dims[d]!];
      const from = range === undefined ? whole.low[d]! : range[0];
      const to = range === undefined ? whole.high[d]! : range[1];
      if (range !== undefined) known++;
      if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to)) {
        throw new InputError({
          path: pathOf(where),
          message: `the box of tensor '${tensor.name}' is ${dims[d]}: [${from}, ${to}]`,
          expected: '[low, high) in elements, low first',
        });
      }
      low[d] = from;
      high[d] = to;
    }
    for (const _ in box) known--;
    if (known !== 0) checkDimensions(tensor, box, pathOf(where));
    return { low, high };
  }

  private placeBuffer(buffer: BufferState): void {
    buffer.address = this.layout.place(buffer.memory, buffer.bytes, `buffers.${buffer.name}`);
    this.placed.push(-1 - buffer.index);
  }

  private placeTensor(tensor: TensorState): void {
    const { memory, bytes, form, whole, atHome } = tensor;
    this.placed.push(tensor.index);
    tensor.address = memory < 0 ? 0 : this.layout.place(memory, bytes, `tensors.${tensor.name}`);
    if (form.role === 'input' || form.role === 'constant') atHome.add(new Piece(whole, undefined, -1, tensor.address, whole, true));
  }

  private makeTensor(name: string, form: ScheduleTensor): TensorState {
    const where = `tensors.${name}`;
    const dims = Object.keys(form.dims);
    const sizes = dims.map((dim) => form.dims[dim] ?? 1);
    const bad = dims.find((_, d) => !(Number.isSafeInteger(sizes[d]) && sizes[d]! > 0));
    if (bad !== undefined) throw new InputError({ path: `${where}.dims.${bad}`, message: `size ${form.dims[bad]}`, expected: 'a positive integer' });
    const whole = { low: sizes.map(() => 0), high: sizes };
    const bits = this.environment.bitsPerElement(form.format, `${where}.format`);
    const bytes = this.tensorBytes(form, where);
    const memory = form.home === undefined ? -1 : this.environment.memoryId(form.home, `${where}.home`);
    if (memory >= 0) this.checkRoom(memory, form.address, bytes, where);
    const address = memory < 0 ? -1 : (form.address ?? -1);
    if (memory >= 0) this.homed.set(memory, (this.homed.get(memory) ?? 0) + bytes);
    const atHome = new PieceList(whole);
    if (address >= 0 && (form.role === 'input' || form.role === 'constant')) atHome.add(new Piece(whole, undefined, -1, address, whole, true));
    return { index: this.tensors.size, name, form, dims, whole, storedBits: bits.stored, payloadBits: bits.payload, memory, address, bytes, atHome };
  }

  private makeBuffer(name: string, form: ScheduleBuffer): BufferState {
    const where = `buffers.${name}`;
    if (!(form.bytes > 0)) throw new InputError({ path: `${where}.bytes`, message: `${form.bytes} bytes`, expected: 'more than 0' });
    const memory = this.environment.memoryId(form.memory, `${where}.memory`);
    this.checkRoom(memory, form.address, form.bytes, where);
    const address = form.address ?? -1;
    const use: BufferUse = { name, memory, freedBytes: 0, occupiedBytes: 0, waiters: [] };
    const { bytes } = form;
    return {
      index: this.buffers.size,
      name,
      bytes,
      address,
      memory,
      use,
      contents: new Map(),
      lastWriter: -1,
      claimedBytes: 0,
      freedBytes: 0,
      aliases: [],
      lingering: [],
    };
  }

  private checkPartialFormats({ layers = {} }: ScheduleHeader): void {
    for (const [layer, { operands = {} }] of Object.entries(layers))
      for (const [operand, { partialFormat }] of Object.entries(operands))
        if (partialFormat !== undefined) this.environment.bitsPerElement(partialFormat, `layers.${layer}.operands.${operand}.partialFormat`);
  }

  /** What the schedule places itself. */
  private fixedRanges(header: ScheduleHeader): { memory: number; address: number; bytes: number }[] {
    const tensors = Object.entries(header.tensors).flatMap(([name, form]) =>
      form.home === undefined || form.address === undefined
        ? []
        : [{ memory: this.environment.memoryId(form.home, `tensors.${name}.home`), address: form.address, bytes: this.tensorBytes(form, `tensors.${name}`) }],
    );
    const buffers = Object.entries(header.buffers).flatMap(([name, form]) =>
      form.address === undefined
        ? []
        : [{ memory: this.environment.memoryId(form.memory, `buffers.${name}.memory`), address: form.address, bytes: form.bytes }],
    );
    return [...tensors, ...buffers];
  }

  private tensorBytes(form: ScheduleTensor, where: string): number {
    const bits = this.environment.bitsPerElement(form.format, `${where}.format`);
    return Math.ceil((Object.values(form.dims).reduce((product, size) => product * size, 1) * bits.stored) / 8);
  }

  /** What cannot fit is said before anything runs, whatever the order of declarations. */
  private checkRoom(memory: number, address: number | undefined, bytes: number, where: string): void {
    if (address === undefined) {
      this.layout.expect(memory, bytes, where);
      return;
    }
    const capacity = this.environment.capacityBytes(memory);
    if (address + bytes <= capacity) return;
    throw new InputError({ path: where, message: `bytes ${address} to ${address + bytes} lie outside of the memory`, expected: `at most ${capacity}` });
  }
}

function exchangeBuffer(s: StateExchange, buffer: BufferState, tensors: readonly TensorState[]): void {
  buffer.lastWriter = s.operationId(buffer.lastWriter);
  buffer.claimedBytes = s.number(buffer.claimedBytes);
  buffer.freedBytes = s.number(buffer.freedBytes);
  if (!s.loading) buffer.lingering = buffer.lingering.filter((user) => !user.finished);
  s.list(buffer.lingering, (user) => s.operation(user)!);
  buffer.use.freedBytes = s.number(buffer.use.freedBytes);
  buffer.use.occupiedBytes = s.number(buffer.use.occupiedBytes);
  s.list(buffer.use.waiters, (waiter) => s.operation(waiter)!);
  const held = [...buffer.contents.keys()].map(({ index }) => index);
  s.numbers(held);
  for (const index of held) {
    const tensor = tensors[index]!;
    let list = buffer.contents.get(tensor);
    if (list === undefined) buffer.contents.set(tensor, (list = new PieceList(tensor.whole)));
    list.state(s, tensor.whole);
  }
}

/** Links buffers of one memory whose address ranges overlap, by a sweep over their addresses. */
function findAliases(buffers: readonly BufferState[]): void {
  const sorted = [...buffers].sort((a, b) => a.memory - b.memory || a.address - b.address);
  let open: BufferState[] = [];
  for (const buffer of sorted) {
    open = open.filter((other) => other.memory === buffer.memory && other.address + other.bytes > buffer.address);
    for (const other of open) {
      other.aliases.push(buffer);
      buffer.aliases.push(other);
    }
    open.push(buffer);
  }
}

/** Names the first dimension of a box that the tensor does not have. */
function checkDimensions(tensor: TensorState, box: RegionBox, where: string): void {
  const unknown = Object.keys(box).find((name) => !tensor.dims.includes(name));
  if (unknown === undefined) return;
  throw new InputError({ path: where, message: `tensor '${tensor.name}' has no dimension '${unknown}'`, expected: tensor.dims.join(', ') });
}
