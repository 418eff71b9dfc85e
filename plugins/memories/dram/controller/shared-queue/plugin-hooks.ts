import { ModelError, type ClockDomain, type StateExchange } from 'tessera-sim';
import { COMMANDS, Command } from '../../commands.js';
import type { FormedCommands } from '../../device/formed-commands.js';
import type { CommandObserver } from '../channel.js';
import type { ControllerPlugin, ControllerPluginContext, IssuedCommands } from '../controller-plugin.js';
import type { ControllerState } from './state.js';
import type { Upkeep } from './upkeep.js';

/** Makes a plugin, given what it may do to its channel. */
export type PluginMaker = (abilities: Pick<ControllerPluginContext, 'issued' | 'inject' | 'wakeAt'>) => {
  readonly name: string;
  readonly plugin: ControllerPlugin;
};

/** Commands that `IssuedCommands` holds. */
const RING = 64;
/** Injected commands that may wait at once. */
const MOST_INJECTED = 256;
/** Commands that only make sense for a request. */
const OF_REQUESTS: ReadonlySet<number> = new Set([
  Command.activate2,
  Command.read,
  Command.write,
  Command.readAuto,
  Command.writeAuto,
  Command.casRead,
  Command.casWrite,
]);

/** The controller plugins of a channel: tells them what happens, and takes their commands in. */
export class PluginHooks implements CommandObserver {
  readonly plugins: readonly { readonly name: string; readonly plugin: ControllerPlugin }[];
  /** Who else hears of the commands. */
  observer: CommandObserver | undefined;
  /** Earliest tick that a plugin has asked for. */
  wakeTick = Infinity;
  private readonly schedules: readonly ControllerPlugin[];
  private readonly issues: readonly ControllerPlugin[];
  private readonly wakeTicks: Float64Array;
  private readonly issued: IssuedCommands;
  private at = 0;
  /** Tick of the hook that is running, -1 for none. */
  private tick = 1;

  /** @param opensInTwo rows are opened by two activates */
  constructor(
    makers: readonly PluginMaker[],
    private readonly state: ControllerState,
    private readonly upkeep: Upkeep,
    private readonly formed: FormedCommands,
    private readonly opensInTwo: boolean,
  ) {
    this.issued = { command: new Int32Array(RING), bank: new Int32Array(RING), row: new Float64Array(RING), injected: new Uint8Array(RING) };
    this.wakeTicks = new Float64Array(makers.length).fill(Infinity);
    this.plugins = makers.map((make, i) =>
      make({
        issued: this.issued,
        inject: (command, bank, row = -1, priority = 'last') => this.inject(command, bank, row, priority),
        wakeAt: (tick) => this.wakeAt(i, tick),
      }),
    );
    const instances = this.plugins.map(({ plugin }) => plugin);
    this.schedules = instances.filter((plugin) => plugin.beforeSchedule !== undefined);
    this.issues = instances.filter((plugin) => plugin.onIssue !== undefined);
    this.tick = -1;
  }

  beforeSchedule(tick: number): void {
    if (this.wakeTick <= tick) this.passWakes(tick);
    this.tick = tick;
    for (const plugin of this.schedules) plugin.beforeSchedule!(tick);
    this.tick = -1;
  }

  command(code: number, bank: number, row: number, tick: number): void {
    if (this.observer !== undefined) this.observer.command(code, bank, row, tick);
    const slot = this.at;
    this.at = slot + 1 === RING ? 0 : slot + 1;
    this.issued.command[slot] = code;
    this.issued.bank[slot] = bank;
    this.issued.row[slot] = row;
    this.issued.injected[slot] = this.state.maintenance.issuesInjected ? 1 : 0;
    this.tick = tick;
    for (const plugin of this.issues) plugin.onIssue!(slot, tick);
    this.tick = -1;
  }

  private inject(command: number, bank: number, row: number, priority: 'first' | 'last'): boolean {
    if (this.tick < 0) throw new ModelError('a controller plugin injects a command outside of its hooks');
    const { maintenance } = this.state;
    this.checkInjectable(command, bank, row);
    if (maintenance.injected >= MOST_INJECTED) return false;
    const banks = this.formed.banksOf(command, bank);
    maintenance.inject(command, banks[0]!, banks[banks.length - 1]! + 1, row, priority === 'first');
    this.state.replan(this.tick);
    return true;
  }

  private checkInjectable(command: number, bank: number, row: number): void {
    const { commands } = this.formed;
    const form = commands.forms[command];
    if (form === undefined || bank < 0 || bank >= this.formed.banks) throw new ModelError(`a controller plugin injects command ${command} to bank ${bank}`);
    if (command < COMMANDS && OF_REQUESTS.has(command)) throw new ModelError(`${form.name} belongs to a request and cannot be injected`);
    const usesRow = this.formed.opens[command] === 1 || this.formed.needsOpen[command] === 1;
    if (usesRow && this.opensInTwo) throw new ModelError(`${form.name} needs an open row and cannot be injected where rows are opened by two activates`);
    if (usesRow && row < 0) throw new ModelError(`${form.name} is injected without a row`);
  }

  private wakeAt(plugin: number, tick: number): void {
    if (this.tick < 0) throw new ModelError('a controller plugin asks to be woken outside of its hooks');
    this.wakeTicks[plugin] = Math.max(tick, this.tick + 1);
    this.wakeTick = this.earliestWake();
    this.upkeep.dueTick = Math.min(this.upkeep.dueTick, this.wakeTick);
  }

  /** Wakes up to `tick` have come. */
  private passWakes(tick: number): void {
    for (let i = 0; i < this.wakeTicks.length; i++) if (this.wakeTicks[i]! <= tick) this.wakeTicks[i] = Infinity;
    this.wakeTick = this.earliestWake();
  }

  private earliestWake(): number {
    let earliest = Infinity;
    for (let i = 0; i < this.wakeTicks.length; i++) if (this.wakeTicks[i]! < earliest) earliest = this.wakeTicks[i]!;
    return earliest;
  }

  /** The ring of commands, the wakes, and what the plugins keep. */
  exchange(s: StateExchange, clock: ClockDomain): void {
    const { command, bank, row, injected } = this.issued;
    s.numbers(command);
    s.numbers(bank);
    s.numbers(row);
    s.numbers(injected);
    this.at = s.number(this.at);
    s.cycles(this.wakeTicks, clock);
    this.wakeTick = s.cycle(this.wakeTick, clock);
    for (const { plugin } of this.plugins) plugin.state?.(s, clock);
  }
}
