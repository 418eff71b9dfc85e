import { readFileSync } from 'node:fs';
import { runRecord } from 'tessera-sim/dram';
import { bestOf, cpuSeconds, type Bench, type BenchReport } from './measure.js';

interface Record {
  readonly id: string;
  readonly config: Readonly<{ [key: string]: unknown }>;
  readonly workload: Readonly<{ [key: string]: unknown }>;
  readonly reference_cpu_seconds: number;
}

/** Records to compare with, how many times longer the run is, and the bar. */
const CASES = [
  { peer: 'ramulator2', id: 'r2_ddr4_2400r_x8_1r/speed_seq', times: 20, bar: 5 },
  { peer: 'ramulator2', id: 'r2_ddr4_2400r_x8_1r/speed_rand', times: 20, bar: 5 },
  { peer: 'ramulator2', id: 'r2_ddr4_2400r_x8_1r/speed_low', times: 400, bar: 50 },
  { peer: 'dramsim3', id: 'ds3_ddr4_2400_x8_1r/speed_seq', times: 10, bar: 1 },
  { peer: 'dramsim3', id: 'ds3_ddr4_2400_x8_1r/speed_rand', times: 10, bar: 1 },
  { peer: 'dramsim3', id: 'ds3_ddr4_2400_x8_1r/speed_low', times: 100, bar: 1 },
] as const;

/** CPU time per request against the CPU time that the reference simulator took for the same trace (in its record). */
export const dramBench: Bench = {
  name: 'dram',
  summary: 'DRAM requests per CPU second against Ramulator 2.1 and DRAMsim3',
  run,
};

function run(): BenchReport {
  const measurements: { [name: string]: number } = {};
  const ratios: { name: string; value: number; bar: number }[] = [];
  for (const { peer, id, times, bar } of CASES) {
    const record = recordOf(peer, id);
    const requests = Number(record.workload['n']) * times;
    const workload = { ...record.workload, n: requests };
    const { own = 0 } = bestOf(3, { own: () => cpuSeconds(() => runRecord(record.config, workload)) / requests });
    const reference = record.reference_cpu_seconds / Number(record.workload['n']);
    const name = `${peer} ${id.slice(id.indexOf('/') + 1)}`;
    measurements[`${name}: ns a request`] = own * 1e9;
    ratios.push({ name: `${name}: times faster than ${peer}`, value: reference / own, bar });
  }
  return { name: 'dram', measurements, ratios, notes: ['the reference times are those of its own records, taken on another, busy machine; the bar for dramsim3 is ours'] };
}

function recordOf(peer: string, id: string): Record {
  const file = JSON.parse(readFileSync(new URL(`../../tests/golden/dram-${peer}.json`, import.meta.url), 'utf8')) as { records: Record[] };
  const found = file.records.find((record) => record.id === id);
  if (found === undefined) throw new Error(`no record ${id}`);
  return found;
}
