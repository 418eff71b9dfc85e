import type { Benchmark, Setup } from './benchmark.js';
import { unitRates } from './costs.js';
import { interleave, type Contender } from './measure/interleave.js';
import { median } from './measure/statistics.js';
import { UNIT_NAME } from './measure/unit.js';
import { documentOf, joinFindings, type BenchDocument, type Findings, type Machine } from './report.js';

export interface Finished {
  readonly document: BenchDocument;
  readonly notes: readonly string[];
}

const NO_UNIT = 'No g++ here: the unit of the machine is left out, and the kernel has no C++ peer.';

/** Runs the benchmarks one after the other; the unit's loop takes part in every round of each. */
export function runBenchmarks(benchmarks: readonly Benchmark[], setup: Setup, unit: Contender | undefined, rounds: number, machine: Machine): Finished {
  if (unit === undefined) setup.tell(NO_UNIT);
  const rates: number[] = [];
  const parts: Findings[] = [];
  for (const benchmark of benchmarks) {
    const { contenders, summarise } = benchmark.prepare(setup);
    const samples = interleave([...(unit === undefined ? [] : [unit]), ...contenders], rounds, (key, round) =>
      setup.tell(`${benchmark.name}, round ${round + 1} of ${rounds}: ${key}`),
    );
    rates.push(...unitRates(samples));
    parts.push(summarise(samples));
  }
  const findings = joinFindings(parts);
  const found = rates.length === 0 ? undefined : { name: UNIT_NAME, eventsPerCpuSecond: median(rates) };
  const names = benchmarks.map(({ name }) => name);
  return { document: documentOf(names, machine, found, findings), notes: unit === undefined ? [NO_UNIT, ...findings.notes] : findings.notes };
}
