import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { specificationOfRecord } from '../../../../plugins/memories/dram/records.js';
import { DramSystem } from '../../../../plugins/memories/dram/system.js';

it('a record of more channels than can be built is refused before any is', () => {
  const file = path.resolve(import.meta.dirname, '../../../golden/dram-dramsim3.json');
  const { records } = JSON.parse(readFileSync(file, 'utf8')) as { records: { config: Parameters<typeof specificationOfRecord>[0] }[] };
  const specification = { ...specificationOfRecord(records[0]!.config), channels: 1_000_000 };
  expect(() => new DramSystem(specification, { completed() {} })).toThrow('1000000 channels of 16 banks are too many; expected at most 16384 banks in all');
});
