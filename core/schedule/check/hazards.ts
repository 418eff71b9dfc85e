import { InputError } from '../../errors.js';
import type { StateExchange } from '../../kernel/state.js';
import { LayerViews } from '../../mapping/layer-views.js';
import type { TileView } from '../../mapping/tile-view.js';
import type { Workload } from '../../workload/layer.js';
import type { RegionAccess, ScheduleHeader, ScheduleOperation, WriteAccess } from '../form/form.js';
import { Found } from '../resolve/boxed.js';
import { boundingExtent, covers, intersection, overlaps, volumeOf, type Extent } from '../resolve/extent.js';
import type { ResolvedRegion } from '../resolve/operation.js';
import { Piece, PieceList, presentVolume } from '../resolve/pieces.js';
import { pathOf, type BufferState, type Place, type Places, type TensorState } from '../resolve/places.js';
import type { DependenceCause, OperationRecord } from '../resolve/record.js';
import { LazyRegion, resolveRegion } from '../resolve/region.js';
import { displaceAliases, isAnythingIn } from './aliases.js';
import { layersBeside } from './beside.js';
import { CoverageCheck } from './coverage.js';
import { Loads } from './loads.js';
import { reportLost } from './lost.js';
import type { NamedAccess } from './named-access.js';
import { OperandCheck } from './operands.js';
import { checkOutputs } from './outputs.js';
import { checkOverlaps, type Spot } from './overlap.js';
import { bitsOf, bytesOf, Room, usersOf, type Contents } from './room.js';
import { checkReduction, checkTransferShape } from './transfer-shape.js';
import { uncheckedNotes } from './unchecked.js';
import { checkWorkload } from './workload.js';
import { bufferOf, describe, Values, type Part } from './values.js';
import type { ViolationLog } from './violations.js';

/** What the tracker wants to know of the memories. */
export type CapacityOf = (memory: number) => number;

/**
 * Walks the schedule in program order and derives, for each operation, where its data lie, what they are, which operations it conflicts
 * with (by regions, and by bytes) and how much room it takes and frees. What cannot be legal in any timing is reported here;
 * timing-dependent races are the executor's to see.
 */
export class HazardTracker {
  readonly coverage: CoverageCheck;
  /** Every operation has ended before the next one comes: nobody is under way, so nobody is waited for. */
  isTimeless = false;
  private readonly layers: LayerViews;
  /** As the checks see them: with what a workload beside says of them. The cores see `layers`. */
  private readonly meant: LayerViews;
  private readonly values: Values;
  private readonly operands: OperandCheck;
  private readonly room: Room;
  private readonly loads = new Loads();
  private readonly found = new Found<Piece>();
  private readonly readAccesses: NamedAccess[] = [];
  private readonly writeAccesses: NamedAccess[] = [];
  private readonly readSpots: Spot[] = [];
  private readonly writeSpots: Spot[] = [];
  /** Computations that name no layer that anything is known of. */
  private layerless = 0;

  /**
   * @param depend called for each unfinished operation that the first argument conflicts with
   */
  constructor(
    private readonly header: ScheduleHeader,
    private readonly places: Places,
    private readonly log: ViolationLog,
    private readonly capacityOf: CapacityOf,
    private readonly depend: (record: OperationRecord, on: OperationRecord, cause: DependenceCause) => void,
    private readonly workload?: Workload,
  ) {
    this.layers = new LayerViews(header);
    this.meant = workload === undefined ? this.layers : new LayerViews({ layers: layersBeside(header, workload), tensors: header.tensors });
    this.coverage = new CoverageCheck(this.meant.layers, log);
    this.values = new Values(log, this.meant.layers);
    this.operands = new OperandCheck(log);
    this.room = new Room(log, (record, on) => this.conflict(record, on, 'room'));
  }

  /** Takes the next operation of the stream. */
  admit(record: OperationRecord): void {
    const { form } = record;
    const { reads, writes, releases } = form;
    this.log.current = form;
    record.tile = this.tileOf(form, record.id);
    this.readAccesses.length = 0;
    this.writeAccesses.length = 0;
    this.readSpots.length = 0;
    this.writeSpots.length = 0;
    this.places.begin();
    const tile = this.meant === this.layers || record.tile === undefined ? record.tile : this.meant.tileOf(form, record.id);
    this.values.begin(record, tile);
    if (reads !== undefined && reads.length > 0) {
      record.reads = new Array<ResolvedRegion>(reads.length);
      for (let i = 0; i < reads.length; i++) record.reads[i] = this.admitRead(record, reads[i]!);
    }
    if (writes !== undefined && writes.length > 0) {
      record.writes = new Array<ResolvedRegion>(writes.length);
      for (let i = 0; i < writes.length; i++) record.writes[i] = this.admitWrite(record, writes[i]!);
    }
    if (releases !== undefined) for (let i = 0; i < releases.length; i++) this.admitRelease(record, releases[i]!);
    if (form.reduce !== undefined) checkReduction(record);
    if (form.kind === 'transfer') checkTransferShape(record, this.log);
    if (this.readSpots.length > 0 && this.writeSpots.length > 0) checkOverlaps(record, tile, this.readSpots, this.writeSpots, this.log);
    if (tile === undefined) return;
    if (tile.layer.name === '') this.layerless++;
    this.operands.check(record, tile, this.readAccesses, this.writeAccesses);
    this.coverage.add(record.id, form, tile);
  }

  /** Call at the end of the schedule. */
  finish(): void {
    const { log, meant, header, operands, coverage, workload, places } = this;
    log.current = undefined;
    coverage.finish((layer) => Object.hasOwn(header.layers ?? {}, layer.name));
    if (workload !== undefined) {
      const isComputed = (layer: string): boolean => coverage.hasTiles(meant.named(layer));
      const isUsed = (tensor: string): boolean => places.tensors.get(tensor)?.isUsed === true;
      checkWorkload({ workload, header, tensorOf: (layer, operand) => operands.tensorOf(meant.named(layer), operand), isComputed, isUsed, log });
    }
    this.loads.finish(places, log);
    checkOutputs(places, meant.layers, this.values.generations, log);
    log.unchecked.push(...uncheckedNotes(meant.layers, operands, this.layerless, workload !== undefined));
  }

  state(s: StateExchange): void {
    const tensors = [...this.places.tensors.values()];
    const layers = [...this.meant.layers];
    this.values.sums.exchange(s, layers, tensors);
    this.places.state(s, (id) => this.values.sums.at(id));
    this.values.state(s, tensors);
    this.operands.state(s, layers, tensors);
    this.loads.state(s);
    this.layerless = s.number(this.layerless);
    this.coverage.state(s);
    this.log.state(s);
  }

  /** What an operation of the stream computes, for one that is loaded again. */
  tileOf(form: ScheduleOperation, id: number): TileView | undefined {
    return form.kind === 'compute' || form.kind === 'pim' ? this.layers.tileOf(form, id) : undefined;
  }

  private admitRead(record: OperationRecord, access: RegionAccess): ResolvedRegion {
    const { id } = record;
    const buffer = access.buffer === undefined ? undefined : this.places.buffer(access.buffer, id);
    const tensor = access.tensor === undefined ? this.onlyTensorIn(buffer, id) : this.places.tensor(access.tensor, id);
    const place = placeOf(tensor, buffer, id, 'read from');
    const list = listAt(tensor, place);
    const extent = this.readExtent(tensor, buffer, access, list, id);
    const elements = this.checkInside(record, tensor, extent);
    const { found } = this;
    list.overlapping(extent, found);
    if (record.tile !== undefined) this.readAccesses.push({ operand: access.operand, tensor, extent });
    this.noteUse(record, tensor, buffer === undefined);
    const present = presentVolume(found, extent);
    if (present < elements) this.reportMissing(record, tensor, place, list, elements - present, extent);
    this.values.read(record, tensor, place, extent, found);
    if (found.count > 0) this.noteReading(record, list, extent);
    const holder = holderOf(found, extent);
    const operand = access.operand ?? '';
    // A box that lies in several parts has no one place.
    if (holder !== undefined && covers(holder.extent, extent) && record.form.writes !== undefined)
      this.readSpots.push({ operand, tensor, place, extent, piece: holder });
    return this.region(operand, tensor, place, extent, elements, holder);
  }

  /** Who loads a tensor, and whether anybody computes with it. */
  private noteUse({ id, form }: OperationRecord, tensor: TensorState, isAtHome: boolean): void {
    if (form.kind !== 'transfer') tensor.isRead = true;
    else if (isAtHome && tensor.loadedBy < 0 && form.layer !== undefined && this.meant.named(form.layer) !== undefined) {
      tensor.loadedBy = id;
      tensor.loadedFor = form.layer;
      this.loads.note(tensor, form);
    }
  }

  /** The pieces that were found are read: their writers must have ended. */
  private noteReading(record: OperationRecord, list: PieceList, extent: Extent): void {
    const { items, count } = this.found;
    if (this.isTimeless && list.count === 1) return items[0]!.markRead(extent);
    const reading = { record, extent };
    for (let i = 0; i < count; i++) {
      const piece = items[i]!;
      if (piece.writer !== undefined) this.conflict(record, piece.writer, 'data');
      piece.noteReader(reading);
    }
  }

  private admitWrite(record: OperationRecord, access: WriteAccess): ResolvedRegion {
    const { id } = record;
    const source = record.form.reads?.[0];
    const buffer = access.buffer === undefined ? undefined : this.places.buffer(access.buffer, id);
    const name = access.tensor ?? source?.tensor ?? record.reads[0]?.tensor;
    if (name === undefined) throw new InputError({ path: pathOf(id), message: 'a write names no tensor and there is no read to take it from' });
    const tensor = this.places.tensor(name, id);
    const place = placeOf(tensor, buffer, id, 'written to');
    const box = access.box ?? (access.tensor === undefined || access.tensor === source?.tensor ? source?.box : undefined);
    const extent = this.places.extentOf(tensor, box, id);
    const elements = this.checkInside(record, tensor, extent);
    if (record.tile !== undefined) this.writeAccesses.push({ operand: access.operand, tensor, extent });
    const piece = this.writePieces(record, access, tensor, place, extent, elements);
    const operand = access.operand ?? '';
    if (isIn(place.memory, this.readSpots)) this.writeSpots.push({ operand, tensor, place, extent, piece });
    return this.region(operand, tensor, place, extent, elements, piece);
  }

  private region(operand: string, tensor: TensorState, place: Place, extent: Extent, elements: number, piece: Piece | undefined): ResolvedRegion {
    if (this.isTimeless) return new LazyRegion(operand, tensor, place, extent, elements, piece, this.capacityOf);
    return resolveRegion(operand, tensor, place, extent, elements, piece, this.capacityOf(place.memory));
  }

  private writePieces(record: OperationRecord, access: WriteAccess, tensor: TensorState, place: Place, extent: Extent, elements: number): Piece {
    const mode = access.mode ?? 'replace';
    const { buffer } = place;
    const list = listAt(tensor, place);
    const { found } = this;
    list.overlapping(extent, found);
    const parts = this.values.written(record, tensor, place, extent, mode, found);
    let replacedBytes = 0;
    if (buffer !== undefined) {
      // A second write of one operation adds, it does not replace.
      if (mode === 'replace' && buffer.lastWriter !== record.id) {
        replacedBytes = this.replaceAll(record, buffer, elements * tensor.storedBits);
        found.count = 0;
      }
      buffer.lastWriter = record.id;
    }
    const presentBefore = found.count === 0 ? 0 : presentVolume(found, extent, false);
    for (let i = 0; i < found.count; i++) this.supersede(record, found.items[i]!, tensor, place, mode, extent);
    // What is written over contents that are there stays where they are.
    const joined = found.count === 0 || mode === 'replace' ? undefined : coveringFrame(found, extent);
    const removed = found.count > 0;
    if (removed && joined === undefined && buffer !== undefined) this.giveBack(buffer, tensor, extent);
    if (removed) list.remove(extent, record.id);
    const frame = joined?.frame ?? (buffer === undefined ? tensor.whole : extent);
    const address = joined?.address ?? (buffer === undefined ? place.address : this.room.take(record, buffer, elements * tensor.storedBits));
    if (buffer?.hasLeftovers === true || isAnythingIn(place.aliases)) this.displace(record, place, tensor, { address, frame }, extent);
    if (buffer !== undefined) {
      const newBytes = bytesOf(tensor, elements - presentBefore);
      if (newBytes > 0 || replacedBytes > 0) this.room.claim(record, buffer, newBytes, replacedBytes, this.isTimeless);
    }
    return addPieces(list, record, parts, address, frame);
  }

  private giveBack(buffer: BufferState, tensor: TensorState, extent: Extent): void {
    const { found } = this;
    for (let i = 0; i < found.count; i++) {
      const piece = found.items[i]!;
      this.room.giveBack(buffer, tensor, piece, intersection(piece.extent, extent), this.isTimeless ? NOBODY : usersOf(piece, extent));
    }
  }

  /** Ends what lies over the bytes being written in other places. */
  private displace(record: OperationRecord, place: Place, tensor: TensorState, at: { address: number; frame: Extent }, extent: Extent): void {
    displaceAliases(
      record,
      place,
      tensor,
      at,
      extent,
      (user, on) => this.conflict(user, on, 'data'),
      (part) => reportLost(record, part.tensor, part.place, part.piece, part.extents, this.places, this.values.generations, this.log),
    );
  }

  /** Empties a buffer for new contents: the writer waits for whoever wrote or read the old ones. */
  private replaceAll(record: OperationRecord, buffer: BufferState, newBits: number): number {
    const { bits, contents, address } = buffer.place;
    // (Without taking pairs apart: every load into a buffer comes by here.)
    for (const tensor of contents.keys()) {
      const list = contents.get(tensor)!;
      if (list.count === 0) continue;
      for (let old = list.first; old !== undefined; old = old.after) {
        this.supersede(record, old, tensor, buffer.place, 'replace', old.extent);
        if (this.isTimeless) continue;
        const end = (old.address - address) * 8 + bitsOf(tensor, old.frame);
        // Behind the new contents, the next ones would not know of whoever still uses the old ones.
        if (end > newBits) bits.linger((old.address - address) * 8, end, usersOf(old, old.extent));
      }
      list.lastRemover = record.id;
      list.clear();
    }
    // What was released before is old, too: the buffer is empty when its last user has ended.
    if (bits.isInUse) bits.forEachUser(-Infinity, Infinity, (user) => this.conflict(record, user, 'room'));
    bits.empty();
    buffer.hasLeftovers = false;
    const bytes = buffer.claimedBytes - buffer.freedBytes;
    buffer.freedBytes += bytes;
    return bytes;
  }

  private supersede(record: OperationRecord, old: Piece, tensor: TensorState, place: Place, mode: string, extent: Extent): void {
    if (old.writer !== undefined) this.conflict(record, old.writer, 'data');
    const { readers } = old;
    for (let i = 0; i < readers.length; i++) if (overlaps(readers[i]!.extent, extent)) this.conflict(record, readers[i]!.record, 'data');
    if (mode === 'accumulate' || old.unread.length === 0 || old.writerId === record.id || !overlaps(old.extent, extent)) return;
    reportLost(record, tensor, place, old, [intersection(old.extent, extent)], this.places, this.values.generations, this.log);
  }

  private admitRelease(record: OperationRecord, access: RegionAccess): void {
    const { id } = record;
    if (access.buffer === undefined) throw new InputError({ path: pathOf(id), message: 'a release names no buffer' });
    const buffer = this.places.buffer(access.buffer, id);
    const released: Contents[] = [];
    const { contents } = buffer.place;
    if (access.tensor === undefined) for (const [tensor, list] of contents) this.noteReleased(record, buffer, tensor, list, tensor.whole, released);
    else {
      const tensor = this.places.tensors.get(access.tensor);
      const list = tensor === undefined ? undefined : contents.get(tensor);
      if (list !== undefined && list.count > 0) this.noteReleased(record, buffer, tensor!, list, this.places.extentOf(tensor!, access.box, id), released);
    }
    this.room.release(record, buffer, released, this.isTimeless);
  }

  private noteReleased(record: OperationRecord, { place }: BufferState, tensor: TensorState, list: PieceList, extent: Extent, released: Contents[]): void {
    if (list.count === 0) return;
    released.push({ tensor, list, extent });
    if (this.values.generations.isFollowed(tensor)) this.checkReleased(record, place, tensor, list, extent);
  }

  private checkReleased(record: OperationRecord, place: Place, tensor: TensorState, list: PieceList, extent: Extent): void {
    const { found } = this;
    list.overlapping(extent, found);
    for (let i = 0; i < found.count; i++) {
      const piece = found.items[i]!;
      if (piece.writerId !== record.id)
        reportLost(record, tensor, place, piece, [intersection(piece.extent, extent)], this.places, this.values.generations, this.log);
    }
  }

  private conflict(record: OperationRecord, on: OperationRecord, cause: DependenceCause): void {
    if (on === record || on.finished || on.dependencyStamp === record.id) return;
    on.dependencyStamp = record.id;
    this.depend(record, on, cause);
  }

  private readExtent(tensor: TensorState, buffer: BufferState | undefined, access: RegionAccess, list: PieceList, id: number): Extent {
    if (access.box !== undefined || buffer === undefined) return this.places.extentOf(tensor, access.box, id);
    if (list.first === undefined) return tensor.whole;
    return list.count === 1 ? list.first.extent : boundingExtent(list.first);
  }

  private onlyTensorIn(buffer: BufferState | undefined, id: number): TensorState {
    if (buffer === undefined) throw new InputError({ path: pathOf(id), message: 'an access names neither tensor nor buffer' });
    let only: TensorState | undefined;
    let count = 0;
    for (const [tensor, list] of buffer.place.contents) {
      if (list.count === 0) continue;
      only = tensor;
      count++;
    }
    if (only !== undefined && count === 1) return only;
    const held = count === 0 ? 'nothing: no operation before this one writes it, or it was released' : `${count} tensors`;
    throw new InputError({ path: pathOf(id), message: `buffer '${buffer.name}' holds ${held}`, expected: 'an access that names its tensor' });
  }

  /** Returns the elements of the box. */
  private checkInside(record: OperationRecord, tensor: TensorState, extent: Extent): number {
    const elements = volumeOf(extent);
    if (elements > 0 && covers(tensor.whole, extent)) return elements;
    const box = tensor.dims.map((dim, d) => `${dim} ${extent.low[d]}..${extent.high[d]}`).join(', ');
    this.log.report({
      rule: 'shape-mismatch',
      message: `operation ${record.id}: box (${box}) is empty or leaves tensor '${tensor.name}' (${tensor.whole.high.join(' x ')})`,
      advice: 'name a box inside of the tensor',
      operations: [record.id],
      tensor: tensor.name,
    });
    return elements;
  }

  private reportMissing(record: OperationRecord, tensor: TensorState, place: Place, list: PieceList, missing: number, extent: Extent): void {
    const count = `(${missing} of ${volumeOf(extent)} elements)`;
    const released = list.lastRemover >= 0;
    const what = describe(tensor, place);
    this.log.report({
      rule: released ? 'use-after-release' : 'read-before-write',
      message: released
        ? `operation ${record.id} reads ${what}, part of which operation ${list.lastRemover} released or overwrote ${count}`
        : `operation ${record.id} reads ${what}, part of which nobody has written ${count}`,
      advice: released ? `release it after operation ${record.id}, or load it again` : `write it before operation ${record.id}`,
      operations: released ? [list.lastRemover, record.id] : [record.id],
      tensor: tensor.name,
      ...bufferOf(place),
    });
  }
}

const NOBODY: readonly OperationRecord[] = [];

function placeOf(tensor: TensorState, buffer: BufferState | undefined, id: number, what: string): Place {
  if (buffer !== undefined) return buffer.place;
  if (tensor.home.memory >= 0) return tensor.home;
  throw new InputError({
    path: pathOf(id),
    message: `tensor '${tensor.name}' has no home to be ${what}`,
    expected: "a 'buffer' in the access or a 'home' of the tensor",
  });
}

/** All parts of what is written lie in one frame. Returns the first. */
function addPieces(list: PieceList, record: OperationRecord, parts: readonly Part[], address: number, frame: Extent): Piece {
  let first: Piece | undefined;
  for (let i = 0; i < parts.length; i++) {
    const { extent, value } = parts[i]!;
    const piece = new Piece(extent, record, record.id, address, frame, value);
    list.add(piece);
    first ??= piece;
  }
  return first!;
}

/** The piece that holds the whole box, else the first of those that share it. */
function holderOf({ items, count }: Found<Piece>, extent: Extent): Piece | undefined {
  for (let i = 0; i < count; i++) if (covers(items[i]!.extent, extent)) return items[i];
  return count === 0 ? undefined : items[0];
}

/** The first piece whose frame has room for the box. */
function coveringFrame({ items, count }: Found<Piece>, extent: Extent): Piece | undefined {
  for (let i = 0; i < count; i++) if (covers(items[i]!.frame, extent)) return items[i];
  return undefined;
}

function isIn(memory: number, spots: readonly Spot[]): boolean {
  for (let i = 0; i < spots.length; i++) if (spots[i]!.place.memory === memory) return true;
  return false;
}

function listAt(tensor: TensorState, place: Place): PieceList {
  const { contents } = place;
  let list = contents.get(tensor);
  if (list === undefined) {
    list = new PieceList(tensor.whole, place);
    contents.set(tensor, list);
  }
  return list;
}
