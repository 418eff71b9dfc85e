import type { StateExchange } from '../../kernel/state.js';
import type { ResolvedRegion } from '../resolve/operation.js';
import type { BufferState, TensorState } from '../resolve/places.js';
import { RELEASE_CAUSES, type BufferFree, type DependenceCause, type Dependant, type OperationRecord } from '../resolve/record.js';

/** What the states of records speak of by number. */
export interface RecordTables {
  readonly tensors: readonly TensorState[];
  readonly buffers: readonly BufferState[];
  readonly tensorNamed: (name: string) => TensorState;
  readonly bufferOf: (use: BufferState['use']) => BufferState;
  /** Contents that several operations free together, in the order in which they were met. */
  readonly frees: BufferFree[];
}

/** An unfinished operation; its form and tile come from the stream. */
export function exchangeRecord(s: StateExchange, record: OperationRecord, tables: RecordTables): void {
  record.reads = exchangeRegions(s, record.reads, tables);
  record.writes = exchangeRegions(s, record.writes, tables);
  record.scratch = s.number(record.scratch);
  record.startTick = s.tick(record.startTick);
  record.queue = s.number(record.queue);
  record.pendingDependencies = s.number(record.pendingDependencies);
  record.dependencyStamp = s.operationId(record.dependencyStamp);
  record.issued = s.flag(record.issued);
  record.fetchTick = s.tick(record.fetchTick);
  record.readyTick = s.tick(record.readyTick);
  record.issueTick = s.tick(record.issueTick);
  record.releaseCause = RELEASE_CAUSES[s.number(RELEASE_CAUSES.indexOf(record.releaseCause))]!;
  record.releasedBy = s.operationId(record.releasedBy);
  exchangeDependants(s, record);
  exchangeConflicts(s, record);
  exchangeRoom(s, record, tables);
}

/** By number. */
const CAUSES: readonly DependenceCause[] = ['data', 'after', 'room'];

function exchangeDependants(s: StateExchange, record: OperationRecord): void {
  const links: Pick<Dependant, 'record' | 'cause'>[] = [];
  for (let link = record.firstDependant; link !== undefined; link = link.next) links.push(link);
  s.list(links, (link) => {
    const dependant = s.operation(link?.record)!;
    const cause = CAUSES[s.number(CAUSES.indexOf(link?.cause ?? 'data'))]!;
    return { record: dependant, cause };
  });
  if (s.loading) for (const link of links) record.addDependant(link.record, link.cause);
}

function exchangeConflicts(s: StateExchange, record: OperationRecord): void {
  const conflicts = (record.conflicts ?? []).filter((other) => !other.finished);
  s.list(conflicts, (other) => s.operation(other)!);
  if (s.loading && conflicts.length > 0) record.conflicts = conflicts;
}

function exchangeRoom(s: StateExchange, record: OperationRecord, tables: RecordTables): void {
  const claims = [...record.claims];
  s.list(claims, (claim) => ({
    buffer: tables.buffers[s.number(claim === undefined ? 0 : tables.bufferOf(claim.buffer).index)]!.use,
    bytes: s.number(claim?.bytes ?? 0),
    replacedBytes: s.number(claim?.replacedBytes ?? 0),
    freedNeeded: s.number(claim?.freedNeeded ?? 0),
  }));
  const frees = [...record.frees];
  s.list(frees, (free) => exchangeFree(s, free, tables));
  if (!s.loading) return;
  record.claims = claims;
  record.frees = frees;
}

/** One that was met before is told by its number alone. */
function exchangeFree(s: StateExchange, free: BufferFree | undefined, tables: RecordTables): BufferFree {
  const known = s.number(free === undefined ? 0 : tables.frees.indexOf(free));
  if (known >= 0) return tables.frees[known]!;
  const buffer = s.number(free === undefined ? 0 : tables.bufferOf(free.buffer).index);
  const [bytes, remaining] = [s.number(free?.bytes ?? 0), s.number(free?.remaining ?? 0)];
  const met = free ?? { buffer: tables.buffers[buffer]!.use, bytes, remaining };
  tables.frees.push(met);
  return met;
}

function exchangeRegions(s: StateExchange, regions: readonly ResolvedRegion[], tables: RecordTables): ResolvedRegion[] {
  const exchanged = [...regions];
  s.list(exchanged, (region) => {
    const tensor = tables.tensors[s.number(region === undefined ? 0 : tables.tensorNamed(region.tensor).index)]!;
    const memory = s.number(region?.memory ?? 0);
    return {
      operand: s.text(region?.operand ?? ''),
      tensor: tensor.name,
      format: tensor.form.format,
      bitsPerElement: tensor.payloadBits,
      elements: s.number(region?.elements ?? 0),
      memory,
      address: s.address(memory, region?.address ?? 0),
      rowBytes: s.number(region?.rowBytes ?? 0),
      rows: s.number(region?.rows ?? 0),
      pitchBytes: s.number(region?.pitchBytes ?? 0),
      planes: s.number(region?.planes ?? 0),
      planePitchBytes: s.number(region?.planePitchBytes ?? 0),
      bytes: s.number(region?.bytes ?? 0),
      extent: region?.extent,
    };
  });
  return exchanged;
}
