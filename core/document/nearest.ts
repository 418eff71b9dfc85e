import { closest, distance } from 'fastest-levenshtein';

/** The candidate that a misspelt word most likely meant; undefined when none is near enough to be a help. */
export function nearestName(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || word.length === 0 || word.length > 200) return undefined;
  const lower = word.toLowerCase();
  const best = closest(
    lower,
    candidates.map((name) => name.toLowerCase()),
  );
  const name = candidates.find((candidate) => candidate.toLowerCase() === best);
  if (name === undefined || name === word) return undefined;
  const allowed = Math.max(2, Math.ceil(Math.max(word.length, name.length) * 0.4));
  const contained = lower.length >= 3 && (best.includes(lower) || lower.includes(best));
  return contained || distance(lower, best) <= allowed ? name : undefined;
}

/** `a, b or c`; at most `limit` names, then how many are left out. */
export function listNames(names: readonly string[], limit = 12): string {
  if (names.length === 0) return 'nothing';
  if (names.length > limit) return `${names.slice(0, limit).join(', ')} or one of ${names.length - limit} more`;
  if (names.length === 1) return names[0] as string;
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;
}
