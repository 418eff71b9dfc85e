/** What somebody outside of the repository would write: public specifiers only. */
import { definePlugin } from 'tessera-sim';
import {
  STANDARDS,
  dramControllerPlugins,
  dramStandards,
  inherit,
  type CommandForm,
  type ControllerPlugin,
  type ControllerPluginContext,
  type ControllerPluginValue,
} from 'tessera-sim/dram';

const commands: readonly CommandForm[] = [
  /** Victim row refresh: the device opens and closes the row by itself. */
  { name: 'VRR', scope: 'bank', effects: ['refresh'], bus: 'row' },
  /** All banks of the rank multiply and accumulate on their open rows. */
  { name: 'PIM_MAC', scope: 'rank', effects: ['compute'], bus: 'column', needs: 'open', energyPj: 400 },
  /** The same bank of every group is refreshed. */
  { name: 'REFsb', scope: 'sameBank', effects: ['refresh'], bus: 'row' },
  /** A timer inside of the device. */
  { name: 'TICK', scope: 'channel', effects: ['mode'], bus: 'none' },
];

const wait = (level: 'channel' | 'rank' | 'group' | 'bank', preceding: string, following: string, latency: string, window = 1) => ({
  level,
  preceding,
  following,
  latency,
  window,
});

/** A standard with commands of its own, on top of any built-in one. */
export function extended(base: string) {
  return inherit(STANDARDS.get(base)!, {
    name: `${base}-PIM`,
    source: 'a test',
    parts: {},
    commands,
    rules: {
      vrrToActivate: wait('bank', 'VRR REFsb', 'ACT VRR REFsb', 'nVRR'),
      prechargeToVrr: wait('bank', 'PREpb', 'VRR REFsb', 'nRP'),
      readAutoToVrr: wait('bank', 'RDA WRA', 'VRR REFsb', 'nRAS'),
      vrrToRefresh: wait('rank', 'VRR REFsb', 'REFab PREab', 'nVRR'),
      refreshToVrr: wait('rank', 'REFab', 'VRR REFsb PIM_MAC', 'nVRR'),
      activateToMac: wait('bank', 'ACT', 'PIM_MAC', 'nRAS'),
      macToMac: wait('rank', 'PIM_MAC', 'PIM_MAC', 'nMAC'),
      twoMacs: wait('rank', 'PIM_MAC', 'PIM_MAC', 'nMAC + nMAC + nMAC', 2),
      macToColumn: wait('rank', 'PIM_MAC', 'RD RDA WR WRA', 'nMAC'),
      macToPrecharge: wait('rank', 'PIM_MAC', 'PREpb PREab', 'nMAC'),
      tickToTick: wait('channel', 'TICK', 'TICK', '100'),
      tickToRead: wait('channel', 'TICK', 'RD RDA', 'nVRR'),
    },
  });
}

export interface InjectorConfig {
  readonly command: string;
  readonly everyTicks: number;
  readonly priority: 'first' | 'last';
}

/** Injects a command again and again, to bank after bank. */
export const injector = (config: InjectorConfig): ControllerPluginValue => ({ create: (context) => inject(config, context) });

const INJECTOR_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['command'],
  properties: {
    command: { type: 'string', description: 'Name of the command' },
    everyTicks: { type: 'integer', minimum: 1, default: 100, unit: 'ticks', description: 'From one to the next' },
    priority: { type: 'string', enum: ['first', 'last'], default: 'last', description: 'Before or after refreshes that wait' },
  },
} as const;

function inject(
  { command, everyTicks, priority }: InjectorConfig,
  { commands: table, topology, inject: put, wakeAt, issued }: ControllerPluginContext,
): ControllerPlugin {
  const code = table.codeOf(command, 'command');
  let next = everyTicks;
  let bank = 0;
  let seen = 0;
  wakeAt(next);
  return {
    beforeSchedule: (t) => {
      if (t < next) return;
      next = t + everyTicks;
      wakeAt(next);
      bank = (bank + 5) % topology.banks;
      put(code, bank, 3, priority);
    },
    onIssue: (slot) => {
      if (issued.command[slot] === code) seen++;
    },
    report: () => ({ seen }),
  };
}

export const plugins = [
  definePlugin({ kind: 'extension', name: 'ddr4-pim', version: '1.0.0', summary: 'DDR4 that computes', point: dramStandards, value: extended('DDR4') }),
  definePlugin({
    kind: 'extension',
    name: 'injector',
    version: '1.0.0',
    summary: 'Injects a command',
    point: dramControllerPlugins,
    configSchema: INJECTOR_SCHEMA,
    create: (config: object) => injector(config as InjectorConfig),
  }),
];
