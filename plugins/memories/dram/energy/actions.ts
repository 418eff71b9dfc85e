import type { ActionDeclarations, DescribeContext, ExpectedActions } from 'tessera-sim';
import type { ResolvedDram } from '../build.js';
import { clockPicoseconds, resolveConfig } from '../facts.js';
import type { DramBlockConfig } from '../schema.js';
import { ENERGY_PARTS, type EnergyIncrements, type EnergyPart, incrementsOf } from './energy.js';

const SOURCE = 'currents of the dies (IDD), Micron TN-41-01';

/**
 * What a DRAM spends, in the unit of its increments: V * mA * clock cycles, each `clock period in ns` picojoules. Without
 * currents there are no figures.
 */
export function dramActions(context: DescribeContext<DramBlockConfig>): ActionDeclarations {
  const { config } = context;
  const resolved = resolveConfig(config, context);
  const increments = incrementsOf(resolved);
  const energyPj = increments === undefined ? undefined : clockPicoseconds(resolved) / 1000;
  const expected: Partial<Record<EnergyPart, ExpectedActions>> = increments === undefined ? {} : expectedParts(resolved, increments, config.channels);
  const hasOwn = resolved.commands.forms.some((form) => form.energyPj !== undefined);
  const own: ActionDeclarations = hasOwn ? { own: { energyPj, unit: 'V mA clock', source: 'the standard states it' } } : {};
  const parts = Object.fromEntries(
    ENERGY_PARTS.map((part) => [part, { energyPj, unit: 'V mA clock', source: SOURCE, ...(expected[part] === undefined ? {} : { expected: expected[part] }) }]),
  );
  return { ...parts, ...own };
}

/** Lines and whole rows by their bytes; all banks closed, and refresh on time. */
function expectedParts(resolved: ResolvedDram, increments: EnergyIncrements, channels: number): Partial<Record<EnergyPart, ExpectedActions>> {
  const { lineBytes, lineColumns, topology, specification } = resolved;
  const clocksPerSecond = 1e12 / clockPicoseconds(resolved);
  const ranks = channels * topology.counts.ranks;
  const interval = specification.timings['nREFI'] ?? specification.timings['tREFI'] ?? Infinity;
  const perRowByte = increments.activate / (lineBytes * lineColumns);
  return {
    activate: { perByteRead: perRowByte, perByteWritten: perRowByte },
    read: { perByteRead: increments.read / lineBytes },
    write: { perByteWritten: increments.write / lineBytes },
    refresh: { perSecond: specification.refresh === 'none' ? 0 : (ranks * increments.refresh * clocksPerSecond) / interval },
    prechargeStandby: { perSecond: ranks * increments.prechargeStandby * clocksPerSecond },
  };
}
