import { InputError } from '../../errors.js';
import { CoverageCheck } from './coverage.js';
import { boundingExtent, covers, overlaps, volumeOf, type Extent } from '../resolve/extent.js';
import type { RegionAccess, ScheduleHeader, WriteAccess } from '../form/form.js';
import { geometryOf, type Geometry } from '../resolve/geometry.js';
import type { ResolvedRegion } from '../resolve/operation.js';
import { noteReader, PieceList, presentVolume, type Piece } from '../resolve/pieces.js';
import type { BufferState, Places, TensorState } from '../resolve/places.js';
import type { BufferClaim, BufferFree, OperationRecord } from '../resolve/record.js';
import { checkReduction, checkTransferShape } from './transfer-shape.js';
import type { ViolationLog } from './violations.js';

/**
 * Walks the schedule in program order and derives, for each operation, where its data lie, which operations it conflicts
 * with (RAW, WAR, WAW by regions) and how much room it takes and frees. What cannot be legal in any timing is reported
 * here; timing-dependent races are the executor's to see.
 */
export class HazardTracker {
  readonly coverage: CoverageCheck;

  /**
   * @param depend called for each unfinished operation that the first argument conflicts with
   */
  constructor(
    header: ScheduleHeader,
    private readonly places: Places,
    private readonly log: ViolationLog,
    private readonly depend: (record: OperationRecord, on: OperationRecord) => void,
  ) {
    this.coverage = new CoverageCheck(header.layers ?? {}, log);
  }

  /** Takes the next operation of the stream. */
  admit(record: OperationRecord): void {
    const { form } = record;
    const where = `operation ${record.id}`;
    for (const access of form.reads ?? []) record.reads.push(this.admitRead(record, access, where));
    const claims: BufferClaim[] = [];
    for (const access of form.writes ?? []) record.writes.push(this.admitWrite(record, access, claims, where));
    if (claims.length > 0) record.claims = claims;
    for (const access of form.releases ?? []) this.admitRelease(record, access, where);
    if (form.reduce !== undefined) checkReduction(record);
    if (form.kind === 'transfer') checkTransferShape(record, this.log);
    if (form.kind === 'compute' || form.kind === 'pim') this.coverage.add(record.id, form);
  }

  private admitRead(record: OperationRecord, access: RegionAccess, where: string): ResolvedRegion {
    const buffer = access.buffer === undefined ? undefined : this.places.buffer(access.buffer, where);
    const tensor = this.places.tensor(access.tensor ?? this.onlyTensorIn(buffer, where), where);
    if (buffer === undefined && tensor.memory < 0) {
      throw new InputError({
        path: where,
        message: `tensor '${tensor.name}' has no home to be read from`,
        expected: "a 'buffer' in the access or a 'home' of the tensor",
      });
    }
    const list = listAt(tensor, buffer);
    const extent = this.readExtent(tensor, buffer, access, list, where);
    this.checkInside(record, tensor, extent);
    const pieces = list.overlapping(extent);
    const reading = { record, extent };
    for (const piece of pieces) {
      if (piece.writer !== undefined) this.conflict(record, piece.writer);
      noteReader(piece, reading);
    }
    if (presentVolume(pieces, extent) < volumeOf(extent)) this.reportMissing(record, tensor, buffer, list);
    return resolve(access.operand ?? '', tensor, buffer, extent, holderOf(pieces, extent));
  }

  private admitWrite(record: OperationRecord, access: WriteAccess, claims: BufferClaim[], where: string): ResolvedRegion {
    const source = record.form.reads?.[0];
    const buffer = access.buffer === undefined ? undefined : this.places.buffer(access.buffer, where);
    const name = access.tensor ?? source?.tensor ?? record.reads[0]?.tensor;
    if (name === undefined) throw new InputError({ path: where, message: 'a write names no tensor and there is no read to take it from' });
    const tensor = this.places.tensor(name, where);
    if (buffer === undefined && tensor.memory < 0) {
      throw new InputError({
        path: where,
        message: `tensor '${name}' has no home to be written to`,
        expected: "a 'buffer' in the access or a 'home' of the tensor",
      });
    }
    const box = access.box ?? (access.tensor === undefined || access.tensor === source?.tensor ? source?.box : undefined);
    const extent = this.places.extentOf(tensor, box, where);
    this.checkInside(record, tensor, extent);
    const piece = this.writePiece(record, access, tensor, buffer, extent, claims);
    return resolve(access.operand ?? '', tensor, buffer, extent, piece);
  }

  private writePiece(
    record: OperationRecord,
    access: WriteAccess,
    tensor: TensorState,
    buffer: BufferState | undefined,
    extent: Extent,
    claims: BufferClaim[],
  ): Piece {
    const mode = access.mode ?? 'replace';
    let replacedBytes = 0;
    for (const alias of buffer?.aliases ?? []) this.displace(record, alias, claims);
    if (mode === 'replace' && buffer !== undefined && !ownsContents(buffer, record)) {
      replacedBytes = this.replaceAll(record, buffer);
    }
    const list = listAt(tensor, buffer);
    const former = list.overlapping(extent);
    const presentBefore = presentVolume(former, extent);
    for (const old of former) this.supersede(record, old, tensor, buffer, mode, extent);
    if (former.length > 0) list.remove(extent, record.id);
    // What is written over contents that are there stays where they are.
    const joined = mode === 'accumulate' ? former[0] : mode === 'add' ? former.find((old) => covers(old.frame, extent)) : undefined;
    if (buffer !== undefined) {
      const newBytes = bytesOf(tensor, volumeOf(extent) - presentBefore);
      const at = buffer.address + (buffer.bytes > 0 ? (buffer.claimedBytes - buffer.freedBytes) % buffer.bytes : 0);
      if (newBytes > 0 || replacedBytes > 0) claims.push(this.claim(record, buffer, newBytes, replacedBytes));
      const piece = makePiece(extent, record, joined?.address ?? at, joined?.frame ?? extent);
      list.add(piece);
      return piece;
    }
    const piece = makePiece(extent, record, tensor.address, tensor.whole);
    list.add(piece);
    return piece;
  }

  /** Ends the contents of a buffer that lies over the bytes being written. */
  private displace(record: OperationRecord, alias: BufferState, claims: BufferClaim[]): void {
    for (const user of alias.lingering) this.conflict(record, user);
    alias.lingering = [];
    if (alias.claimedBytes === alias.freedBytes) return;
    const replacedBytes = this.replaceAll(record, alias);
    claims.push({ buffer: alias.use, bytes: 0, replacedBytes, freedNeeded: 0 });
  }

  /** Empties a buffer for new contents: the writer waits for whoever wrote or read the old ones. */
  private replaceAll(record: OperationRecord, buffer: BufferState): number {
    for (const [name, list] of buffer.contents) {
      const tensor = this.places.tensor(name, buffer.name);
      for (const old of list.pieces) {
        this.supersede(record, old, tensor, buffer, 'replace', old.extent);
        list.lastRemover = record.id;
      }
      list.pieces.length = 0;
    }
    const bytes = buffer.claimedBytes - buffer.freedBytes;
    buffer.freedBytes += bytes;
    return bytes;
  }

  private supersede(record: OperationRecord, old: Piece, tensor: TensorState, buffer: BufferState | undefined, mode: string, extent: Extent): void {
    if (old.writer !== undefined) this.conflict(record, old.writer);
    for (const reader of old.readers) if (overlaps(reader.extent, extent)) this.conflict(record, reader.record);
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

  private admitRelease(record: OperationRecord, access: RegionAccess, where: string): void {
    if (access.buffer === undefined) throw new InputError({ path: where, message: 'a release names no buffer' });
    const buffer = this.places.buffer(access.buffer, where);
    const users = new Set<OperationRecord>([record]);
    let bytes = 0;
    for (const [name, list] of buffer.contents) {
      if (access.tensor !== undefined && access.tensor !== name) continue;
      const tensor = this.places.tensor(name, where);
      const extent = this.places.extentOf(tensor, access.tensor === undefined ? undefined : access.box, where);
      for (const piece of list.overlapping(extent)) {
        if (piece.writer?.finished === false) users.add(piece.writer);
        for (const { record: reader, extent: read } of piece.readers) if (!reader.finished && overlaps(read, extent)) users.add(reader);
      }
      bytes += bytesOf(tensor, list.remove(extent, record.id));
    }
    bytes = Math.min(bytes, buffer.claimedBytes - buffer.freedBytes);
    if (bytes === 0) return;
    buffer.freedBytes += bytes;
    const free: BufferFree = { buffer: buffer.use, bytes, remaining: users.size };
    for (const user of users) user.frees = [...user.frees, free];
    if (buffer.aliases.length > 0) buffer.lingering = [...buffer.lingering.filter((user) => !user.finished), ...users];
  }

  private conflict(record: OperationRecord, on: OperationRecord): void {
    if (on === record || on.finished || on.dependencyStamp === record.id) return;
    on.dependencyStamp = record.id;
    this.depend(record, on);
  }

  private readExtent(tensor: TensorState, buffer: BufferState | undefined, access: RegionAccess, list: PieceList, where: string): Extent {
    if (access.box === undefined && buffer !== undefined) {
      return boundingExtent(list.pieces.map((piece) => piece.extent)) ?? tensor.whole;
    }
    return this.places.extentOf(tensor, access.box, where);
  }

  private onlyTensorIn(buffer: BufferState | undefined, where: string): string {
    const names = [...(buffer?.contents ?? [])].filter(([, list]) => list.pieces.length > 0).map(([name]) => name);
    if (names.length === 1) return names[0] as string;
    if (buffer === undefined) throw new InputError({ path: where, message: 'an access names neither tensor nor buffer' });
    const held = names.length === 0 ? 'nothing: no operation before this one writes it, or it was released' : `${names.length} tensors`;
    throw new InputError({ path: where, message: `buffer '${buffer.name}' holds ${held}`, expected: 'an access that names its tensor' });
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
function holderOf(pieces: readonly Piece[], extent: Extent): Piece | undefined {
  for (let i = 0; i < pieces.length; i++) if (covers(pieces[i]!.extent, extent)) return pieces[i];
  return pieces[0];
}

function listAt(tensor: TensorState, buffer: BufferState | undefined): PieceList {
  if (buffer === undefined) return tensor.atHome;
  let list = buffer.contents.get(tensor.name);
  if (list === undefined) {
    list = new PieceList();
    buffer.contents.set(tensor.name, list);
  }
  return list;
}

/** True when this very operation has filled the buffer already: a second write of it adds, it does not replace. */
function ownsContents(buffer: BufferState, record: OperationRecord): boolean {
  for (const list of buffer.contents.values()) {
    for (const piece of list.pieces) if (piece.writerId === record.id) return true;
  }
  return false;
}

function makePiece(extent: Extent, writer: OperationRecord, address: number, frame: Extent): Piece {
  return { extent, writer, writerId: writer.id, readers: [], wasRead: false, address, frame };
}

function bytesOf(tensor: TensorState, elements: number): number {
  return Math.ceil((elements * tensor.storedBits) / 8);
}

function describePlace(tensor: TensorState, buffer: BufferState | undefined): string {
  return buffer === undefined ? `tensor '${tensor.name}'` : `tensor '${tensor.name}' in buffer '${buffer.name}'`;
}

function resolve(operand: string, tensor: TensorState, buffer: BufferState | undefined, extent: Extent, piece: Piece | undefined): ResolvedRegion {
  const elements = volumeOf(extent);
  const frame = piece?.frame ?? extent;
  const inside = covers(frame, extent);
  const framed = geometryOf(inside ? frame : extent, extent, tensor.storedBits);
  const geometry = buffer !== undefined && spanOf(framed) > buffer.bytes ? geometryOf(extent, extent, tensor.storedBits) : framed;
  const start = (piece?.address ?? buffer?.address ?? tensor.address) + geometry.offset;
  // Additions to a buffer go where the older ones end, modulo its size: what would stick out at its end is moved back in.
  const address = buffer === undefined ? start : Math.max(buffer.address, Math.min(start, buffer.address + buffer.bytes - spanOf(geometry)));
  return {
    operand,
    tensor: tensor.name,
    format: tensor.form.format,
    bitsPerElement: tensor.payloadBits,
    elements,
    memory: buffer?.memory ?? tensor.memory,
    address,
    rowBytes: geometry.rowBytes,
    rows: geometry.rows,
    pitchBytes: geometry.pitchBytes,
    planes: geometry.planes,
    planePitchBytes: geometry.planePitchBytes,
    bytes: Math.ceil((elements * tensor.storedBits) / 8),
  };
}

/** Bytes from the first to the last byte of a strided access. */
function spanOf({ rowBytes, rows, pitchBytes, planes, planePitchBytes }: Geometry): number {
  return (planes - 1) * planePitchBytes + (rows - 1) * pitchBytes + rowBytes;
}
