/**
 * Runs the BookSim2 records of a file and prints simulated against measured: `node build/.../bench/noc-records.js FILE [filter]`.
 */
import { readFileSync } from 'node:fs';
import { runRecord } from '../plugins/runners/noc-traffic/booksim-record.js';

interface NocRecord {
  readonly id: string;
  readonly curve?: string;
  readonly config: Record<string, unknown>;
  readonly workload: Record<string, unknown>;
  readonly expected: { packet_latency_avg: number; accepted_rate_avg: number; hops_avg: number; network_latency_avg: number; stable: boolean };
  readonly reference_cpu_seconds?: number;
}

const [, , file, filter = ''] = process.argv;
const { records } = JSON.parse(readFileSync(file!, 'utf8')) as { records: NocRecord[] };
for (const record of records.filter(({ id }) => id.includes(filter))) {
  const before = process.cpuUsage();
  const result = runRecord(record.config, record.workload);
  const used = process.cpuUsage(before);
  const seconds = (used.user + used.system) / 1e6;
  const { expected } = record;
  const { tally } = result;
  const off = (simulated: number, measured: number): string => `${((simulated / measured - 1) * 100).toFixed(2).padStart(7)} %`;
  console.log(
    record.id.padEnd(48), `${expected.stable ? 'S' : 'u'}${result.stable ? 'S' : 'u'}`,
    'latency', expected.packet_latency_avg.toFixed(2).padStart(8), tally.meanLatency.toFixed(2).padStart(8), off(tally.meanLatency, expected.packet_latency_avg),
    'accepted', off(result.acceptedRate, expected.accepted_rate_avg), 'hops', off(tally.hopSum / tally.packets, expected.hops_avg),
    'cpu', seconds.toFixed(3), `x${((record.reference_cpu_seconds ?? 0) / seconds).toFixed(1)}`, (result.flitHops / seconds / 1e6).toFixed(2), 'Mhops/s',
  );
}
