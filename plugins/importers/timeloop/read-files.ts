import { InputError, type Estimate, type ImportResult, type ImportSource, type UnusedPart } from 'tessera-sim';
import {
  evaluateMapping,
  layerName,
  localTileBytes,
  mappingDemands,
  readDosaMapping,
  toEstimate,
  toMachine,
  toNest,
  toWorkload,
  type Problem,
  type TimeloopMachine,
  type TimeloopMapping,
} from 'tessera-sim/timeloop';
import { gather, type Gathered } from './gather.js';

export interface TimeloopConfig {
  readonly row?: number;
  readonly mapping?: string;
}

/** Reads files of the tool together: what each holds, then machine, workload, mapping and estimate of it. */
export function readTimeloopFiles(sources: readonly ImportSource[], { row = 0, mapping }: TimeloopConfig): ImportResult {
  const given = gather(sources, row);
  return assemble(mapping === undefined ? given : { ...given, mapping: readDosaMapping(mapping) });
}

const CLOCK_HZ = 1e9;

function assemble({ problem, machine, mapping, stats, unused, files }: Gathered): ImportResult {
  if (problem === undefined && machine === undefined && mapping === undefined)
    throw new InputError({
      file: files[0] ?? '',
      message: `there is nothing to import: it holds only ${[...new Set(unused.map(({ path }) => path.split('.')[0]))].join(', ') || 'other things'}`,
      expected: 'an architecture, a problem, a mapping or statistics, in this file or beside it',
    });
  const left: UnusedPart[] = [...unused];
  const whole = problem !== undefined && machine !== undefined && mapping !== undefined ? { problem, machine, mapping } : undefined;
  const nest = mapping === undefined ? undefined : toNest(mapping, problem ?? namesIn(mapping));
  const tileBytes = whole === undefined || nest === undefined ? 0 : localTileBytes(nest, whole.problem, whole.machine);
  const ours = machine === undefined ? undefined : toMachine(machine, tileBytes);
  for (const note of ours?.notes ?? []) left.push({ file: files[0]!, path: 'architecture', reason: note });
  if (whole !== undefined && nest !== undefined) left.push(...bypassNotes(whole, files[0]!));
  return {
    ...(ours === undefined ? {} : { machine: ours.document }),
    ...(problem === undefined ? {} : { workload: toWorkload(problem, machine) }),
    ...(nest === undefined ? {} : { mapping: { [problem === undefined ? 'layer' : layerName(problem)]: nest } }),
    ...estimateOf(stats, whole, problem),
    // What is skipped is no bound: of sparse data there is nothing to hold an estimate against.
    ...(whole === undefined || isSparse(whole.problem) ? {} : demandsOf(whole)),
    ...(left.length === 0 ? {} : { unused: left }),
  };
}

interface Whole {
  readonly problem: Problem;
  readonly machine: TimeloopMachine;
  readonly mapping: TimeloopMapping;
}

function demandsOf({ problem, machine, mapping }: Whole): Pick<ImportResult, 'demands' | 'capacities'> {
  return mappingDemands(problem, machine, mapping);
}

function isSparse({ densities }: Problem): boolean {
  return Object.keys(densities).length > 0;
}

/** The tool's own figures where there are some; else those of our twin. */
function estimateOf(stats: Gathered['stats'], whole: Whole | undefined, problem: Problem | undefined): { estimate?: Estimate } {
  if (stats !== undefined)
    return {
      estimate: {
        estimator: 'timeloop',
        notes: ["the tool's own statistics: the longest of the arithmetic and of the words of each level over its bandwidth"],
        cycles: stats.cycles,
        seconds: stats.cycles / CLOCK_HZ,
        ...(stats.energyPj === undefined ? {} : { energyPj: stats.energyPj }),
        layers:
          problem === undefined
            ? []
            : [
                {
                  layer: layerName(problem),
                  operator: toWorkload(problem).layers[0]!.operator,
                  macs: problem.sizes.reduce((all, size) => all * size, 1),
                  cycles: stats.cycles,
                  computeCycles: stats.cycles,
                },
              ],
        resources: [],
      },
    };
  if (whole === undefined || isSparse(whole.problem)) return {};
  return { estimate: toEstimate(whole.problem, evaluateMapping(whole.problem, whole.machine, whole.mapping), CLOCK_HZ) };
}

/** A mapping without its problem: dimensions as its loops name them, data spaces as its levels keep them. */
function namesIn({ levels }: TimeloopMapping): Pick<Problem, 'dimensions' | 'dataSpaces'> {
  const dimensions = [...new Set(levels.flatMap(({ loops }) => loops.map(({ dimension }) => dimension)))];
  const names = [...new Set(levels.flatMap(({ keep }) => keep))];
  return { dimensions, dataSpaces: names.map((name) => ({ name, readWrite: /^(outputs?|Z)$/i.test(name), axes: [] })) };
}

function bypassNotes({ problem, mapping }: Whole, file: string): UnusedPart[] {
  const stored = mapping.levels.filter(({ keep }) => keep.length > 0);
  const notes = stored.slice(1, 2).flatMap(({ name, keep }) => {
    const past = problem.dataSpaces.filter((space) => !keep.includes(space.name)).map((space) => space.name);
    return past.length === 0
      ? []
      : [
          {
            file,
            path: `mapping.${name}`,
            reason: `${past.join(', ')} ${past.length === 1 ? 'goes' : 'go'} past it in the tool; here all tensors lie in core0.l1`,
          },
        ];
  });
  const deeper = stored.slice(2).map(({ name }) => name);
  return deeper.length === 0
    ? notes
    : [...notes, { file, path: 'mapping', reason: `${deeper.join(', ')}: inside of our tile, counted in the audit and in the estimate` }];
}
