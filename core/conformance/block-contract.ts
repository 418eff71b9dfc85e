import { BLOCK_KINDS, type BlockPlugin } from '../plugin/block-plugin.js';
import type { Plugin } from '../plugin/define-plugin.js';
import { buildMachine } from '../machine/machine.js';
import { benchOf, machineAround, MAX_EVENTS, runBench } from './bench-machine.js';
import { CLOSED_FORMS_RULE } from './closed-forms.js';
import { type ContractRule, ruleOfBlock } from './contract-rule.js';
import { ACTIONS_RULE, IDEAL_DECLARED_RULE, MILESTONES_RULE, STALL_ROLES_RULE } from './declarations.js';
import { IDEAL_RULE } from './ideal-rule.js';
import { STATE_RULE } from './state-rule.js';
import { undeclaredStatistic } from './statistics-rule.js';
import { UNIT_RULE } from './unit-rule.js';

export type { ContractRule } from './contract-rule.js';

/** Largest pause of the benches where a rule does not depend on it: one run answers all of those. */
const SOME_PAUSE = 3;

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
  MILESTONES_RULE,
  IDEAL_DECLARED_RULE,
  IDEAL_RULE,
  STATE_RULE,
  UNIT_RULE,
];

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
  const { machine } = benchOf(plugin, pause);
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
  const { machine } = benchOf(plugin, SOME_PAUSE);
  for (const { path, statistics } of machine.blocks.filter((block) => block.path !== 'dut')) {
    for (const [statistic, field] of Object.entries(ALTERED)) {
      const altered = statistics[statistic] ?? 0;
      if (altered > 0) return `${path} got ${altered} messages whose \`${field}\` was changed on the way`;
    }
  }
  return undefined;
}

function statisticsProblem(plugin: BlockPlugin): string | undefined {
  const machine = buildMachine(machineAround(plugin, SOME_PAUSE));
  machine.run({ maxEvents: MAX_EVENTS });
  return undeclaredStatistic(plugin, machine.built('dut'));
}

function checkForwarding(plugin: BlockPlugin): string | undefined {
  if (!Object.values(plugin.ports).every((port) => port.role === 'both')) return undefined;
  const { machine } = benchOf(plugin, SOME_PAUSE);
  const sum = (name: string): number => machine.blocks.reduce((total, { path, statistics }) => total + (path === 'dut' ? 0 : (statistics[name] ?? 0)), 0);
  if (sum('sent') === 0) return "no request was sent: the plugin's example needs at least two ports";
  if (sum('served') !== sum('sent')) return `${sum('sent')} requests went in and ${sum('served')} came out`;
  return sum('bytesServed') === sum('bytesAsked') ? undefined : `${sum('bytesAsked')} bytes were asked for and ${sum('bytesServed')} came through`;
}

function checkStallStack(plugin: BlockPlugin): string | undefined {
  const { machine } = benchOf(plugin, SOME_PAUSE);
  const { ticks, classes } = machine.built('dut').stalls;
  const negative = classes.find((_, index) => (ticks[index] ?? 0) < 0);
  if (negative !== undefined) return `class '${negative}' has negative time`;
  const total = ticks.reduce((a, b) => a + b, 0);
  return total === machine.kernel.now ? undefined : `the classes sum to ${total} ticks of ${machine.kernel.now}`;
}

function checkDeterminism(plugin: BlockPlugin): string | undefined {
  const spec = machineAround(plugin, SOME_PAUSE);
  const first = benchOf(plugin, SOME_PAUSE);
  if (runBench(spec).trace !== first.trace) return 'two runs differ';
  const reversed = runBench(spec, true);
  const same = reversed.trace === first.trace && reversed.machine.kernel.now === first.machine.kernel.now;
  return same ? undefined : 'the order in which blocks are constructed changes the results';
}

function checkNoEventLeft(plugin: BlockPlugin): string | undefined {
  const { kernel } = benchOf(plugin, SOME_PAUSE).machine;
  return kernel.pendingEvents === 0 ? undefined : `${kernel.pendingEvents} events are left after ${kernel.eventCount}`;
}
