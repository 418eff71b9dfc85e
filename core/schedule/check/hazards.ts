import { InputError } from '../../errors.js';
import type { StateExchange } from '../../kernel/state.js';
import { LayerViews } from '../../mapping/layer-views.js';
import { Found } from '../resolve/boxed.js';
import { boundingExtent, covers, overlaps, volumeOf, type Extent } from '../resolve/extent.js';
import type { TileView } from '../../mapping/tile-view.js';
import type { RegionAccess, ScheduleHeader, ScheduleOperation, WriteAccess } from '../form/form.js';
import type { ResolvedRegion } from '../resolve/operation.js';
import { Piece, PieceList, presentVolume } from '../resolve/pieces.js';
import { pathOf, type BufferState, type Places, type TensorState } from '../resolve/places.js';
import type { BufferClaim, BufferFree, OperationRecord } from '../resolve/record.js';
import { resolveRegion } from '../resolve/region.js';
import { CoverageCheck } from './coverage.js';
import { checkReduction, checkTransferShape } from './transfer-shape.js';
import type { ViolationLog } from './violations.js';

/**
 * Walks the schedule in program order and derives, for each operation, where its data lie, which operations it conflicts
 * with (RAW, WAR, WAW by regions) and how much room it takes and frees. What cannot be legal in any timing is reported
 * here; timing-dependent races are the executor's to see.
 */
export class HazardTracker {
  readonly coverage: CoverageCheck;
  private readonly layers: LayerViews;
  private readonly found = new Found<Piece>();

  /**
   * @param depend called for each unfinished operation that the first argument conflicts with
   */
  constructor(
    header: ScheduleHeader,
    private readonly places: Places,
    private readonly log: ViolationLog,
    private readonly depend: (record: OperationRecord, on: OperationRecord) => void,
  ) {
    this.layers = new LayerViews(header);
    this.coverage = new CoverageCheck(this.layers.layers, log);
  }

  /** Takes the next operation of the stream. */
  admit(record: OperationRecord): void {
    const { form } = record;
    const { reads, writes, releases } = form;
    record.tile = this.tileOf(form, record.id);
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
    if (record.tile !== undefined) this.coverage.add(record.id, form, record.tile);
  }

  state(s: StateExchange): void {
    this.places.state(s);
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
    if (buffer === undefined && tensor.memory < 0) {
      throw new InputError({
        path: pathOf(id),
        message: `tensor '${tensor.name}' has no home to be read from`,
        expected: "a 'buffer' in the access or a 'home' of the tensor",
      });
    }
    const list = listAt(tensor, buffer);
    const extent = this.readExtent(tensor, buffer, access, list, id);
    this.checkInside(record, tensor, extent);
    const { found } = this;
    list.overlapping(extent, found);
    if (found.count > 0) this.noteReading(record, extent);
    if (presentVolume(found, extent) < volumeOf(extent)) this.reportMissing(record, tensor, buffer, list);
    return resolveRegion(access.operand ?? '', tensor, buffer, extent, holderOf(found, extent));
  }

  /** The pieces that were found are read: their writers must have ended. */
  private noteReading(record: OperationRecord, extent: Extent): void {
    const { items, count } = this.found;
    const reading = { record, extent };
    for (let i = 0; i < count; i++) {
      const piece = items[i]!;
      if (piece.writer !== undefined) this.conflict(record, piece.writer);
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
    if (buffer === undefined && tensor.memory < 0) {
      throw new InputError({
        path: pathOf(id),
        message: `tensor '${name}' has no home to be written to`,
        expected: "a 'buffer' in the access or a 'home' of the tensor",
      });
    }
    const box = access.box ?? (access.tensor === undefined || access.tensor === source?.tensor ? source?.box : undefined);
    const extent = this.places.extentOf(tensor, box, id);
    this.checkInside(record, tensor, extent);
    const piece = this.writePiece(record, access, tensor, buffer, extent);
    return resolveRegion(access.operand ?? '', tensor, buffer, extent, piece);
  }

  private writePiece(record: OperationRecord, access: WriteAccess, tensor: TensorState, buffer: BufferState | undefined, extent: Extent): Piece {
    const mode = access.mode ?? 'replace';
    let replacedBytes = 0;
    if (buffer !== undefined) {
      for (let i = 0; i < buffer.aliases.length; i++) this.displace(record, buffer.aliases[i]!);
      // A second write of one operation adds, it does not replace.
      if (mode === 'replace' && buffer.lastWriter !== record.id) replacedBytes = this.replaceAll(record, buffer);
      buffer.lastWriter = record.id;
    }
    const list = listAt(tensor, buffer);
    const { found } = this;
    list.overlapping(extent, found);
    const presentBefore = presentVolume(found, extent);
    for (let i = 0; i < found.count; i++) this.supersede(record, found.items[i]!, tensor, buffer, mode, extent);
    // What is written over contents that are there stays where they are.
    const joined = found.count === 0 ? undefined : mode === 'accumulate' ? found.items[0] : mode === 'add' ? coveringFrame(found, extent) : undefined;
    if (found.count > 0) list.remove(extent, record.id);
    const piece = this.pieceFor(record, tensor, buffer, extent, joined);
    if (buffer !== undefined) {
      const newBytes = bytesOf(tensor, volumeOf(extent) - presentBefore);
      if (newBytes > 0 || replacedBytes > 0) claimOf(record, this.claim(record, buffer, newBytes, replacedBytes));
    }
    list.add(piece);
    return piece;
  }

  private pieceFor(record: OperationRecord, tensor: TensorState, buffer: BufferState | undefined, extent: Extent, joined: Piece | undefined): Piece {
    if (buffer === undefined) return new Piece(extent, record, record.id, tensor.address, tensor.whole, false);
    if (joined !== undefined) return new Piece(extent, record, record.id, joined.address, joined.frame, false);
    const at = buffer.address + (buffer.bytes > 0 ? (buffer.claimedBytes - buffer.freedBytes) % buffer.bytes : 0);
    return new Piece(extent, record, record.id, at, extent, false);
  }

  /** Ends the contents of a buffer that lies over the bytes being written. */
  private displace(record: OperationRecord, alias: BufferState): void {
    for (const user of alias.lingering) this.conflict(record, user);
    alias.lingering = [];
    if (alias.claimedBytes === alias.freedBytes) return;
    const replacedBytes = this.replaceAll(record, alias);
    claimOf(record, { buffer: alias.use, bytes: 0, replacedBytes, freedNeeded: 0 });
  }

  /** Empties a buffer for new contents: the writer waits for whoever wrote or read the old ones. */
  private replaceAll(record: OperationRecord, buffer: BufferState): number {
    for (const [tensor, list] of buffer.contents) {
      if (list.count === 0) continue;
      for (let old = list.first; old !== undefined; old = old.after) this.supersede(record, old, tensor, buffer, 'replace', old.extent);
      list.lastRemover = record.id;
      list.clear();
    }
    const bytes = buffer.claimedBytes - buffer.freedBytes;
    buffer.freedBytes += bytes;
    return bytes;
  }

  private supersede(record: OperationRecord, old: Piece, tensor: TensorState, buffer: BufferState | undefined, mode: string, extent: Extent): void {
    if (old.writer !== undefined) this.conflict(record, old.writer);
    const { readers } = old;
    for (let i = 0; i < readers.length; i++) if (overlaps(readers[i]!.extent, extent)) this.conflict(record, readers[i]!.record);
    if (mode === 'accumulate' || old.wasRead || old.writerId === record.id) return;
    this.log.report({
      rule: 'overwrite-of-live-data',
      message: `operation ${record.id} overwrites ${describePlace(tensor, buffer)} that operation ${old.writerId} wrote and nobody has read`,
      operations: [old.writerId, record.id],
      tensor: tensor.name,
      ...(buffer === undefined ? {} : { buffer: buffer.name }),
    });
  }

  private claim(record: OperationRecord, buffer: BufferState, bytes: number, replacedBytes: number): BufferClaim {
    buffer.claimedBytes += bytes;
    const occupied = buffer.claimedBytes - buffer.freedBytes;
    if (occupied > buffer.bytes) {
      this.log.report({
        rule: 'capacity-overflow',
        message: `operation ${record.id} needs ${occupied} bytes in buffer '${buffer.name}' of ${buffer.bytes} bytes`,
        operations: [record.id],
        buffer: buffer.name,
      });
      return { buffer: buffer.use, bytes, replacedBytes, freedNeeded: 0 };
    }
    return { buffer: buffer.use, bytes, replacedBytes, freedNeeded: Math.max(0, buffer.claimedBytes - buffer.bytes - replacedBytes) };
  }

  private admitRelease(record: OperationRecord, access: RegionAccess): void {
    const { id } = record;
    if (access.buffer === undefined) throw new InputError({ path: pathOf(id), message: 'a release names no buffer' });
    const buffer = this.places.buffer(access.buffer, id);
    const users = new Set<OperationRecord>([record]);
    let bytes = 0;
    for (const [tensor, list] of buffer.contents) {
      if (list.count === 0 || (access.tensor !== undefined && access.tensor !== tensor.name)) continue;
      const extent = this.places.extentOf(tensor, access.tensor === undefined ? undefined : access.box, id);
      this.addUsers(list, extent, users);
      bytes += bytesOf(tensor, list.remove(extent, id));
    }
    bytes = Math.min(bytes, buffer.claimedBytes - buffer.freedBytes);
    if (bytes === 0) return;
    buffer.freedBytes += bytes;
    const free: BufferFree = { buffer: buffer.use, bytes, remaining: users.size };
    for (const user of users) user.frees = [...user.frees, free];
    if (buffer.aliases.length > 0) buffer.lingering = [...buffer.lingering.filter((user) => !user.finished), ...users];
  }

  /** Whoever wrote or read the contents and is still under way. */
  private addUsers(list: PieceList, extent: Extent, users: Set<OperationRecord>): void {
    const { found } = this;
    list.overlapping(extent, found);
    for (let i = 0; i < found.count; i++) {
      const piece = found.items[i]!;
      if (piece.writer?.finished === false) users.add(piece.writer);
      for (const { record: reader, extent: read } of piece.readers) if (!reader.finished && overlaps(read, extent)) users.add(reader);
    }
  }

  private conflict(record: OperationRecord, on: OperationRecord): void {
    if (on === record || on.finished || on.dependencyStamp === record.id) return;
    on.dependencyStamp = record.id;
    this.depend(record, on);
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
    for (const [tensor, list] of buffer.contents) {
      if (list.count === 0) continue;
      only = tensor;
      count++;
    }
    if (only !== undefined && count === 1) return only;
    const held = count === 0 ? 'nothing: no operation before this one writes it, or it was released' : `${count} tensors`;
    throw new InputError({ path: pathOf(id), message: `buffer '${buffer.name}' holds ${held}`, expected: 'an access that names its tensor' });
  }

  private checkInside(record: OperationRecord, tensor: TensorState, extent: Extent): void {
    if (covers(tensor.whole, extent) && volumeOf(extent) > 0) return;
    const box = tensor.dims.map((dim, d) => `${dim} ${extent.low[d]}..${extent.high[d]}`).join(', ');
    this.log.report({
      rule: 'shape-mismatch',
      message: `operation ${record.id}: box (${box}) is empty or leaves tensor '${tensor.name}' (${tensor.whole.high.join(' x ')})`,
      operations: [record.id],
      tensor: tensor.name,
    });
  }

  private reportMissing(record: OperationRecord, tensor: TensorState, buffer: BufferState | undefined, list: PieceList): void {
    const released = buffer !== undefined && list.lastRemover >= 0;
    const place = describePlace(tensor, buffer);
    this.log.report({
      rule: released ? 'use-after-release' : 'read-before-write',
      message: released
        ? `operation ${record.id} reads ${place}, part of which operation ${list.lastRemover} released or overwrote`
        : `operation ${record.id} reads ${place}, part of which nobody has written`,
      operations: released ? [list.lastRemover, record.id] : [record.id],
      tensor: tensor.name,
      ...(buffer === undefined ? {} : { buffer: buffer.name }),
    });
  }
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

function listAt(tensor: TensorState, buffer: BufferState | undefined): PieceList {
  if (buffer === undefined) return tensor.atHome;
  let list = buffer.contents.get(tensor);
  if (list === undefined) {
    list = new PieceList(tensor.whole);
    buffer.contents.set(tensor, list);
  }
  return list;
}

function claimOf(record: OperationRecord, claim: BufferClaim): void {
  record.claims = record.claims.length === 0 ? [claim] : [...record.claims, claim];
}

function bytesOf(tensor: TensorState, elements: number): number {
  return Math.ceil((elements * tensor.storedBits) / 8);
}

function describePlace(tensor: TensorState, buffer: BufferState | undefined): string {
  return buffer === undefined ? `tensor '${tensor.name}'` : `tensor '${tensor.name}' in buffer '${buffer.name}'`;
}
