import { ModelError } from '../errors.js';
import type { StateExchange } from '../kernel/state.js';
import { type ActionDeclarations, isPower } from './action.js';

/** Energy of one block by component: counts of its declared actions times picojoules an action, and powers times time. */
export class EnergyMeter {
  private readonly names: readonly string[];
  private readonly perActionPj: readonly number[];
  private readonly powerMw: readonly number[];
  private readonly counts: Float64Array;

  /**
   * @param actions as the block declares them; one without a figure is counted and costs nothing
   * @param dynamicScale factor of all actions' energies (supply voltage), @param staticScale of all powers
   * @param path of the block, for errors
   */
  constructor(
    actions: ActionDeclarations,
    private readonly dynamicScale = 1,
    private readonly staticScale = 1,
    private readonly path?: string,
  ) {
    const declarations = Object.values(actions);
    this.names = Object.keys(actions);
    this.perActionPj = declarations.map((declaration) => (isPower(declaration) ? 0 : (declaration.energyPj ?? 0)));
    this.powerMw = declarations.map((declaration) => (isPower(declaration) ? (declaration.powerMw ?? 0) : 0));
    this.counts = new Float64Array(this.names.length);
  }

  /** The number of a declared action, for `count`; a ModelError for one that the plugin does not declare, or that is a power. */
  action(name: string): number {
    const index = this.names.indexOf(name);
    if (index < 0) throw new ModelError(`no action '${name}' is declared; the plugin's \`actions\` has ${this.names.join(', ') || 'none'}`, this.path);
    return index;
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
      result[name] = dynamic + leakage;
    });
    return result;
  }

  counters(s: StateExchange): void {
    s.numbers(this.counts);
  }
}
