import type { BlockPlugin } from '../plugin/block-plugin.js';

/** One rule that every block keeps; `check` returns what is wrong, undefined when it holds. */
export interface ContractRule {
  readonly name: string;
  check(plugin: BlockPlugin): string | undefined;
}

/** A rule whose complaints begin with the block's plugin. */
export function ruleOfBlock(name: string, problemOf: (plugin: BlockPlugin) => string | undefined): ContractRule {
  return {
    name,
    check: (plugin) => {
      const problem = problemOf(plugin);
      return problem === undefined ? undefined : `${plugin.name}: ${problem}`;
    },
  };
}

/** What is wrong with the first of these that has something wrong, with its field. */
export function firstProblem<T>(
  field: string,
  declarations: Readonly<Record<string, T>>,
  problemOf: (declaration: T) => string | undefined,
): string | undefined {
  for (const [name, declaration] of Object.entries(declarations)) {
    const problem = problemOf(declaration);
    if (problem !== undefined) return `\`${field}.${name}\` ${problem}`;
  }
  return undefined;
}
