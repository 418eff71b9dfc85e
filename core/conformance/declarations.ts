import type { ActionDeclaration, ExpectedActions, PowerDeclaration } from '../model/action.js';
import { isPower } from '../model/action.js';
import { oldStallForm, stallClassProblem } from '../plugin/stall-class-shape.js';
import type { BlockPlugin, IdealDeclaration } from '../plugin/block-plugin.js';
import { firstProblem, ruleOfBlock } from './contract-rule.js';
import { describedContract, tilesOf } from './described.js';

/** What a block must say of itself; an explicit empty object says that there is nothing. */

export const STALL_ROLES_RULE = ruleOfBlock('gives each class of its stall stack a role', stallRolesProblem);
export const ACTIONS_RULE = ruleOfBlock('declares its actions, each with an energy or none that is known', actionsProblem);
export const MILESTONES_RULE = ruleOfBlock('declares its milestones', milestonesProblem);
export const IDEAL_DECLARED_RULE = ruleOfBlock('declares what of it can be idealised', idealProblem);

function stallRolesProblem(plugin: BlockPlugin): string | undefined {
  const { stallClasses } = plugin;
  const oldForm = oldStallForm(plugin);
  if (oldForm !== undefined) return oldForm;
  if (stallClasses === undefined)
    return "`stallClasses` is not declared: each class with its role, e.g. { idle: { role: 'rest', ... }, busy: { role: 'work', ... } }";
  const problem = stallClassProblem(stallClasses);
  if (problem !== undefined) return `\`stallClasses\`: ${problem}`;
  if (!Object.values(stallClasses).some(({ role }) => role === 'work')) return '`stallClasses` has no class of work: the block would never be busy';
  return firstProblem('stallClasses', stallClasses, ({ role, on, description }) => {
    if (!description) return 'has no description';
    return role === 'wait' && on === undefined ? 'waits, and does not say `on` what' : undefined;
  });
}

function actionsProblem(plugin: BlockPlugin): string | undefined {
  if (plugin.actions === undefined) return '`actions` is not declared; `actions: () => ({})` says that nothing is counted that costs energy';
  const tiles = tilesOf(plugin);
  return firstProblem('actions', describedContract(plugin).actions, (declaration) =>
    isPower(declaration) ? powerProblem(declaration) : actionProblem(declaration, tiles),
  );
}

function powerProblem({ powerMw }: PowerDeclaration): string | undefined {
  return powerMw === undefined || isAmount(powerMw) ? undefined : `has a \`powerMw\` of ${String(powerMw)}`;
}

function actionProblem({ unit, energyPj, expected = {} }: ActionDeclaration, tiles: ReturnType<typeof tilesOf>): string | undefined {
  if (!unit) return 'has no unit';
  if (energyPj !== undefined && !isAmount(energyPj)) return `has an \`energyPj\` of ${String(energyPj)}`;
  const { ofTile, ...rates } = expected as ExpectedActions;
  const rate = Object.entries(rates).find(([, value]) => !isAmount(value));
  if (rate !== undefined) return `has an expected \`${rate[0]}\` of ${String(rate[1])}`;
  const tile = tiles.find((candidate) => ofTile !== undefined && !isAmount(ofTile(candidate)));
  return tile === undefined ? undefined : `has an expected \`ofTile\` of ${String(ofTile?.(tile))} for ${tile.operator} of ${JSON.stringify(tile.loops)}`;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function milestonesProblem({ milestones }: BlockPlugin): string | undefined {
  if (milestones === undefined) return '`milestones` is not declared; `milestones: {}` says that the block notes none';
  return firstProblem('milestones', milestones, ({ cause, description }) => (!cause ? 'has no cause' : !description ? 'has no description' : undefined));
}

function idealProblem({ ideal, configSchema }: BlockPlugin): string | undefined {
  if (ideal === undefined) return '`ideal` is not declared; `ideal: {}` says that nothing of the block can be idealised';
  const problem = firstProblem('ideal', ideal, idealDeclarationProblem);
  if (problem !== undefined || Object.keys(ideal).length === 0) return problem;
  return configSchema.properties?.['ideal'] === undefined ? '`configSchema` has no `ideal`, by which the mechanisms of `ideal` are switched off' : undefined;
}

function idealDeclarationProblem({ description, anomaly }: IdealDeclaration): string | undefined {
  if (!description) return 'has no description';
  if (anomaly === undefined) return undefined;
  if (!anomaly.reason) return 'has an anomaly without a reason';
  return anomaly.atMost > 0 && anomaly.atMost <= 1 ? undefined : `has an anomaly of at most ${String(anomaly.atMost)}, which is no share`;
}
