import { isPlainObject } from '../document/places.js';
import { nearestName } from '../document/nearest.js';

/** What is wrong with the ratios that a plugin declares among its statistics; undefined when all can be computed. */
export function statisticsProblem(statistics: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, declaration] of Object.entries(statistics)) {
    if (!isPlainObject(declaration)) return `statistic '${name}' is no object`;
    const { ratio, slows } = declaration;
    if (slows !== undefined && typeof slows !== 'string')
      return `statistic '${name}' has '${JSON.stringify(slows)}' for 'slows'; expected how it slows a run down`;
    if (ratio === undefined) continue;
    if (!Array.isArray(ratio) || ratio.length !== 2) return `statistic '${name}' is a ratio of ${JSON.stringify(ratio)}`;
    for (const part of ratio) {
      const problem = partProblem(part, statistics);
      if (problem !== undefined) return `statistic '${name}' is a ratio ${problem}`;
    }
  }
  return undefined;
}

function partProblem(part: unknown, statistics: Readonly<Record<string, unknown>>): string | undefined {
  const declared = typeof part === 'string' && Object.hasOwn(statistics, part) ? statistics[part] : undefined;
  if (declared === undefined) {
    const nearest = nearestName(String(part), Object.keys(statistics));
    return `with '${String(part)}', which is no statistic of the plugin${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`;
  }
  return isPlainObject(declared) && declared['ratio'] !== undefined ? `with '${String(part)}', which is a ratio itself` : undefined;
}
