import { InputError, nameOfExtension, type ExtensionReference } from 'tessera-sim';
import { standardOf } from './build.js';
import type { DramSpecification, Like, QueueStructure, RefreshName, RowPolicyParameters } from './config.js';
import type { DramIdeal } from './ideal.js';
import { NO_EXTENSIONS, type DramExtensions } from './extensions.js';
import type { Currents, OrganisationForm, StandardForm, Timings } from './standards/form.js';
import { PARTS } from './standards/index.js';

/** What a scenario says of a DRAM (see `schema.ts`), defaults filled in. */
export interface DramDeviceConfig {
  readonly part: string;
  readonly like: Like;
  readonly standard?: ExtensionReference;
  readonly organisation?: Partial<OrganisationForm>;
  readonly timings?: Timings;
  readonly currents?: Partial<Currents>;
  readonly channels: number;
  readonly mapping?: ExtensionReference;
  readonly channelHash: boolean;
  readonly scheduler?: ExtensionReference;
  readonly controllerPlugins?: readonly ExtensionReference[];
  readonly rowPolicy: Omit<RowPolicyParameters, 'name'> & { readonly name: ExtensionReference };
  readonly refresh?: RefreshName;
  readonly queues: {
    readonly structure?: QueueStructure;
    readonly reads: number;
    readonly writes: number;
    readonly commands: number;
    readonly unified: boolean;
    readonly lowWatermark: number;
    readonly highWatermark: number;
  };
  readonly forwardAndMerge: boolean;
  readonly ideal?: readonly string[];
}

const PROFILES: Readonly<
  Record<Like, { readonly scheduler: string; readonly refresh: RefreshName; readonly structure: QueueStructure; readonly mapping: string }>
> = {
  default: { scheduler: 'frfcfs-row-hit', refresh: 'staggered', structure: 'shared', mapping: 'MOP4CLXOR' },
  ramulator2: { scheduler: 'frfcfs', refresh: 'all-bank', structure: 'shared', mapping: 'RoBaRaCoCh' },
  dramsim3: { scheduler: 'frfcfs', refresh: 'staggered', structure: 'per-bank', mapping: 'rochrababgco' },
};

/** More refreshes than can ever wait at once. */
const MAINTENANCE_ENTRIES = 1568;

/** The complete specification of a configuration: the part, what the scenario changes of it, and the profile's choices. */
export function specificationOf(config: DramDeviceConfig, extensions: DramExtensions = NO_EXTENSIONS): DramSpecification {
  const known = PARTS.get(config.part);
  if (known === undefined) {
    throw new InputError([{ path: 'part', message: `there is no part '${config.part}'`, expected: [...PARTS.keys()].join(', ') }]);
  }
  const standard = config.standard === undefined ? known.standard : standardOf(nameOfExtension(config.standard), extensions);
  const profile = PROFILES[config.like];
  const isIdeal = (key: DramIdeal): boolean => config.ideal?.includes(key) === true;
  const timings = { ...known.part.timings, ...config.timings };
  const structure = config.queues.structure ?? profile.structure;
  checkStructure(config.like, structure);
  checkController(config);
  const currents = known.part.currents ?? config.currents;
  return {
    standard: config.standard === undefined ? standard.name : nameOfExtension(config.standard),
    like: config.like,
    organisation: { ...known.part.organisation, ...config.organisation },
    channels: config.channels,
    timings: config.like === 'dramsim3' ? bankQueueTimings(standard, timings) : timings,
    burstLength: standard.prefetch,
    mapping: nameOfExtension(config.mapping ?? profile.mapping),
    channelHash: config.channelHash,
    scheduler: nameOfExtension(config.scheduler ?? profile.scheduler),
    rowPolicy: { ...config.rowPolicy, name: isIdeal('rowMisses') ? 'open' : nameOfExtension(config.rowPolicy.name) },
    refresh: isIdeal('refresh') ? 'none' : (config.refresh ?? profile.refresh),
    queues: { ...config.queues, structure, maintenance: MAINTENANCE_ENTRIES },
    forwardAndMerge: config.forwardAndMerge,
    ...(config.ideal === undefined ? {} : { ideal: config.ideal }),
    ...(currents === undefined ? {} : { currents: { ...currents, ...config.currents } as Currents }),
  };
}

function checkStructure(like: Like, structure: QueueStructure): void {
  if ((like === 'dramsim3') === (structure !== 'shared')) return;
  const expected = like === 'dramsim3' ? 'per-bank or per-rank' : 'shared';
  throw new InputError([{ path: 'queues.structure', message: `'${structure}' does not go with like: ${like}`, expected }]);
}

/** The controller of DRAMsim3 has its own scheduler and no hooks. */
function checkController({ like, scheduler, controllerPlugins = [] }: DramDeviceConfig): void {
  if (like !== 'dramsim3') return;
  const expected = 'another profile';
  if (typeof scheduler === 'object') throw new InputError([{ path: 'scheduler', message: 'one with parameters does not go with like: dramsim3', expected }]);
  if (controllerPlugins.length > 0) throw new InputError([{ path: 'controllerPlugins', message: 'do not go with like: dramsim3', expected }]);
}

/** Timings under the names of the bank-queue profile's tables. */
function bankQueueTimings(standard: StandardForm, timings: Timings): Timings {
  const first = (names: readonly string[], absent: number) => names.map((name) => timings[name]).find((value) => value !== undefined) ?? absent;
  const rcd = first(['nRCD', 'nRCDRD'], 0);
  return {
    AL: 0,
    CL: first(['nCL'], 0),
    CWL: first(['nCWL'], 0),
    BURST: first(['nBL', 'nBL_min'], 4),
    tCCD_L: first(['nCCDL', 'nCCD'], 4),
    tCCD_S: first(['nCCDS', 'nCCD'], 4),
    tRTRS: first(['nCS'], 2),
    tRTP: first(['nRTP', 'nRTPL'], 5),
    tWTR_L: first(['nWTRL', 'nWTR'], 5),
    tWTR_S: first(['nWTRS', 'nWTR'], 5),
    tWR: first(['nWR'], 10),
    tRP: first(['nRP'], 10),
    tRRD_L: first(['nRRDL', 'nRRD'], 4),
    tRRD_S: first(['nRRDS', 'nRRD'], 4),
    tRAS: first(['nRAS'], 24),
    tRCD: rcd,
    tRCDRD: rcd,
    tRCDWR: first(['nRCDWR'], rcd),
    tRFC: first(['nRFC', 'nRFCab'], 74),
    tRFCb: first(['nRFCpb'], 20),
    tREFI: first(['nREFI'], 7800),
    tREFIb: first(['nREFIpb'], 1950),
    tFAW: first(['nFAW'], 50),
    t32AW: first(['n32AW'], first(['nFAW'], 50) * 8),
    tPPD: first(['nPPD'], 0),
    tCK_ps: first(['tCK_ps'], standard.prefetch),
  };
}
