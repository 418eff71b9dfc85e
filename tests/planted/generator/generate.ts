import { Expected, isFault, judge } from '../interpreter/judge.js';
import { Random } from '../random.js';
import type { Plan } from '../schedule-text.js';
import { arrange } from './arrange.js';
import { Emitter } from './emit.js';
import { MACHINES, type MachinePaths } from './machines.js';
import { makeNetwork } from './network.js';

const MOST_OPERATIONS = 60;
const MOST_TRIES = 200;

/** A legal schedule, the same for the same seed. */
export function generate(seed: number): Plan {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const plan = draft(seed * 1009 + attempt * 7919);
    if (plan !== undefined) return plan;
  }
  throw new Error(`no schedule for seed ${seed}`);
}

/** Undefined when it is too long, or when the parts do not go together. */
function draft(seed: number): Plan | undefined {
  const random = new Random(seed);
  const machine = pickMachine(random);
  const plan = makeNetwork(random, machine);
  new Emitter(plan, machine, random).emitAll();
  if (plan.operations.length < 3 || plan.operations.length > MOST_OPERATIONS) return undefined;
  const verdict = judge(plan, new Expected(plan), 'possible');
  if (isFault(verdict) || verdict.undefinedReads > 0) throw new Error(`seed ${seed}: the generator made a schedule that is wrong: ${JSON.stringify(verdict)}`);
  return arrange(plan, random);
}

function pickMachine(random: Random): MachinePaths {
  return random.pick(MACHINES.flatMap((machine) => Array.from({ length: machine.weight }, () => machine)));
}
