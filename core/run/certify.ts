import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Certificate } from '../certificate/certificate.js';
import { withOperandsOf } from '../certificate/beside.js';
import type { Sizes } from '../certificate/places.js';
import { replay, type Replayed } from '../certificate/replay.js';
import { InputError } from '../errors.js';
import type { LoadResult } from '../scenario/load.js';
import { scheduleLines } from '../schedule/form/write.js';
import type { PreparedRun } from './prepare.js';

/** Writes out the certificate of a prepared schedule, and the faults that were found on the way. InputError for one that is too large. */
export function certify(
  { scenario, code }: LoadResult,
  prepared: PreparedRun,
  folder: string,
): { readonly certificate: Certificate; readonly faults: readonly string[] } {
  const sizes = sizesOf(prepared);
  const { faults, operations, coverage, feeds, outputs, unchecked } = replayed(prepared, sizes, scenario.file);
  const certificate: Certificate = {
    tesseraCertificate: 1,
    scenario: scenario.name,
    file: path.relative(folder, scenario.file).split(path.sep).join('/'),
    set: scenario.set,
    seed: scenario.seed,
    inputs: { ...scenario.inputs, ...prepared.importedFiles },
    plugins: [...code].sort(),
    ...sizes,
    schedule: { operations, sha256: hashOf(prepared), hazards: prepared.schedule.hazards ?? 'interlocked' },
    coverage,
    outputs,
    ...(unchecked === undefined ? {} : { unchecked }),
    feeds,
  };
  return { certificate, faults };
}

function replayed({ schedule, workload, isScheduleGiven }: PreparedRun, sizes: Sizes, file: string): Replayed {
  try {
    return replay(isScheduleGiven && workload !== undefined ? withOperandsOf(schedule, workload) : schedule, sizes);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError({ file, message: `its schedule cannot be certified: ${error.message}` });
    throw error;
  }
}

/** Of the memories and formats that the schedule names. */
function sizesOf({ machine, schedule, formatBits }: PreparedRun): Sizes {
  const tensors = Object.values(schedule.tensors);
  const named = new Set([...tensors.flatMap(({ home }) => home ?? []), ...Object.values(schedule.buffers).map(({ memory }) => memory)]);
  const memories = machine.blocks.flatMap(({ path: at, facts }): [string, number][] =>
    named.has(at) && (facts.kind === 'memory' || facts.kind === 'pim') ? [[at, Math.min(facts.capacityBytes, Number.MAX_SAFE_INTEGER)]] : [],
  );
  const formats = [...new Set(tensors.map(({ format }) => format))].map((format): [string, number] => [format, formatBits(format)?.stored ?? 0]);
  return { memoryBytes: sorted(memories), formatBits: sorted(formats.filter(([, bits]) => bits > 0)) };
}

function sorted(entries: readonly [string, number][]): Record<string, number> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hashOf({ schedule }: PreparedRun): string {
  const hash = createHash('sha256');
  for (const line of scheduleLines(schedule)) hash.update(line).update('\n');
  return hash.digest('hex');
}
