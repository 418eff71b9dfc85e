import { InputError } from 'tessera-sim';
import type { DramSpecification, RefreshName } from './config.js';
import { PART_CURRENTS } from './energy/currents.js';

type Json = Readonly<Record<string, unknown>>;

/** A reference record's `config` as a specification, whichever of the two simulators it is from. */
export function specificationOfRecord(config: Json): DramSpecification {
  const org = objectOf(config, 'org');
  return org['banks_per_group'] === undefined ? ramulatorSpecification(config, org) : dramsim3Specification(config, org);
}

function ramulatorSpecification(config: Json, org: Json): DramSpecification {
  const queues = objectOf(config, 'queues');
  return {
    standard: textOf(config, 'standard'),
    like: 'ramulator2',
    organisation: {
      densityMegabits: numberOf(org, 'density', 0),
      dqBits: numberOf(org, 'dq'),
      channelWidthBits: numberOf(org, 'channel_width'),
      ranks: numberOf(org, 'rank', numberOf(org, 'pseudochannel', 1)),
      stacks: numberOf(org, 'sid', 1),
      bankGroups: numberOf(org, 'bankgroup', 1),
      banksPerGroup: numberOf(org, 'bank'),
      rows: numberOf(org, 'row'),
      columns: numberOf(org, 'column'),
    },
    channels: numberOf(org, 'channels', 1),
    timings: numbersOf(config, 'timing_nCK'),
    mapping: textOf(config, 'mapping'),
    channelHash: false,
    scheduler: nameOf(SCHEDULERS, config, 'scheduler'),
    rowPolicy: ramulatorRowPolicy(textOf(config, 'row_policy')),
    refresh: nameOf(REFRESHES, config, 'refresh'),
    queues: {
      structure: 'shared',
      reads: numberOf(queues, 'read', 32),
      writes: numberOf(queues, 'write', 32),
      commands: 0,
      maintenance: numberOf(queues, 'priority', 1568),
      unified: false,
      lowWatermark: numberOf(queues, 'wr_low_watermark', 0.2),
      highWatermark: numberOf(queues, 'wr_high_watermark', 0.8),
    },
    forwardAndMerge: true,
  };
}

function dramsim3Specification(config: Json, org: Json): DramSpecification {
  const queues = objectOf(config, 'queues');
  const size = numberOf(queues, 'trans_queue', 32);
  return {
    standard: textOf(config, 'standard'),
    like: 'dramsim3',
    organisation: {
      dqBits: numberOf(org, 'device_width'),
      channelWidthBits: numberOf(org, 'bus_width'),
      ranks: numberOf(org, 'ranks', 1),
      stacks: 1,
      bankGroups: numberOf(org, 'bankgroups', 1),
      banksPerGroup: numberOf(org, 'banks_per_group'),
      rows: numberOf(org, 'rows'),
      columns: numberOf(org, 'physical_columns'),
    },
    ...currentsOf(config),
    channels: numberOf(org, 'channels', 1),
    burstLength: numberOf(org, 'BL'),
    timings: numbersOf(config, 'timing_nCK'),
    mapping: textOf(config, 'mapping'),
    channelHash: false,
    scheduler: 'frfcfs',
    rowPolicy: { name: nameOf(PAGE_POLICIES, config, 'row_policy'), accesses: 4, idleCycles: 0 },
    refresh: nameOf(REFRESHES, config, 'refresh'),
    queues: {
      structure: queues['structure'] === 'PER_RANK' ? 'per-rank' : 'per-bank',
      reads: size,
      writes: size,
      commands: numberOf(queues, 'cmd_queue', 8),
      maintenance: 0,
      unified: String(queues['unified']).toLowerCase() === 'true',
      lowWatermark: 0,
      highWatermark: 1,
    },
    forwardAndMerge: true,
  };
}

/** Records name a part by its speed bin; they do not carry its currents. */
function currentsOf(config: Json): Pick<DramSpecification, 'currents'> {
  const bin = typeof config['speed_bin'] === 'string' ? config['speed_bin'] : '';
  const currents = Object.hasOwn(PART_CURRENTS, bin) ? PART_CURRENTS[bin] : undefined;
  return currents === undefined ? {} : { currents };
}

const SCHEDULERS: Readonly<Record<string, string>> = {
  FRFCFS: 'frfcfs',
  FRFCFSRowHit: 'frfcfs-row-hit',
  'FRFCFS-RowHit': 'frfcfs-row-hit',
  FCFS: 'fcfs',
};

const REFRESHES: Readonly<Record<string, RefreshName>> = {
  AllBank: 'all-bank',
  PerBank: 'per-bank',
  NoRefresh: 'none',
  off: 'none',
  RANK_LEVEL_STAGGERED: 'staggered',
  RANK_LEVEL_SIMULTANEOUS: 'simultaneous',
  BANK_LEVEL_STAGGERED: 'per-bank',
};

const PAGE_POLICIES: Readonly<Record<string, string>> = { OPEN_PAGE: 'open', CLOSE_PAGE: 'closed' };

/** `Open`, or `ClosedCAP{'cap': 4}`. */
function ramulatorRowPolicy(text: string): DramSpecification['rowPolicy'] {
  if (text === 'Open') return { name: 'open', accesses: 0, idleCycles: 0 };
  if (text.startsWith('ClosedCAP')) {
    const cap = /cap\D*(\d+)/i.exec(text.slice('ClosedCAP'.length));
    return { name: 'capped', accesses: cap === null ? 4 : Number(cap[1]), idleCycles: 0 };
  }
  throw unknown('row_policy', text, ['Open', "ClosedCAP{'cap': n}"]);
}

function nameOf<T>(names: Readonly<Record<string, T>>, config: Json, key: string): T {
  const text = textOf(config, key);
  const name = Object.hasOwn(names, text) ? names[text] : undefined;
  if (name === undefined) throw unknown(key, text, Object.keys(names));
  return name;
}

function unknown(key: string, text: string, known: readonly string[]): InputError {
  return new InputError([{ path: `config.${key}`, message: `'${text}' is not known`, expected: known.join(', ') }]);
}

function objectOf(config: Json, key: string): Json {
  const value = config[key];
  if (typeof value !== 'object' || value === null) throw new InputError([{ path: `config.${key}`, message: 'is missing' }]);
  return value as Json;
}

function numbersOf(config: Json, key: string): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(objectOf(config, key)).map(([name, value]) => [name, Number(value)]));
}

function textOf(config: Json, key: string): string {
  const value = config[key];
  if (typeof value !== 'string') throw new InputError([{ path: `config.${key}`, message: 'is missing', expected: 'a name' }]);
  return value;
}

function numberOf(config: Json, key: string, absent?: number): number {
  const value = config[key] ?? absent;
  if (typeof value !== 'number') throw new InputError([{ path: `config.${key}`, message: 'is missing', expected: 'a number' }]);
  return value;
}
