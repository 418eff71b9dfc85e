import { Args, Flags } from '@oclif/core';
import { planCacheFlag, sharedFlags, TesseraCommand } from '../base-command.js';
import { ExitCode } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import { ProgressLine } from '../progress-line.js';

const DEFAULT_TOLERANCE = '10%';

export default class Validate extends TesseraCommand {
  static override summary = 'Simulate a scenario and compare its estimate with the simulation';
  static override description = `Prints estimate and simulation side by side, layer by layer. Exit code 1 when the estimate of the whole run is
further off than the tolerance, or when the estimate is physically impossible.`;
  static override examples = [
    { description: 'Is the estimate within 8 %?', command: '<%= config.bin %> validate scenarios/quickstart/depth-first.yaml --tolerance 8%' },
    { description: 'With another estimator', command: '<%= config.bin %> validate s.yaml --estimator roofline --json' },
  ];
  static override args = { file: Args.string({ description: 'Scenario file (YAML) with an estimator', required: true }) };
  static override flags = {
    tolerance: Flags.string({
      char: 't',
      description: `Largest error of the estimate, e.g. 8% (default: the scenario's estimateError, else ${DEFAULT_TOLERANCE})`,
      helpValue: 'SHARE',
    }),
    estimator: Flags.string({ description: 'Use this estimator instead of the one in the scenario', helpValue: 'NAME' }),
    ...sharedFlags,
    ...planCacheFlag,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Validate);
    const [{ loadRequested, runLoaded, exitCodeOfResult }, { InputError }, { readTolerance }] = await Promise.all([
      import('../run-scenario.js'),
      import('../../core/errors.js'),
      import('../tolerance.js'),
    ]);
    const own = flags.tolerance === undefined ? undefined : readTolerance(flags.tolerance);
    const interrupt = new Interrupt();
    const set = flags.estimator === undefined ? {} : { set: { estimator: { use: flags.estimator } } };
    const loaded = await loadRequested({ file: args.file, flags, ...set }, interrupt);
    if (loaded.scenario.kind !== 'schedule' || (loaded.scenario.estimator ?? loaded.scenario.estimate) === undefined) {
      throw new InputError({
        file: args.file,
        path: 'estimator',
        message: 'there is no estimate to compare with',
        expected: '`estimator: { use: NAME }` in the scenario, or --estimator NAME',
      });
    }
    const settings = {
      line: new ProgressLine(flags.progress),
      interrupt,
      label: loaded.scenario.name,
      exporters: [],
      trace: false,
      usesPlanCache: flags['plan-cache'],
    };
    const { result } = await runLoaded(loaded, settings).finally(() => interrupt.dispose());
    const [{ estimateTable }, { reasonsOf, resultDocument }, { validationOf }] = await Promise.all([
      import('../result-text.js'),
      import('../../core/result/verdict.js'),
      import('../../core/analysis/validation.js'),
    ]);
    if (result.kind !== 'schedule') throw new Error(`a scenario of kind schedule gave the result of an ${result.kind}`);
    const expected = loaded.scenario.expectations.find((expectation) => expectation.metric === 'estimateError')?.within;
    const validation = validationOf(result, own ?? expected ?? readTolerance(DEFAULT_TOLERANCE));
    this.log(estimateTable(result));
    for (const line of [...validation.reasons, ...reasonsOf(result)]) this.log(line);
    const code = await exitCodeOfResult(result);
    this.endWith(code === ExitCode.asExpected && !validation.holds ? ExitCode.missed : code);
    return { validation, result: resultDocument(result) };
  }
}
