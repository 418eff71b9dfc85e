import type { ErrorObject } from 'ajv/dist/2020.js';

const COMBINING = new Set(['anyOf', 'oneOf']);

export function isCombined(error: ErrorObject): boolean {
  return COMBINING.has(error.keyword);
}

/**
 * Of a failed `anyOf` ajv reports every branch. Telling is the branch that the user meant: the one that accepts the
 * value's type. When exactly one does, its errors stay and the sum goes; otherwise the sum stays, in one line.
 */
export function keepTelling(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = [...errors].filter((error) => error.keyword !== 'if');
  for (const sum of errors.filter(isCombined)) {
    const prefix = `${sum.schemaPath}/`;
    const inside = kept.filter((error) => error !== sum && isInside(error, sum, prefix));
    const branchOf = (error: ErrorObject): string => error.schemaPath.slice(prefix.length).split('/')[0] ?? '';
    const branches = new Map<string, ErrorObject[]>();
    for (const error of inside) branches.set(branchOf(error), [...(branches.get(branchOf(error)) ?? []), error]);
    const fitting = fittingBranches([...branches.values()], sum);
    const drop = new Set<ErrorObject>(fitting.length === 1 ? [sum, ...inside.filter((error) => !fitting[0]?.includes(error))] : inside);
    kept = kept.filter((error) => !drop.has(error));
  }
  return kept;
}

function isInside(error: ErrorObject, sum: ErrorObject, prefix: string): boolean {
  return error.schemaPath.startsWith(prefix) && error.instancePath.startsWith(sum.instancePath);
}

/** Branches for values of this type; of several, those whose required keys are there. */
function fittingBranches(branches: readonly ErrorObject[][], sum: ErrorObject): ErrorObject[][] {
  const ofType = branches.filter((list) => !list.some((error) => isTypeMismatch(error, sum)));
  if (ofType.length <= 1) return ofType;
  return ofType.filter((list) => !list.some((error) => error.keyword === 'required' && error.instancePath === sum.instancePath));
}

function isTypeMismatch(error: ErrorObject, sum: ErrorObject): boolean {
  if (error.instancePath !== sum.instancePath) return false;
  const hasType = (error.parentSchema as { type?: unknown } | undefined)?.type !== undefined;
  return error.keyword === 'type' || error.keyword === 'const' || (error.keyword === 'enum' && !hasType);
}
