import { digestOf } from '../kernel/digest.js';
import type { StateExchange } from '../kernel/state.js';
import { mix } from './mix.js';

/**
 * Three fingerprints of what a model determines, each an SHA-256: a change of timing, of counted work and of energy can be
 * told apart. Kernel events, statistics that are ratios or means, and stall stacks are in none of them.
 */
export interface ResultDigests {
  /** Start and end tick of every operation; of an experiment its latencies and end ticks. */
  readonly timing: string;
  /** Integer counters and bytes by their raw names. */
  readonly counts: string;
  /** Picojoules by block and action. */
  readonly energy: string;
}

/**
 * Fingerprint of the times of all operations, in whatever order they are added: a sum of hashes, so that operations that
 * end at one tick may be reported in any order. Nothing is kept of an operation but its share of the sum.
 */
export class OperationTimes {
  private count = 0;
  private high = 0;
  private low = 0;

  /** Ticks and ids are integers below 2^53. */
  add(id: number, startTick: number, endTick: number): void {
    let a = 0x9e3779b9;
    let b = 0x85ebca6b;
    a = mix(a, id);
    b = mix(b, a ^ (id / TWO_32));
    a = mix(a, b ^ startTick);
    b = mix(b, a ^ (startTick / TWO_32));
    a = mix(a, b ^ endTick);
    b = mix(b, a ^ (endTick / TWO_32));
    a = mix(a, b);
    this.high = (this.high + a) | 0;
    this.low = (this.low + b) | 0;
    this.count++;
  }

  state(s: StateExchange): void {
    this.count = s.number(this.count);
    this.high = s.number(this.high);
    this.low = s.number(this.low);
  }

  get digest(): string {
    return digestOf([this.count, this.high >>> 0, this.low >>> 0]);
  }
}

const TWO_32 = 2 ** 32;

export type Counts = Record<string, number>;

/** Digests of a run of a schedule. Energies are keyed `block/action`; an action without energy is left out. */
export function scheduleDigests(times: OperationTimes, counts: Readonly<Counts>, energyPj: Readonly<Counts>): ResultDigests {
  const spent = Object.fromEntries(Object.entries(energyPj).filter(([, pj]) => pj !== 0));
  return { timing: times.digest, counts: digestOf(counts), energy: digestOf(spent) };
}

interface ExperimentFigures {
  readonly metrics: Readonly<Record<string, number>>;
  readonly units?: Readonly<Record<string, string>> | undefined;
  readonly tables?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> | undefined;
}

const TIME_UNIT = /cycle|tick|^[mnpu]?s$/;
const ENERGY_UNIT = /^[numkpf]?J$/;

/** Digests of an experiment: what its units call energy, its integers that are no times, and all the rest. */
export function experimentDigests({ metrics, units = {}, tables = {} }: ExperimentFigures): ResultDigests {
  const kindOf = (name: string, value: unknown): keyof ResultDigests => {
    const unit = units[name] ?? '';
    if (ENERGY_UNIT.test(unit)) return 'energy';
    return Number.isInteger(value) && !TIME_UNIT.test(unit) ? 'counts' : 'timing';
  };
  const pick = (kind: keyof ResultDigests, figures: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(figures).filter(([name, value]) => kindOf(name, value) === kind));
  const digest = (kind: keyof ResultDigests): string =>
    digestOf([pick(kind, metrics), Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, rows.map((row) => pick(kind, row))]))]);
  return { timing: digest('timing'), counts: digest('counts'), energy: digest('energy') };
}
