import { InputError, type BlockFacts, type DescribeContext } from 'tessera-sim';
import { resolveDram, type ResolvedDram } from './build.js';
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

export function describeDram({ config, clock }: DescribeContext<DramBlockConfig>): BlockFacts {
  const resolved = resolveDram(specificationOf(config));
  const { ticksPerClock, lineBytes, lineColumns, burstTicks, dualCommands, topology } = resolved;
  const ticksPerSecond = (1e12 * ticksPerClock) / clockPicoseconds(resolved);
  // Each pseudo-channel has a data bus of its own; ranks share one.
  const buses = config.channels * (dualCommands ? topology.counts.ranks : 1);
  const timings = resolved.specification.timings;
  const openTicks = (timings['nRCD'] ?? timings['nRCDRD'] ?? timings['tRCD'] ?? 0) * ticksPerClock;
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

/** What the schema cannot say. Names of extensions are looked up later, when the machine is built. */
export function checkDram(config: DramBlockConfig): readonly { path: string; message: string; expected?: string }[] {
  if (config.standard !== undefined && !STANDARDS.has(config.standard)) return [];
  try {
    const { topology, lineColumns, specification } = resolveDram(specificationOf(config));
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
    return error.problems.map(({ path, message, expected }) => ({ path: path ?? '', message, ...(expected === undefined ? {} : { expected }) }));
  }
}
