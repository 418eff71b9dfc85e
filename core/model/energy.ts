import type { StateExchange } from '../kernel/state.js';

/** Energy of one block by component: counts of actions times picojoules an action, and power times time. */
export class EnergyMeter {
  private readonly names: string[] = [];
  private readonly perActionPj: number[] = [];
  private readonly powerMw: number[] = [];
  private counts = new Float64Array(0);

  /**
   * @param dynamicScale factor of all actions' energies (supply voltage), @param staticScale of all static powers
   */
  constructor(
    private readonly dynamicScale = 1,
    private readonly staticScale = 1,
  ) {}

  /** Declares an action, e.g. `('mac', 0.2)`; returns the number for `count`. */
  declare(component: string, picojoulesPerAction: number): number {
    this.names.push(component);
    this.perActionPj.push(picojoulesPerAction);
    this.powerMw.push(0);
    this.counts = new Float64Array(this.names.length).map((_, i) => this.counts[i] ?? 0);
    return this.names.length - 1;
  }

  /** Declares a static power, charged for the whole run. */
  declareStatic(component: string, milliwatts: number): void {
    const index = this.declare(component, 0);
    this.powerMw[index] = milliwatts;
  }

  /** Adds `actions` (may be a fraction, e.g. bits of a partial word) of a declared action. */
  count(action: number, actions: number): void {
    this.counts[action]! += actions;
  }

  /** Picojoules by component after `seconds` of simulated time. 1 mW = 1e9 pJ/s. */
  breakdownPj(seconds: number): Readonly<Record<string, number>> {
    const result: Record<string, number> = {};
    this.names.forEach((name, index) => {
      const dynamic = (this.counts[index] ?? 0) * (this.perActionPj[index] ?? 0) * this.dynamicScale;
      const leakage = (this.powerMw[index] ?? 0) * this.staticScale * seconds * 1e9;
      result[name] = (result[name] ?? 0) + dynamic + leakage;
    });
    return result;
  }

  counters(s: StateExchange): void {
    s.numbers(this.counts);
  }
}
