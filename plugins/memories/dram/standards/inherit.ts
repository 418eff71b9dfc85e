import type { ConstraintForm, LevelName, StandardForm } from './form.js';

/** Rules by name, as a list in which each carries its name. */
export function named(rules: Readonly<Record<string, ConstraintForm>>): readonly ConstraintForm[] {
  return Object.entries(rules).map(([name, rule]) => ({ ...rule, name }));
}

/** What a standard states about itself, and how its rules differ from those of the standard it inherits from. */
export interface StandardChanges extends Partial<Omit<StandardForm, 'constraints'>> {
  readonly name: string;
  readonly source: string;
  readonly parts: StandardForm['parts'];
  /** Levels whose rules hold at another one: `{ channel: 'rank' }` for what pseudo-channels do that channels did. */
  readonly levels?: Readonly<Partial<Record<LevelName, LevelName>>>;
  /** Timings that have another name, or of which another one holds: `{ nCCD: 'nCCDS' }`. */
  readonly timings?: Readonly<Record<string, string>>;
  /** Names of rules that do not exist any more. */
  readonly without?: readonly string[];
  /** Rules by name: a formula is another latency for a rule of the base; a rule replaces the one of that name or is new. */
  readonly rules?: Readonly<Record<string, ConstraintForm | string>>;
}

/**
 * A standard that is another one but for some changes: levels and timings are renamed in the rules of the base, then rules are taken
 * out, changed and added. Commands that it declares come on top of those of the base. Throws an Error that names the rule for a change of a rule that the base does not have.
 */
export function inherit(base: StandardForm, changes: StandardChanges): StandardForm {
  const { levels = {}, timings = {}, without = [], rules = {}, ...own } = changes;
  const inherited = base.constraints.map((rule) => ({ ...rule, level: levels[rule.level] ?? rule.level, latency: renamed(rule.latency, timings) }));
  const byName = new Map(inherited.map((rule, i): [string, ConstraintForm] => [rule.name ?? `${i}`, rule]));
  const known = (name: string): ConstraintForm => {
    const rule = byName.get(name);
    if (rule === undefined) throw new Error(`${own.name} changes the rule '${name}', which ${base.name} does not have`);
    return rule;
  };
  for (const name of without) {
    known(name);
    byName.delete(name);
  }
  for (const [name, change] of Object.entries(rules)) {
    byName.set(name, typeof change === 'string' ? { ...known(name), latency: change } : { ...change, name });
  }
  const family = onlyAdds(base, changes) ? (base.family ?? base.name) : undefined;
  const { family: _, ...kept } = base;
  const ramulator2 = {
    ...Object.fromEntries(Object.entries(base.ramulator2 ?? {}).map(([name, latency]) => [name, latency === null ? null : renamed(latency, timings)])),
    ...own.ramulator2,
  };
  for (const name of without) delete ramulator2[name];
  const commands = [...(base.commands ?? []), ...(own.commands ?? [])];
  return {
    ...kept,
    ...(family === undefined ? {} : { family }),
    ...own,
    ...(commands.length > 0 ? { commands } : {}),
    constraints: [...byName.values()],
    ...(Object.keys(ramulator2).length > 0 ? { ramulator2 } : {}),
  };
}

/** Whatever the base demands of a command, the other one demands too. */
function onlyAdds(base: StandardForm, changes: StandardChanges): boolean {
  const { levels = {}, timings = {}, without = [], rules = {}, commandCycles, commandBus, refreshScope, splitActivation } = changes;
  const isChanged = [levels, timings, without].some((list) => Object.keys(list).length > 0);
  const isNew = (name: string) => base.constraints.every((rule) => rule.name !== name);
  return !isChanged && Object.keys(rules).every(isNew) && [commandCycles, commandBus, refreshScope, splitActivation].every((one) => one === undefined);
}

/** The standard with the rules that Ramulator 2.1 has. */
export function asInRamulator2(standard: StandardForm): StandardForm {
  const { ramulator2 = {}, constraints } = standard;
  const changed = constraints.flatMap((rule) => {
    const latency = rule.name === undefined ? undefined : ramulator2[rule.name];
    if (latency === null) return [];
    return [latency === undefined ? rule : { ...rule, latency }];
  });
  return { ...standard, constraints: changed };
}

function renamed(formula: string, timings: Readonly<Record<string, string>>): string {
  return formula.replace(/[A-Za-z_]\w*/g, (name) => timings[name] ?? name);
}
