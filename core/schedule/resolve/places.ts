import { InputError } from '../../errors.js';
import type { RegionBox, ScheduleBuffer, ScheduleHeader, ScheduleTensor } from '../form/form.js';
import type { StateExchange } from '../../kernel/state.js';
import { smallInteger } from '../../workload/small-integer.js';
import type { Extent } from './extent.js';
import { MemoryLayout } from './memory-layout.js';
import { Piece, PieceList } from './pieces.js';
import { PlaceBits } from './place-bits.js';
import type { BufferUse } from './record.js';
import { INITIAL, type SumSpace } from './value.js';

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

/** Bytes of a memory that hold something: a buffer, or a tensor at its home. */
export interface Place {
  readonly memory: number;
  /** -1 until an operation speaks of it, when the schedule gives no address. */
  address: number;
  readonly bytes: number;
  /** Places that lie over some of its bytes: a write to one ends what the others hold there. */
  readonly aliases: Place[];
  readonly bits: PlaceBits;
  /** Of all that is in it. */
  pieces: number;
  /** What is in it in program order, by tensor. */
  readonly contents: Map<TensorState, PieceList>;
  /** Of a buffer. */
  readonly buffer: BufferState | undefined;
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
  /** Its memory is -1 when the tensor lives in buffers only. */
  readonly home: Place;
  readonly atHome: PieceList;
  /** An operation speaks of it. */
  isUsed: boolean;
  /** A computation reads it. */
  isRead: boolean;
  /** The first transfer that a layer of the schedule claims, -1 for none. */
  loadedBy: number;
  loadedFor: string;
}

export interface BufferState {
  /** Among the buffers of the schedule. */
  readonly index: number;
  readonly name: string;
  readonly place: Place;
  readonly bytes: number;
  readonly use: BufferUse;
  /** The last operation that wrote to it, in program order. */
  lastWriter: number;
  /** Another place has overwritten part of its contents. */
  hasLeftovers: boolean;
  /** Bytes claimed and freed so far in program order; parts of a byte where formats have fewer bits. */
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
  /** What `extentOf` has worked out last. */
  private lastBox: RegionBox | undefined = undefined;
  private lastTensor: TensorState | undefined = undefined;
  private lastExtent: Extent | undefined = undefined;
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
    const fixedPlaces = [...this.tensors.values()].map(({ home }) => home).concat([...this.buffers.values()].map(({ place }) => place));
    findAliases(fixedPlaces.filter(({ memory, address }) => memory >= 0 && address >= 0));
    this.checkHomes();
  }

  /** @param where path for messages, or the id of the operation that speaks of it */
  tensor(name: string, where: Where): TensorState {
    const found = this.tensors.get(name);
    if (found === undefined)
      throw new InputError({ path: pathOf(where), message: `no tensor '${name}' in the schedule`, expected: someOf(this.tensors.keys()) });
    if (!found.isUsed) this.useTensor(found);
    return found;
  }

  buffer(name: string, where: Where): BufferState {
    const found = this.buffers.get(name);
    if (found === undefined)
      throw new InputError({ path: pathOf(where), message: `no buffer '${name}' in the schedule`, expected: someOf(this.buffers.keys()) });
    if (found.place.address < 0) this.placeBuffer(found);
    return found;
  }

  /** Addresses given out, and what lies where; @param spaceAt sums by their ids */
  state(s: StateExchange, spaceAt: (id: number) => SumSpace): void {
    const [tensors, buffers] = [[...this.tensors.values()], [...this.buffers.values()]];
    const placed = [...this.placed];
    s.numbers(placed);
    if (s.loading)
      for (const index of placed)
        if (index >= 0) this.useTensor(tensors[index]!);
        else this.placeBuffer(buffers[-1 - index]!);
    for (const tensor of tensors) {
      tensor.isRead = s.flag(tensor.isRead);
      tensor.loadedBy = s.operationId(tensor.loadedBy);
      tensor.loadedFor = s.text(tensor.loadedFor);
      tensor.atHome.state(s, tensor.whole, spaceAt);
      if (tensor.home.aliases.length > 0) tensor.home.bits.state(s);
    }
    for (const buffer of buffers) exchangeBuffer(s, buffer, tensors, spaceAt);
  }

  /** A named box as bounds by dimension; dimensions that are not named are whole. */
  extentOf(tensor: TensorState, box: RegionBox | undefined, where: Where): Extent {
    if (box === undefined) return tensor.whole;
    // What reads a box of a tensor writes it, as a rule.
    if (box === this.lastBox && tensor === this.lastTensor) return this.lastExtent!;
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
      low[d] = smallInteger(from);
      high[d] = smallInteger(to);
    }
    for (const _ in box) known--;
    if (known !== 0) checkDimensions(tensor, box, pathOf(where));
    this.lastBox = box;
    this.lastTensor = tensor;
    return (this.lastExtent = { low, high });
  }

  /** Call before each operation: a schedule that is made while it is read may use its boxes again. */
  begin(): void {
    this.lastBox = undefined;
  }

  private placeBuffer(buffer: BufferState): void {
    buffer.place.address = this.layout.place(buffer.place.memory, buffer.bytes, `buffers.${buffer.name}`);
    this.placed.push(-1 - buffer.index);
  }

  private useTensor(tensor: TensorState): void {
    const { home } = tensor;
    tensor.isUsed = true;
    this.placed.push(tensor.index);
    if (home.address >= 0) return;
    home.address = home.memory < 0 ? 0 : this.layout.place(home.memory, home.bytes, `tensors.${tensor.name}`);
    holdFromStart(tensor);
  }

  private makeTensor(name: string, form: ScheduleTensor): TensorState {
    const where = `tensors.${name}`;
    const dims = Object.keys(form.dims);
    const sizes = dims.map((dim) => smallInteger(form.dims[dim] ?? 1));
    const bad = dims.find((_, d) => !(Number.isSafeInteger(sizes[d]) && sizes[d]! > 0));
    if (bad !== undefined) throw new InputError({ path: `${where}.dims.${bad}`, message: `size ${form.dims[bad]}`, expected: 'a positive integer' });
    const whole = { low: sizes.map(() => 0), high: sizes };
    const bits = this.environment.bitsPerElement(form.format, `${where}.format`);
    const bytes = this.tensorBytes(form, where);
    const memory = form.home === undefined ? -1 : this.environment.memoryId(form.home, `${where}.home`);
    if (memory >= 0) this.checkRoom(memory, form.address, bytes, where);
    const address = memory < 0 ? -1 : (form.address ?? -1);
    if (memory >= 0) this.homed.set(memory, (this.homed.get(memory) ?? 0) + bytes);
    const contents = new Map<TensorState, PieceList>();
    const home: Place = { memory, address, bytes, aliases: [], bits: new PlaceBits(bytes * 8), pieces: 0, contents, buffer: undefined };
    const atHome = new PieceList(whole, home);
    const tensor: TensorState = {
      index: this.tensors.size,
      name,
      form,
      dims,
      whole,
      storedBits: bits.stored,
      payloadBits: bits.payload,
      home,
      atHome,
      isUsed: false,
      isRead: false,
      loadedBy: -1,
      loadedFor: '',
    };
    contents.set(tensor, atHome);
    if (address >= 0) holdFromStart(tensor);
    return tensor;
  }

  private makeBuffer(name: string, form: ScheduleBuffer): BufferState {
    const where = `buffers.${name}`;
    if (!(form.bytes > 0)) throw new InputError({ path: `${where}.bytes`, message: `${form.bytes} bytes`, expected: 'more than 0' });
    const memory = this.environment.memoryId(form.memory, `${where}.memory`);
    this.checkRoom(memory, form.address, form.bytes, where);
    const use: BufferUse = { name, memory, freedBytes: 0, occupiedBytes: 0, waiters: [] };
    const { bytes } = form;
    const place: { -readonly [Key in keyof Place]: Place[Key] } = {
      memory,
      address: form.address ?? -1,
      bytes,
      aliases: [],
      bits: new PlaceBits(bytes * 8),
      pieces: 0,
      contents: new Map(),
      buffer: undefined,
    };
    const buffer: BufferState = { index: this.buffers.size, name, place, bytes, use, lastWriter: -1, hasLeftovers: false, claimedBytes: 0, freedBytes: 0 };
    place.buffer = buffer;
    return buffer;
  }

  /** Two tensors cannot both hold data from the start in the same bytes. */
  private checkHomes(): void {
    const initial = [...this.tensors.values()].filter(({ form, home }) => home.address >= 0 && (form.role === 'input' || form.role === 'constant'));
    const owners = new Map(initial.map((tensor) => [tensor.home, tensor]));
    for (const { home, name } of initial) {
      const other = home.aliases.map((alias) => owners.get(alias)).find((found) => found !== undefined);
      if (other === undefined) continue;
      throw new InputError({
        path: `tensors.${name}.address`,
        message: `bytes ${home.address} to ${home.address + home.bytes} hold '${name}' from the start, and '${other.name}' too (bytes ${other.home.address} to ${other.home.address + other.home.bytes})`,
        expected: 'homes of inputs and constants that lie apart',
      });
    }
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

function exchangeBuffer(s: StateExchange, buffer: BufferState, tensors: readonly TensorState[], spaceAt: (id: number) => SumSpace): void {
  const { contents } = buffer.place;
  buffer.lastWriter = s.operationId(buffer.lastWriter);
  buffer.hasLeftovers = s.flag(buffer.hasLeftovers);
  buffer.claimedBytes = s.number(buffer.claimedBytes);
  buffer.freedBytes = s.number(buffer.freedBytes);
  buffer.place.bits.state(s);
  buffer.use.freedBytes = s.number(buffer.use.freedBytes);
  buffer.use.occupiedBytes = s.number(buffer.use.occupiedBytes);
  s.list(buffer.use.waiters, (waiter) => s.operation(waiter)!);
  const held = [...contents.keys()].map(({ index }) => index);
  s.numbers(held);
  for (const index of held) {
    const tensor = tensors[index]!;
    let list = contents.get(tensor);
    if (list === undefined) contents.set(tensor, (list = new PieceList(tensor.whole, buffer.place)));
    list.state(s, tensor.whole, spaceAt);
  }
}

/** Inputs and constants are there before anything runs. */
function holdFromStart({ form, home, whole, atHome }: TensorState): void {
  if (form.role === 'input' || form.role === 'constant') atHome.add(new Piece(whole, undefined, -1, home.address, whole, INITIAL, []));
}

/** Links places of one memory whose address ranges overlap, by a sweep over their addresses. */
function findAliases(places: readonly Place[]): void {
  const sorted = [...places].sort((a, b) => a.memory - b.memory || a.address - b.address);
  let open: Place[] = [];
  for (const place of sorted) {
    open = open.filter((other) => other.memory === place.memory && other.address + other.bytes > place.address);
    for (const other of open) {
      other.aliases.push(place);
      place.aliases.push(other);
    }
    open.push(place);
  }
}

/** Names the first dimension of a box that the tensor does not have. */
function checkDimensions(tensor: TensorState, box: RegionBox, where: string): void {
  const unknown = Object.keys(box).find((name) => !tensor.dims.includes(name));
  if (unknown === undefined) return;
  throw new InputError({ path: where, message: `tensor '${tensor.name}' has no dimension '${unknown}'`, expected: tensor.dims.join(', ') });
}
