import { Args, Flags } from '@oclif/core';
import { TesseraCommand } from '../base-command.js';
import { ExitCode } from '../exit-codes.js';
import type { PluginRegistry } from '../../core/plugin/registry.js';

export default class Compare extends TesseraCommand {
  static override summary = 'Compare two results layer by layer, or two mappings or schedules in words';
  static override description = `Results are JSON, printed by 'tessera run --json', or estimates; with --tolerance, exit code 1 when the totals differ by more. Of two scenarios,
schedule files or files of other tools it says how their mappings or schedules differ (loop order, level, factor, core, buffer), and what
that does to traffic and cycles.`;
  static override examples = [
    { description: 'What did the change cost?', command: '<%= config.bin %> compare before.json after.json' },
    { description: 'How do two mappings differ?', command: '<%= config.bin %> compare a.map.yaml b.map.yaml' },
    { description: 'As a check', command: '<%= config.bin %> compare estimate.json result.json --tolerance 5%' },
  ];
  static override args = {
    a: Args.string({ description: 'First document; differences are relative to it', required: true }),
    b: Args.string({ description: 'Second document', required: true }),
  };
  static override flags = { tolerance: Flags.string({ char: 't', description: 'Largest difference of the totals, e.g. 5%', helpValue: 'SHARE' }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Compare);
    const [{ registryWith }, { holdsPlan }] = await Promise.all([import('../engine.js'), import('../../core/run/read-plan.js')]);
    const registry = await registryWith([]);
    const plans = [args.a, args.b].filter((file) => holdsPlan(file, registry));
    if (plans.length > 0) return this.comparePlans(args.a, args.b, plans, registry);
    const [{ readPerformance }, { comparisonDocument, slowerRun }, { causeText }, { isPartial }, text, { ERROR_PLACES }, { readTolerance }] = await Promise.all(
      [
        import('../../core/result/read-results.js'),
        import('../../core/analysis/comparison-document.js'),
        import('../../core/analysis/cause-text.js'),
        import('../../core/result/partial.js'),
        import('../../core/text/index.js'),
        import('../result-text.js'),
        import('../tolerance.js'),
      ],
    );
    const tolerance = flags.tolerance === undefined ? Infinity : readTolerance(flags.tolerance);
    const [a, b] = [readPerformance(args.a), readPerformance(args.b)];
    const parts = [a, b].filter(({ result }) => result !== undefined && isPartial(result));
    const comparison = comparisonDocument(a.performance, b.performance, a.title, b.title, parts.length === 0);
    const { flexibleColumn, formatCount, formatEnergy, formatPercent, formatSignedPercent, rightColumn, textTable } = text;
    const signed = (difference: number | undefined): string => formatSignedPercent(difference, ERROR_PLACES);
    const rows = comparison.layers.map(({ layer, operator, cyclesA, cyclesB, difference }) => [
      layer,
      operator,
      formatCount(cyclesA),
      formatCount(cyclesB),
      signed(difference),
    ]);
    const { total, energy } = comparison;
    rows.push(['total', '', formatCount(total.cyclesA), formatCount(total.cyclesB), signed(total.difference)]);
    if (energy !== undefined) rows.push(['energy', '', formatEnergy(energy.energyPjA), formatEnergy(energy.energyPjB), signed(energy.difference)]);
    this.log(`A: ${comparison.titleA} (${args.a})\nB: ${comparison.titleB} (${args.b})\n`);
    this.log(textTable([flexibleColumn('layer'), flexibleColumn('operator'), ...['cycles A', 'cycles B', 'B - A'].map(rightColumn)], rows).join('\n'));
    const why = slowerRun(a.result, b.result);
    if (why !== undefined && why.causes.length > 0)
      this.log([`Why ${why.slower} is slower:`, ...why.causes.map((cause) => `  ${causeText(cause)}`)].join('\n'));
    const { difference = NaN } = total;
    const holds = flags.tolerance === undefined || Math.abs(difference) <= tolerance;
    for (const { title, result } of parts) this.log(`${title} is a part of a run (${result?.outcome}): nothing is compared with it`);
    if (!holds && parts.length === 0)
      this.log(
        `the totals differ by ${Number.isFinite(difference) ? signed(difference) : String(difference)}, outside ${formatPercent(tolerance, ERROR_PLACES)}`,
      );
    this.endWith(holds ? ExitCode.asExpected : ExitCode.missed);
    return { ...comparison, ...why, holds };
  }

  private async comparePlans(a: string, b: string, plans: readonly string[], registry: PluginRegistry): Promise<unknown> {
    const [{ readPlan }, { comparePlans }, { planComparisonText }, { InputError }] = await Promise.all([
      import('../../core/run/read-plan.js'),
      import('../../core/analysis/compare-plans.js'),
      import('../plan-comparison-text.js'),
      import('../../core/errors.js'),
    ]);
    if (plans.length === 1 && a !== b) {
      const result = plans[0] === a ? b : a;
      throw new InputError({
        file: result,
        message: `a result cannot be held against the plan in ${plans[0]!}`,
        expected: 'two results, or two mappings or schedules',
      });
    }
    const comparison = comparePlans(await readPlan(a, registry), await readPlan(b, registry));
    this.log(planComparisonText(comparison, a, b));
    return comparison;
  }
}
