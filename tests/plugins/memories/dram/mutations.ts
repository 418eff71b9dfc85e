import { COMMAND_NAMES, PARTS, resolveDram, specificationOf, type Constraint, type ResolvedDram } from '../../../../plugins/memories/dram/api.js';
import { stress } from './stress.js';
import { deviceConfig } from './support.js';

type Timings = Readonly<Record<string, number>>;

/** Values with which every timing is the longest one somewhere: in parts, many are hidden behind others. */
function spread(preset: Timings, longWindow: number): Timings {
  const burst = preset['nBL'] ?? preset['nBL_max']!;
  const rrd = (preset['nRRDS'] ?? preset['nRRD'])!;
  const columns = {
    nCCD: burst + 3,
    nCCDS: burst + 2,
    nCCDL: burst + 5,
    nCCDR: burst + 4,
    nCCDS_WR: burst + 3,
    nCCDL_WR: burst + 7,
    nWTRS: 6,
    nWTRL: 13,
    nCS: 9,
  };
  const rows = { nRRDL: rrd + 5, nFAW: 6 * rrd + 62, n32AW: longWindow * (rrd + 9), nPPD: 7, nRREFD: rrd + 9, nPBR2ACT: rrd + 3, nRTP: 21, nRTPL: 21 };
  return Object.fromEntries(Object.entries({ ...columns, ...rows }).filter(([name]) => preset[name] !== undefined));
}

/** A part as it is, and twice with values that let more of its rows be felt. Two ranks or stacks where there can be such. */
export function machinesOf(part: string): readonly ResolvedDram[] {
  const { standard, part: preset } = PARTS.get(part)!;
  const organisation = {
    ...(/DDR[345]$/.test(standard.name) && !standard.name.startsWith('G') ? { ranks: 2 } : {}),
    ...(standard.name === 'HBM3' ? { stacks: 2 } : {}),
  };
  const more = [{}, spread(preset.timings, 60), spread(preset.timings, 400)];
  return more.map((timings) => resolveDram(specificationOf(deviceConfig({ part, organisation, timings }))));
}

export type Fate = 'noticed' | 'no effect' | 'not noticed';

/** What the checker says of a table in which one row is changed: `no effect` where every command still comes when it came. */
export function fateOf(machines: readonly ResolvedDram[], commands: number, mutate: (table: readonly Constraint[]) => readonly Constraint[]): Fate {
  let fate: Fate = 'no effect';
  for (const machine of machines) {
    const mutant = stress(machine, mutate(machine.constraints), commands);
    if (mutant.violations.length > 0) return 'noticed';
    const whole = wholeOf(machine, commands);
    if (mutant.lastTick !== whole.lastTick || mutant.tickSum !== whole.tickSum) fate = 'not noticed';
  }
  return fate;
}

const wholes = new Map<ResolvedDram, ReturnType<typeof stress>>();

function wholeOf(machine: ResolvedDram, commands: number): ReturnType<typeof stress> {
  const whole = wholes.get(machine) ?? stress(machine, machine.constraints, commands);
  wholes.set(machine, whole);
  return whole;
}

const LEVEL_NAMES = ['channel', 'rank', 'stack', 'group', 'bank'];

export function textOf({ level, preceding, following, window, sibling }: Constraint): string {
  const place = `${sibling ? 'other ' : ''}${LEVEL_NAMES[level]}`;
  return `${COMMAND_NAMES[preceding]} > ${COMMAND_NAMES[following]} (${place}${window > 1 ? `, ${window}th last` : ''})`;
}
