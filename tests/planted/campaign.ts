import { generate } from './generator/generate.js';
import { Expected, isFault, judge, type Judgement } from './interpreter/judge.js';
import { FAULTS, plant } from './mutator/mutate.js';
import { Product, type Verdict } from './product.js';
import { Random } from './random.js';
import { reduce } from './reduce.js';
import type { Plan } from './schedule-text.js';

/** A schedule, what the interpreter has against it, and what the simulator says. */
export interface Case {
  readonly seed: number;
  /** 0: nothing was planted. */
  readonly kind: number;
  readonly plan: Plan;
  readonly judgement: Judgement;
  readonly verdict: Verdict;
  /** It reads what nobody wrote, or is wrong if the engine places elements otherwise: a report is in order. */
  readonly isDoubtful: boolean;
}

export interface KindCount {
  planted: number;
  /** Planted faults that change values, order or room. */
  effective: number;
  reported: number;
  /** Reported though nothing changed; `doubtful` ones may be. */
  strict: number;
  doubtful: number;
}

export interface CampaignResult {
  readonly legal: number;
  readonly byKind: ReadonlyMap<number, KindCount>;
  readonly missed: readonly Case[];
  /** Reported by the run, and not by the check without time, though no time is in it. */
  readonly unchecked: readonly Case[];
  readonly crashes: readonly Case[];
  /** Legal schedules that were reported, or that ran out of order unseen. */
  readonly falseAlarms: readonly Case[];
  readonly unordered: readonly Case[];
  /** Planted faults without effect that were reported. */
  readonly strict: readonly Case[];
}

export interface CampaignOptions {
  readonly firstSeed: number;
  readonly legal: number;
  readonly planted: number;
  readonly onProgress?: (result: CampaignResult) => void;
}

/** Runs legal schedules and planted faults on the real machines, the kinds in turn. */
export async function campaign({ firstSeed, legal, planted, onProgress }: CampaignOptions): Promise<CampaignResult> {
  const product = new Product();
  const byKind = new Map(Object.keys(FAULTS).map((kind) => [Number(kind), { planted: 0, effective: 0, reported: 0, strict: 0, doubtful: 0 }]));
  const found = {
    missed: [] as Case[],
    unchecked: [] as Case[],
    crashes: [] as Case[],
    falseAlarms: [] as Case[],
    unordered: [] as Case[],
    strict: [] as Case[],
  };
  let legalCount = 0;
  let plantedCount = 0;
  for (let seed = firstSeed; legalCount < legal || plantedCount < planted; seed++) {
    const plan = generate(seed);
    const expected = new Expected(plan);
    const whole = await examine(product, plan, expected, seed, 0);
    if (legalCount < legal) {
      legalCount++;
      if (whole.verdict.kind === 'crash') found.crashes.push(whole);
      else if (whole.verdict.kind !== 'legal' || (whole.verdict.checked?.length ?? 0) > 0) found.falseAlarms.push(whole);
      if (isFault(whole.judgement)) found.unordered.push(whole);
    }
    // What is reported anyway says nothing about a fault.
    if (whole.verdict.kind === 'legal' && !isFault(whole.judgement) && plantedCount < planted) {
      const fault = await plantOne(product, plan, expected, seed, byKind);
      if (fault !== undefined) {
        plantedCount++;
        count(fault, byKind.get(fault.kind)!, found);
      }
    }
    onProgress?.({ legal: legalCount, byKind, ...found });
  }
  product.close();
  return { legal: legalCount, byKind, ...found };
}

/** One of the kinds that came least so far, and for which the schedule has a place. */
async function plantOne(product: Product, plan: Plan, expected: Expected, seed: number, byKind: ReadonlyMap<number, KindCount>): Promise<Case | undefined> {
  const random = new Random(seed);
  // Kinds that seldom have an effect come a little more often than others.
  const share = (kind: number): number => byKind.get(kind)!.effective + byKind.get(kind)!.planted / 3;
  const kinds = random.shuffled([...byKind.keys()]).sort((a, b) => share(a) - share(b));
  for (const kind of kinds.slice(0, 12)) {
    const faulty = plant(plan, kind, seed);
    if (faulty !== undefined) return examine(product, faulty, expected, seed, kind);
  }
  return undefined;
}

export async function examine(product: Product, plan: Plan, expected: Expected, seed: number, kind: number): Promise<Case> {
  const verdict = await product.run(plan);
  const judgement = judge(plan, expected, 'certain', verdict.times);
  const possible = kind === 0 ? undefined : judge(plan, expected, 'possible', verdict.times);
  return { seed, kind, plan, judgement, verdict, isDoubtful: possible !== undefined && (isFault(possible) || possible.undefinedReads > 0) };
}

function count(fault: Case, counts: KindCount, found: { missed: Case[]; unchecked: Case[]; crashes: Case[]; strict: Case[] }): void {
  const isReported = fault.verdict.kind === 'illegal' || fault.verdict.kind === 'bad input';
  counts.planted++;
  if (fault.verdict.kind === 'crash') found.crashes.push(fault);
  if (isFault(fault.judgement)) {
    counts.effective++;
    if (isReported) counts.reported++;
    else if (fault.verdict.kind === 'legal') found.missed.push(fault);
    const { malformed, values, room } = fault.judgement;
    if (fault.verdict.checked?.length === 0 && malformed.length + values.length + room.length > 0) found.unchecked.push(fault);
    return;
  }
  // A queue whose block cannot do it is rightly refused.
  if (!isReported || (fault.kind === 38 && fault.verdict.kind === 'bad input')) return;
  if (fault.isDoubtful) counts.doubtful++;
  else {
    counts.strict++;
    found.strict.push(fault);
  }
}

/** The smallest schedule of which the same is wrong as of the case. */
export async function smallest(product: Product, { plan, kind, verdict, judgement }: Case): Promise<Case> {
  const isWrong = isFault(judgement);
  const rule = verdict.rules[0];
  const look = (candidate: Plan): Promise<Case> => examine(product, candidate, new Expected(candidate), 0, kind);
  const reduced = await reduce(plan, async (candidate) => {
    const program = judge(candidate, new Expected(candidate), 'possible');
    if (!isWrong && (isFault(program) || program.undefinedReads > 0) && verdict.kind !== 'crash') return false;
    const found = await look(candidate);
    return found.verdict.kind === verdict.kind && found.verdict.rules[0] === rule && isFault(found.judgement) === isWrong;
  });
  return look(reduced);
}
