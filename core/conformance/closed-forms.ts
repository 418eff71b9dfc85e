import type { BlockFacts } from '../model/machine-facts.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import { ruleOfBlock } from './contract-rule.js';
import { describedContract, tilesOf } from './described.js';

export const CLOSED_FORMS_RULE = ruleOfBlock('has closed forms that are numbers: facts, and cycles of a tile', closedFormProblem);

/** Facts that may be without limit: rates of what is idealised, and sizes that do not matter. */
const MAY_BE_INFINITE: readonly string[] = [
  'peakBytesPerCycle',
  'linkBytesPerCycle',
  'preferredBurstBytes',
  'burstBytes',
  'capacityBytes',
  'descriptorsInFlight',
];
/** Rates and sizes by which others divide. */
const POSITIVE: readonly string[] = [
  'peakMacsPerCycle',
  'peakBytesPerCycle',
  'linkBytesPerCycle',
  'preferredBurstBytes',
  'burstBytes',
  'capacityBytes',
  'descriptorsInFlight',
  'rows',
  'columns',
];

function closedFormProblem(plugin: BlockPlugin): string | undefined {
  const { facts } = describedContract(plugin);
  return factsProblem(facts) ?? tileProblem(plugin, facts);
}

function factsProblem(facts: BlockFacts): string | undefined {
  for (const [name, value] of Object.entries(facts)) {
    if (typeof value !== 'number') continue;
    const isNumber = Number.isFinite(value) || (value === Infinity && MAY_BE_INFINITE.includes(name));
    const isEnough = POSITIVE.includes(name) ? value > 0 : value >= 0;
    if (!isNumber || !isEnough) return `fact \`${name}\` is ${value}`;
  }
  return undefined;
}

function tileProblem(plugin: BlockPlugin, facts: BlockFacts): string | undefined {
  if (facts.kind !== 'core' && facts.kind !== 'pim') return undefined;
  for (const tile of tilesOf(plugin)) {
    const cycles = facts.tileCycles(tile);
    const text = `of ${tile.operator}, loops ${JSON.stringify(tile.loops)}, bits ${JSON.stringify(tile.bits)}`;
    if (!Number.isFinite(cycles) || cycles < 0) return `\`tileCycles\` ${text} is ${cycles}`;
  }
  return undefined;
}
