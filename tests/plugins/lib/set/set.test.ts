import { describe, expect, it } from 'vitest';
import { auditOf, type CrosscheckPlugin, type ImporterPlugin, type ReferenceRecord } from '../../../../core/index.js';
import multicorePlugin from '../../../../plugins/crosschecks/multicore-schedule/index.js';
import setImporter from '../../../../plugins/importers/set/index.js';
import { figuresOf, linkBytes, lowerBoundCycles, multicastTree, portShare, readSetRecord, setToSchedule } from '../../../../plugins/lib/set/index.js';
import { toolContext } from '../../../tool-context.js';
import { SMALL_RECORD } from './small-schedule.js';

const multicore = multicorePlugin as CrosscheckPlugin;
const small = readSetRecord(SMALL_RECORD);

describe('figures of a schedule of SET', () => {
  it('a multicast goes along its row first, then along each column', () => {
    const tree = multicastTree(
      [1, 1],
      [
        [2, 0],
        [2, 2],
        [0, 1],
      ],
    );
    expect([...tree].sort()).toEqual(['1,1>0,1', '1,1>2,1', '2,1>2,0', '2,1>2,2']);
    expect(multicastTree([1, 1], [[1, 1]]).size).toBe(0);
  });

  it('a DRAM transfer is spread over the ports without losing a byte', () => {
    expect([0, 1, 2].map((port) => portShare(41, port, 3))).toEqual([13, 14, 14]);
  });

  it('bytes of links, by hand', () => {
    // Weights and inputs: 80 from each port to the other one's core; 41 read back by core 0,0: 21 come from the port at 1,0. Then 40 from 0,0 to 1,1,
    // 40 from 1,0 to 1,1; out of 1,0: 20 to the port at 0,0; out of 1,1: one byte to the port at 1,0.
    expect(Object.fromEntries(linkBytes(small))).toEqual({
      '0,0>1,0': 80 + 40,
      '1,0>0,0': 80 + 21 + 20,
      '1,0>1,1': 40 + 40,
      '1,1>1,0': 1,
    });
  });

  it('totals and the longest path, by hand', () => {
    expect(figuresOf(small)).toMatchObject({
      operations: 4,
      transfers: 7,
      dramReadBytes: 201,
      dramWriteBytes: 41,
      coreToCoreBytes: 80,
      byteHops: 322,
      busiestLinkBytes: 121,
      busiestCoreCycles: 55,
      // a on 0,0, b, then c, which reads what b wrote.
      makespanFreeTransfersCycles: 50 + 20 + 5,
    });
    expect(lowerBoundCycles(small)).toBe(75);
  });

  it('a record is compared under its own names, and its estimate held against the bounds', async () => {
    const record = SMALL_RECORD as unknown as ReferenceRecord;
    expect(multicore.simulate(record, toolContext)).toMatchObject({ 'exact.byte_hops': 322, 'exact.peak_buffer_KB.(1, 1)': 2, lower_bound_cycles: 75 });
    const audit = auditOf(await multicore.audit!(record, toolContext));
    expect(audit.bounds.filter(({ impossible }) => impossible).map(({ resource }) => resource)).toContain('data and core order, transfers free');
    expect(audit).toMatchObject({ impossible: true, estimatedCycles: 20, boundCycles: 75 });
  });
});

describe('a schedule of SET as operations', () => {
  it('reads once for all consumers, from every port, and waits for what is read back', () => {
    const { operations } = setToSchedule(small);
    const list = [...operations];
    const reads = list.filter(({ queue }) => String(queue).startsWith('dram'));
    expect(reads).toHaveLength(6);
    expect(reads[0]).toMatchObject({ queue: 'dram0.dma', writes: [{ buffer: 'core_0_0.data' }, { buffer: 'core_1_0.data' }] });
    const back = reads.filter(({ layer }) => layer === 'c');
    for (const { after } of back) expect(after!.map((id) => list[id]!.kind)).toEqual(['transfer', 'transfer', 'transfer']);
  });

  it('the cycles of an operation stay the same in however many parts it leaves', () => {
    const cycles = [...setToSchedule(small).operations].reduce((sum, operation) => sum + ((operation.with as { cycles?: number } | undefined)?.cycles ?? 0), 0);
    expect(cycles).toBe(105);
  });
});

describe('what is no schedule of SET', () => {
  const importer = setImporter as ImporterPlugin;
  const read = (document: unknown, config: Record<string, unknown> = { dies: 1 }): unknown =>
    importer.read([{ fileName: 'x.json', bytes: new TextEncoder().encode(JSON.stringify(document)), readSibling: () => undefined }], config, toolContext);
  const file = (record: unknown): object => ({ tesseraReference: 1, kind: 'multicore-schedule', records: [record] });
  const changed = (change: (record: typeof SMALL_RECORD) => void): object => {
    const record = structuredClone(SMALL_RECORD);
    change(record);
    return file(record);
  };

  it.each<[string, object, RegExp]>([
    ['no records', { tesseraReference: 1, kind: 'multicore-schedule', records: [] }, /records: there are no schedules in it/],
    [
      'a core outside of the mesh',
      changed((record) => (record.schedule.operations[0]!.core = [2, 0])),
      /records\.0\.schedule\.operations\.0\.core: .* a place in the mesh/,
    ],
    ['a transfer that nobody makes', changed((record) => (record.schedule.operations[0]!.in = [99])), /there is none 99/],
    ['two operations of one number', changed((record) => (record.schedule.operations[1]!.op = 0)), /not 0 again/],
    ['operations in a circle', changed((record) => (record.schedule.operations[0]!.in = [12])), /waits for itself in a circle/],
    ['a mesh without end', changed((record) => (record.config.mesh = [1e6, 1e6])), /1 to 4096 cores/],
  ])('%s', (_, document, message) => {
    expect(() => read(document)).toThrow(message);
  });

  it('names the records that there are', () => {
    expect(() => read(file(SMALL_RECORD), { dies: 1, record: 'other' })).toThrow(/no record 'other'; expected one of small/);
  });
});
