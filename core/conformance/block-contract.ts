import { BLOCK_KINDS, type BlockPlugin } from '../plugin/block-plugin.js';
import type { Plugin } from '../plugin/define-plugin.js';
import type { AddressBook } from '../kernel/state.js';
import { buildMachine, type Machine } from '../machine/machine.js';
import { loadMachine, saveMachine, unsavedBlocks } from '../machine/machine-state.js';
import type { ConnectionSpec, MachineSpec } from '../machine/specification.js';
import { benchPlugin } from './bench-block.js';
import { CLOSED_FORMS_RULE } from './closed-forms.js';
import { type ContractRule, ruleOfBlock } from './contract-rule.js';
import { ACTIONS_RULE, STALL_ROLES_RULE } from './declarations.js';
import { CONTRACT_HERTZ } from './described.js';

export type { ContractRule } from './contract-rule.js';
export { IDEAL_RULE, MILESTONES_RULE } from './declarations.js';

const REQUESTS = 200;
const MAX_EVENTS = 5_000_000;

/**
 * What every hardware block owes its neighbours, whatever it models. The tests run these rules over all built-in blocks,
 * `tessera plugin test` over a third party's.
 */
export const BLOCK_CONTRACT: readonly ContractRule[] = [
  { name: 'describes itself: every configuration key, port, statistic and probe', check: checkDescriptions },
  { name: 'answers every request of quick neighbours exactly once', check: (plugin) => checkAnswers(plugin, 0) },
  { name: 'answers every request of slow neighbours exactly once, however full its ports', check: (plugin) => checkAnswers(plugin, 12) },
  { name: 'forwards every byte that was asked for', check: checkForwarding },
  { name: 'accounts for every tick in its stall stack', check: checkStallStack },
  { name: 'gives the same results twice, and with the blocks constructed in another order', check: checkDeterminism },
  { name: 'leaves no event behind when its work is done', check: checkNoEventLeft },
  STALL_ROLES_RULE,
  ACTIONS_RULE,
  CLOSED_FORMS_RULE,
  ruleOfBlock('sends a response back with the requester and the tag of its request', requesterProblem),
  ruleOfBlock('writes the statistics that it declares, in numbers, and no others', statisticsProblem),
];

/** Joins the contract when every built-in block keeps it. */
export const STATE_RULE: ContractRule = {
  name: 'goes on from a saved state, in another machine and at another time, as if nothing had happened',
  check: (plugin) => stateProblem(plugin, [0, 0.03, 0.2, 0.5, 0.8, 0.97]),
};

export function isBlockPlugin(plugin: Plugin): plugin is BlockPlugin {
  return (BLOCK_KINDS as readonly string[]).includes(plugin.kind);
}

function checkDescriptions(plugin: BlockPlugin): string | undefined {
  for (const [name, schema] of Object.entries(plugin.configSchema.properties ?? {})) {
    if (!schema.description) return `configuration '${name}' has no description`;
  }
  const declared = { port: plugin.ports, statistic: plugin.statistics, probe: plugin.probes ?? {} };
  for (const [what, declarations] of Object.entries(declared)) {
    const bare = Object.entries(declarations).find(([, declaration]) => !declaration.description);
    if (bare !== undefined) return `${what} '${bare[0]}' has no description`;
  }
  const unitless = Object.entries(plugin.statistics).find(([, statistic]) => !(statistic as { unit: string }).unit);
  if (unitless !== undefined) return `statistic '${unitless[0]}' has no unit`;
  if (plugin.summary.length <= 10) return 'the summary says too little';
  return plugin.configSchema.additionalProperties === false ? undefined : 'the configuration schema does not say `additionalProperties: false`';
}

function checkAnswers(plugin: BlockPlugin, pause: number): string | undefined {
  const { machine } = runBench(machineAround(plugin, pause));
  for (const { path, statistics } of machine.blocks.filter((block) => block.path !== 'dut')) {
    if (statistics['wrong'] !== 0) return `${path} got ${statistics['wrong']} messages that were not for it`;
    if (statistics['answered'] !== statistics['sent']) return `${path} sent ${statistics['sent']} requests and got ${statistics['answered']} answers`;
  }
  if (machine.transactions.inFlight !== 0) return `${machine.transactions.inFlight} transactions were never released`;
  const wait = machine.kernel.unfinishedWaits()[0];
  return wait === undefined ? undefined : `${wait.who} still waits for ${wait.what} of ${wait.whom}`;
}

const ALTERED = { alteredRequesters: 'requester', alteredTags: 'tag' } as const;

function requesterProblem(plugin: BlockPlugin): string | undefined {
  const { machine } = runBench(machineAround(plugin, 2));
  for (const { path, statistics } of machine.blocks.filter((block) => block.path !== 'dut')) {
    for (const [statistic, field] of Object.entries(ALTERED)) {
      const altered = statistics[statistic] ?? 0;
      if (altered > 0) return `${path} got ${altered} messages whose \`${field}\` was changed on the way`;
    }
  }
  return undefined;
}

/** A misspelt statistic would otherwise be counted in a field that nobody reads. */
function statisticsProblem(plugin: BlockPlugin): string | undefined {
  const machine = buildMachine(machineAround(plugin, 2));
  machine.run({ maxEvents: MAX_EVENTS });
  const { statistics, model } = machine.built('dut');
  model.finish?.();
  for (const [name, value] of Object.entries(statistics)) {
    const declaration = plugin.statistics[name];
    if (declaration === undefined) return `the model writes \`statistics.${name}\`, which is not declared`;
    if (!Number.isFinite(value)) return `\`statistics.${name}\` is ${String(value)}`;
    if (declaration.ratio !== undefined && value !== 0) return `the model writes \`statistics.${name}\`, a ratio that the core computes`;
  }
  return undefined;
}

function checkForwarding(plugin: BlockPlugin): string | undefined {
  if (!Object.values(plugin.ports).every((port) => port.role === 'both')) return undefined;
  const { machine } = runBench(machineAround(plugin, 3));
  const sum = (name: string): number => machine.blocks.reduce((total, { path, statistics }) => total + (path === 'dut' ? 0 : (statistics[name] ?? 0)), 0);
  if (sum('sent') === 0) return "no request was sent: the plugin's example needs at least two ports";
  if (sum('served') !== sum('sent')) return `${sum('sent')} requests went in and ${sum('served')} came out`;
  return sum('bytesServed') === sum('bytesAsked') ? undefined : `${sum('bytesAsked')} bytes were asked for and ${sum('bytesServed')} came through`;
}

function checkStallStack(plugin: BlockPlugin): string | undefined {
  const { machine } = runBench(machineAround(plugin, 2));
  const { ticks, classes } = machine.built('dut').stalls;
  const negative = classes.find((_, index) => (ticks[index] ?? 0) < 0);
  if (negative !== undefined) return `class '${negative}' has negative time`;
  const total = ticks.reduce((a, b) => a + b, 0);
  return total === machine.kernel.now ? undefined : `the classes sum to ${total} ticks of ${machine.kernel.now}`;
}

function checkDeterminism(plugin: BlockPlugin): string | undefined {
  const spec = machineAround(plugin, 4);
  const first = runBench(spec);
  if (runBench(spec).trace !== first.trace) return 'two runs differ';
  const reversed = runBench(spec, true);
  const same = reversed.trace === first.trace && reversed.machine.kernel.now === first.machine.kernel.now;
  return same ? undefined : 'the order in which blocks are constructed changes the results';
}

/** Far later, and on an edge of every clock: all have whole frequencies in hertz. */
const LATER_TICKS = 1e12;
const NO_ADDRESSES: AddressBook = { locate: () => undefined, startOf: () => 0 };

/**
 * @param shares of the run's events after which the machine is saved
 * @param maxEvents at which the run ends, if it does not before
 */
export function stateProblem(plugin: BlockPlugin, shares: readonly number[], maxEvents = MAX_EVENTS): string | undefined {
  const spec = machineAround(plugin, 3);
  const whole = runBench(spec, false, maxEvents);
  const refusal = unsavedBlocks(whole.machine)[0];
  if (refusal !== undefined) return plugin.stateLimits?.unsaved === undefined ? `${refusal.reason}, nor says why not (stateLimits.unsaved)` : undefined;
  for (const share of shares) {
    const events = Math.floor(share * whole.machine.kernel.eventCount);
    const problem = resumeProblem(spec, whole.machine, events, 0, maxEvents) ?? resumeProblem(spec, whole.machine, events, LATER_TICKS, maxEvents);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * Saves a machine after some events, loads it into another one so many ticks later, and compares its end with that of the whole run.
 * Reports are compared at the same time only: shares of the time that has passed are among them.
 */
export function resumeProblem(spec: MachineSpec, whole: Machine, events: number, laterTicks: number, maxEvents = MAX_EVENTS): string | undefined {
  const machine = buildMachine(spec);
  machine.run({ maxEvents: events });
  const { now } = machine.kernel;
  const other = buildMachine(spec);
  other.start();
  try {
    const saved = saveMachine(machine, { tick: now, firstOperation: 0, addresses: NO_ADDRESSES });
    loadMachine(other, saved, { tick: now + laterTicks, firstOperation: 0, addresses: NO_ADDRESSES });
  } catch (error) {
    return `after ${events} events: ${error instanceof Error ? error.message : String(error)}`;
  }
  other.run({ maxEvents: maxEvents - events });
  other.finish();
  const end = other.kernel.now - laterTicks;
  const where = `saved after ${events} events and loaded ${laterTicks === 0 ? 'elsewhere' : 'at another time'}`;
  if (end !== whole.kernel.now) return `${where} it ends at tick ${end}, not ${whole.kernel.now}`;
  const different = differentBlock(whole, other, laterTicks === 0);
  return different === undefined ? undefined : `${where}, ${different}`;
}

/** The first figure in which two machines differ, with its block. */
export function differentBlock(expected: Machine, found: Machine, withReports = true): string | undefined {
  for (const [index, block] of expected.blocks.entries()) {
    const other = found.blocks[index]!;
    const statistic = Object.keys(block.statistics).find((name) => block.statistics[name] !== other.statistics[name]);
    if (statistic !== undefined) return `${block.path}.${statistic} is ${other.statistics[statistic]}, not ${block.statistics[statistic]}`;
    const stall = block.stalls.classes.findIndex((_, at) => block.stalls.ticks[at] !== other.stalls.ticks[at]);
    if (stall >= 0) return `${block.path} was ${other.stalls.ticks[stall]} ticks in '${block.stalls.classes[stall]}', not ${block.stalls.ticks[stall]}`;
    if (JSON.stringify(block.energy.breakdownPj(1)) !== JSON.stringify(other.energy.breakdownPj(1))) return `${block.path} has another energy`;
    if (withReports && JSON.stringify(block.model.report?.()) !== JSON.stringify(other.model.report?.())) return `${block.path} has another report`;
  }
  return undefined;
}

function checkNoEventLeft(plugin: BlockPlugin): string | undefined {
  const { kernel } = runBench(machineAround(plugin, 1)).machine;
  return kernel.pendingEvents === 0 ? undefined : `${kernel.pendingEvents} events are left after ${kernel.eventCount}`;
}

/** Names of the ports under test: each single one, and of a numbered one as many as the plugin's example says (or two). */
function portsOf(plugin: BlockPlugin): { name: string; role: string }[] {
  return Object.entries(plugin.ports).flatMap(([name, port]) =>
    port.many === true
      ? Array.from({ length: plugin.example?.ports?.[name] ?? 2 }, (_, i) => ({ name: `${name}${i}`, role: port.role }))
      : [{ name, role: port.role }],
  );
}

/**
 * The block with a bench at every port: benches at target ports ask it, those at a network's ports ask each other.
 *
 * @param pause largest pause of a bench before a message, in its cycles
 */
export function machineAround(plugin: BlockPlugin, pause: number): MachineSpec {
  const ports = portsOf(plugin);
  const isTarget = plugin.kind === 'memory' || plugin.kind === 'pim';
  const forwarded = ports.filter(({ role }) => role === 'both').map(({ name }) => `bench-${name}`);
  const connections: ConnectionSpec[] = ports.map(({ name }) => ({ from: `bench-${name}.port`, to: `dut.${name}` }));
  return {
    name: `contract of ${plugin.name}`,
    clocks: { bench: 1_000_000_000, dut: CONTRACT_HERTZ },
    blocks: [
      { path: 'dut', plugin, config: plugin.example?.config ?? {}, clock: 'dut' },
      ...ports.map(({ name, role }) => {
        const others = forwarded.filter((bench) => bench !== `bench-${name}`);
        const targets = role === 'target' && isTarget ? ['dut'] : role === 'both' ? others : [];
        return { path: `bench-${name}`, plugin: benchPlugin, config: { targets, requests: REQUESTS, pause }, clock: 'bench' };
      }),
    ],
    connections,
    seed: 7,
  };
}

export function runBench(spec: MachineSpec, reversed = false, maxEvents = MAX_EVENTS): { machine: Machine; trace: string } {
  const order = spec.blocks.map((_, index) => (reversed ? spec.blocks.length - 1 - index : index));
  const machine = buildMachine(spec, { constructionOrder: order });
  machine.run({ maxEvents });
  machine.finish();
  const trace = JSON.stringify(machine.blocks.map((block) => [block.path, block.statistics, [...block.stalls.ticks], block.energy.breakdownPj(1)]));
  return { machine, trace };
}
