import type { BlockFacts, DescribeContext, ExtensionAccess } from 'tessera-sim';
import { resolveDram, type ResolvedDram } from './build.js';
import { collectExtensions } from './extensions.js';
import type { DramBlockConfig } from './schema.js';
import { specificationOf } from './specification.js';
import { MOST_BANKS_IN_ALL } from './device/topology.js';

/** Length of a clock cycle (not of a half-cycle tick). */
export function clockPicoseconds({ specification: { timings } }: ResolvedDram): number {
  return timings['tCK_ps'] ?? (timings['tCK'] ?? 1) * 1000;
}

/** Bytes of all channels. */
export function capacityBytes({ specification, topology }: ResolvedDram): number {
  const { organisation, channels } = specification;
  return (channels * topology.banks * organisation.rows * organisation.columns * organisation.channelWidthBits) / 8;
}

/** The specification with the extensions that it names, resolved. */
export function resolveConfig(config: DramBlockConfig, access: ExtensionAccess): ResolvedDram {
  const extensions = collectExtensions(access, config);
  return resolveDram(specificationOf(config, extensions), extensions);
}

export function describeDram(context: DescribeContext<DramBlockConfig>): BlockFacts {
  const { config, clock } = context;
  const resolved = resolveConfig(config, context);
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

/** What the schema cannot say; an extension's own complaints come as it throws them. */
export function checkDram(config: DramBlockConfig, extensions: ExtensionAccess): readonly { path: string; message: string; expected?: string }[] {
  const { topology, lineColumns, specification } = resolveConfig(config, extensions);
  const banks = topology.banks * config.channels;
  if (banks > MOST_BANKS_IN_ALL)
    return [
      {
        path: 'channels',
        message: `${config.channels} channels of ${topology.banks} banks are too many`,
        expected: `at most ${MOST_BANKS_IN_ALL} banks in all`,
      },
    ];
  const counts = { ...topology.counts, channels: config.channels, rows: specification.organisation.rows, columns: lineColumns };
  return Object.entries(counts)
    .filter(([, count]) => !Number.isInteger(Math.log2(count)))
    .map(([name, count]) => ({
      path: name === 'channels' ? name : `organisation.${name}`,
      message: `${count} is no power of two`,
      expected: 'a power of two',
    }));
}
