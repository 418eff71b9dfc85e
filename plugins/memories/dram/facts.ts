import { InputError, type BlockFacts, type DescribeContext } from 'tessera-sim';
import { checkSelected, resolveDram, type ResolvedDram } from './build.js';
import { SCHEDULERS } from './controller/strategies.js';
import { NO_EXTENSIONS, collectExtensions, type DramExtensions } from './extensions.js';
import type { DramBlockConfig } from './schema.js';
import { specificationOf } from './specification.js';
import { STANDARDS } from './standards/index.js';

/** Length of a clock cycle (not of a half-cycle tick). */
export function clockPicoseconds({ specification: { timings } }: ResolvedDram): number {
  return timings['tCK_ps'] ?? (timings['tCK'] ?? 1) * 1000;
}

/** Bytes of all channels. */
export function capacityBytes({ specification, topology }: ResolvedDram): number {
  const { organisation, channels } = specification;
  return (channels * topology.banks * organisation.rows * organisation.columns * organisation.channelWidthBits) / 8;
}

export function describeDram(context: DescribeContext<DramBlockConfig>): BlockFacts {
  const { config, clock } = context;
  const extensions = collectExtensions((point) => context.extensions(point));
  const problems = problemsOf(config, extensions);
  if (problems.length > 0) throw new InputError(problems.map((problem) => ({ ...problem, path: `${context.path}.with.${problem.path}` })));
  const resolved = resolveDram(specificationOf(config, extensions), extensions);
  const { ticksPerClock, lineBytes, lineColumns, burstTicks, dualCommands, topology } = resolved;
  const ticksPerSecond = (1e12 * ticksPerClock) / clockPicoseconds(resolved);
  // Each pseudo-channel has a data bus of its own; ranks share one.
  const buses = config.channels * (dualCommands ? topology.counts.ranks : 1);
  const timings = resolved.specification.timings;
  const isOpen = config.ideal?.includes('rowMisses') === true;
  const openTicks = isOpen ? 0 : (timings['nRCD'] ?? timings['nRCDRD'] ?? timings['tRCD'] ?? 0) * ticksPerClock;
  const latencyTicks = config.frontCycles * ticksPerClock + 1 + openTicks + resolved.readLatencyTicks;
  return {
    kind: 'memory',
    capacityBytes: capacityBytes(resolved),
    peakBytesPerCycle: ((lineBytes / burstTicks) * buses * ticksPerSecond) / clock.frequencyHz,
    latencyCycles: Math.ceil((latencyTicks / ticksPerSecond) * clock.frequencyHz),
    isHome: config.isHome,
    preferredBurstBytes: lineBytes * lineColumns * config.channels,
  };
}

interface Problem {
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly nearest?: string;
}

/** What the schema cannot say. What needs extensions is checked when the machine is described, with those of the simulation. */
export function checkDram(config: DramBlockConfig): readonly Problem[] {
  const isOwn = (scheduler: DramBlockConfig['scheduler']) => scheduler !== undefined && (typeof scheduler !== 'string' || !SCHEDULERS.has(scheduler));
  const usesExtensions =
    (config.standard !== undefined && !STANDARDS.has(config.standard)) || isOwn(config.scheduler) || (config.controllerPlugins ?? []).length > 0;
  return usesExtensions ? [] : problemsOf(config, NO_EXTENSIONS);
}

function problemsOf(config: DramBlockConfig, extensions: DramExtensions): readonly Problem[] {
  try {
    const resolved = resolveDram(specificationOf(config, extensions), extensions);
    checkSelected(resolved);
    const { topology, lineColumns, specification } = resolved;
    const counts = { ...topology.counts, channels: config.channels, rows: specification.organisation.rows, columns: lineColumns };
    return Object.entries(counts)
      .filter(([, count]) => !Number.isInteger(Math.log2(count)))
      .map(([name, count]) => ({
        path: name === 'channels' ? name : `organisation.${name}`,
        message: `${count} is no power of two`,
        expected: 'a power of two',
      }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ path = '', message, expected, nearest }) => ({
      path,
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(nearest === undefined ? {} : { nearest }),
    }));
  }
}
