import type { ImportSource } from 'tessera-sim';
import { looksLikeMapText, looksLikeStats } from 'tessera-sim/timeloop';

const LOOKED_AT = 2 ** 16;

/** Keys at the start of a line that only this family of tools writes, and others that it shares with the world. */
const SURE =
  /^(architecture_constraints|mapspace_constraints|mapspace|compound_components|ERT|ART|ERT_summary|ART_summary|action_counts|energy_estimation|sparse_optimizations|dumped_by_timeloop_front_end)[ \t]*:/m;
const PROBLEM = /^problem[ \t]*:/m;
const ARCHITECTURE = /^(architecture|arch)[ \t]*:/m;
const MAPPING = /^mapping[ \t]*:/m;

/** How sure we are, from the beginning of the file alone. */
export function recogniseTimeloop({ bytes }: ImportSource): number {
  const text = new TextDecoder().decode(bytes.subarray(0, LOOKED_AT));
  if (/^tessera\w*[ \t]*:/m.test(text)) return 0;
  if (looksLikeStats(text) || looksLikeMapText(text) || looksLikeTable(text) || SURE.test(text)) return 1;
  if (ARCHITECTURE.test(text) && /^[ \t]*(nodes|subtree|storage|arithmetic|local)[ \t]*:/m.test(text)) return 0.95;
  if (PROBLEM.test(text) && /[ \t\n{](instance|shape)[ \t]*:/m.test(text)) return 0.95;
  if (MAPPING.test(text) && /^[ \t]*(-[ \t]*)?\{?[ \t]*target[ \t]*:/m.test(text)) return 0.95;
  return /^mapper[ \t]*:/m.test(text) && /^[ \t]*(victory[-_]condition|optimization[-_]metrics?|num[-_]threads)[ \t]*:/m.test(text) ? 0.8 : 0;
}

/** A table of DOSA's data set. */
export function looksLikeTable(text: string): boolean {
  return /^[^\n]*\bmapping\.mapping\b[^\n]*\barch\.pe\b/.test(text);
}
