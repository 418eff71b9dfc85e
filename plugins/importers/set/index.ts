import { definePlugin, InputError, oneSource, parseJson, type Estimate, type ImportResult, type ImportSource } from 'tessera-sim';
import { lowerBoundCycles, readSetRecord, setDemands, setMachineDocument, setToSchedule, stagingBytes, whyUncut, type Dies } from 'tessera-sim/set';

interface SetConfig {
  readonly record?: string;
  readonly dies: Dies;
}

interface RecordFile {
  readonly records: readonly (Readonly<Record<string, unknown>> & { readonly id?: string })[];
}

/** Schedules of SET in the form of `multicore-schedule` records: mesh, schedule, estimate. */
const setImporter = definePlugin<SetConfig>({
  kind: 'importer',
  name: 'set',
  version: '1.0.0',
  summary: "SET's schedules of whole networks on a mesh of cores",
  sources: ['docs/plugins/importers/set.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      record: { type: 'string', minLength: 1, description: 'Id of the schedule, where a file holds several; default the first' },
      dies: { enum: [1, 2, 4], default: 1, description: 'Dies that the mesh is cut into, joined by die-to-die links' },
    },
  },
  produces: ['machine', 'schedule', 'estimate'],
  extensions: ['.json'],
  recognise: ({ bytes }) => (/"kind"\s*:\s*"multicore-schedule"/.test(new TextDecoder().decode(bytes.subarray(0, 4096))) ? 1 : 0),
  read: (sources, config) => read(oneSource(sources, 'set'), config),
});

function read({ fileName, bytes }: ImportSource, { record: wanted, dies }: SetConfig): ImportResult {
  const { records } = recordsIn(parseJson(new TextDecoder().decode(bytes), fileName), fileName);
  const index = wanted === undefined ? 0 : records.findIndex(({ id }) => id === wanted);
  if (index < 0)
    throw new InputError({ file: fileName, path: 'records', message: `no record '${wanted!}'`, expected: `one of ${records.map(({ id }) => id).join(', ')}` });
  try {
    const set = readSetRecord(records[index]!, `records.${index}.`);
    const uncut = whyUncut(set.machine, dies);
    if (uncut !== undefined) throw new InputError({ path: 'dies', message: uncut, expected: 'an even number of columns (and of rows, for four)' });
    const schedule = setToSchedule(set);
    const estimate = estimateOf(records[index]!);
    return {
      machine: setMachineDocument(set.machine, stagingBytes(schedule), dies),
      schedule,
      ...(estimate === undefined ? {} : { estimate }),
      demands: setDemands(set, dies),
      expect: { cycles: { atLeast: lowerBoundCycles(set, dies) } },
      unused: [
        ...(set.tree === undefined ? [] : [{ file: fileName, path: `records.${index}.schedule.tree`, reason: 'the order of operations says the same' }]),
        { file: fileName, path: `records.${index}.schedule.operations.*.buffer_KB`, reason: 'room is counted from the transfers; audits show it' },
      ],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, file: fileName })));
  }
}

function recordsIn(document: unknown, file: string): RecordFile {
  const { records } = document as Partial<RecordFile>;
  if (Array.isArray(records) && records.length > 0 && records.every((record) => typeof record === 'object' && record !== null)) return { records };
  throw new InputError({ file, line: 1, path: 'records', message: 'there are no schedules in it', expected: 'a list of records' });
}

function estimateOf({ expected }: Readonly<Record<string, unknown>>): Estimate | undefined {
  const { estimate } = (expected ?? {}) as { estimate?: { cycles?: unknown; energy_pJ?: unknown } };
  if (typeof estimate?.cycles !== 'number') return undefined;
  return {
    estimator: 'set',
    notes: ['layer = max(compute, DRAM, busiest link); no time on the way, no contention in time'],
    cycles: estimate.cycles,
    seconds: estimate.cycles / 1e9,
    ...(typeof estimate.energy_pJ === 'number' ? { energyPj: estimate.energy_pJ } : {}),
    layers: [],
    resources: [],
  };
}

export default setImporter;
