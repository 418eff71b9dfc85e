import { expect, it } from 'vitest';
import { auditOf } from '../../../core/analysis/audit/audit.js';
import type { CrosscheckPlugin, ReferenceRecord } from '../../../core/index.js';
import timeloopEstimate from '../../../plugins/crosschecks/timeloop-estimate/index.js';
import { atOnce, toolContext } from '../../tool-context.js';

const plugin = timeloopEstimate as unknown as CrosscheckPlugin;

const dosa: ReferenceRecord = {
  id: 'a',
  config: {
    pe_array: [16, 16],
    accumulator: { entries_per_column: 16384, instances: 16, word_bits: 32, shared_bandwidth_words_per_cycle_per_instance: 2 },
    scratchpad: { entries: 2 ** 20, word_bits: 8, shared_bandwidth_words_per_cycle: 32 },
    dram: { word_bits: 8, shared_bandwidth_words_per_cycle: 8 },
  },
  workload: { shape: 'cnn-layer', R: 1, S: 1, P: 128, Q: 1, C: 768, K: 768, N: 1, Wstride: 1, Hstride: 1 },
  mapping: 'L3[WIO] K6 - L2[WI] N1 K16X - L1[O] K8 C48 P4 C16X - L0[W] P32',
  expected: { cycles: 294_912 },
};

const level = (name: string, dataspaces: object, more: object = {}): object => ({
  name,
  instances: '1 (1*1)',
  word_bits: 8,
  block_size: 1,
  vector_access_energy_pJ: 1,
  dataspaces,
  ...more,
});
const levels: ReferenceRecord = {
  id: 'b',
  config: {
    levels: [
      { name: 'mac', instances: '1 (1*1)', compute_energy_pJ: 1 },
      level('buffer', { Inputs: { reads: 48, fills: 18, updates: 0 }, Outputs: { reads: 32, fills: 0, updates: 48 } }, { read_bw: 1 }),
      level('DRAM', { Weights: { reads: 48, fills: 0, updates: 0 } }, { block_size: 4 }),
    ],
  },
  workload: {
    shape: {
      dimensions: ['R', 'P'],
      data_spaces: [
        { name: 'Weights', projection: [[['R']]] },
        { name: 'Inputs', projection: [[['R'], ['P']]] },
        { name: 'Outputs', projection: [[['P']]], read_write: true },
      ],
    },
    instance: { R: 3, P: 16, densities: {} },
  },
  mapping_text:
    'DRAM [ Weights:3 (3) Inputs:18 (18) Outputs:16 (16) ]\nbuffer [ Inputs:18 (18) Outputs:16 (16) ]\n| for R in [0:3)\n|   for P in [0:16)\n|     << Compute >>\n',
  expected: { cycles: 80, energy_uJ: 0 },
};

const simulate = (record: ReferenceRecord): Readonly<Record<string, number>> => atOnce(plugin.simulate(record, toolContext));

it('works out records of DOSA', () => {
  expect(simulate(dosa)).toMatchObject({ cycles: 294_912, utilisation: 1 });
  expect(simulate(dosa)).not.toHaveProperty('energy_uJ');
});

it('works out outputs with their levels: one port takes 48 inputs and 32 sums', () => {
  // Weights come straight from DRAM, one for each operation; each of 48 operations updates a sum that 32 of them read before.
  const vectors = 48 + 18 + 32 + 48 + (48 / 4 + Math.ceil(18 / 4) + 16 / 4);
  expect(simulate(levels)).toMatchObject({ cycles: 80, computes: 48, utilization_pct: 60, 'energy_breakdown.Total': (1000 * (48 + vectors)) / 48 });
  const stated = plugin.stated!(levels);
  expect(simulate(levels)).toMatchObject(stated);
  expect(Object.keys(stated)).toContain('levels.buffer.Outputs.updates');
});

it('keeps sparse records apart', () => {
  const sparse = { ...levels, workload: { ...levels.workload, instance: { R: 3, P: 16, densities: { Weights: { density: 0.5 } } } } };
  expect(simulate(sparse)).toEqual({ 'sparse_as_dense.cycles': 80, 'sparse_as_dense.computes': 48 });
  expect(plugin.stated!(sparse)).toEqual({ 'sparse_as_dense.cycles': 80 });
  expect(() => plugin.audit!(sparse, toolContext)).toThrow(/Weights is not dense/);
});

it('holds the estimate against the ports', () => {
  const { boundCycles } = auditOf(atOnce(plugin.audit!(levels, toolContext)));
  expect(boundCycles).toBe(80);
});

it.each([
  [{ ...dosa, mapping: 7 }, /the record has no mapping/],
  [{ ...dosa, config: { ...dosa.config, pe_array: 16 } }, /config\.pe_array/],
  [{ ...dosa, workload: { ...dosa.workload, P: 0 } }, /workload\.instance\.P/],
  [{ ...levels, config: { levels: [] } }, /config\.levels/],
  [{ ...levels, mapping_text: 'DRAM [ Weights:3 (3) ]' }, /breaks off/],
])('refuses what is not whole', (record, message) => expect(() => simulate(record)).toThrow(message));
