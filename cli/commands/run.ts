import { Args, Flags } from '@oclif/core';
import { planCacheFlag, sharedFlags, TesseraCommand } from '../base-command.js';
import type { CheckpointRequest } from '../checkpoints.js';
import { Interrupt } from '../interrupt.js';
import type { Schedule } from '../../core/schedule/form/form.js';
import type { Outputs } from '../outputs.js';
import { ProgressLine } from '../progress-line.js';

type CheckpointFlags = { readonly [name in 'checkpoint' | 'resume']?: string | undefined } & {
  readonly [name in 'checkpoint-at' | 'checkpoint-every']?: number | undefined;
};

export default class Run extends TesseraCommand {
  static override summary = 'Simulate one scenario and print how long it takes, layer by layer';
  static override description = `Loads a scenario file, simulates it and prints a table. Exit code 0: as expected; 1: an expectation was missed;
2: bad input; 3: the simulated machine failed (illegal schedule, wrong values, deadlock, a bound was reached); 130: interrupted.`;
  static override examples = [
    { description: 'Run a scenario', command: '<%= config.bin %> run scenarios/quickstart/depth-first.yaml' },
    {
      description: 'With a wider network, and all reports in a folder',
      command: '<%= config.bin %> run s.yaml --set machine.noc.with.linkWidthBits=256 -o out',
    },
    { description: 'The result as JSON', command: '<%= config.bin %> run s.yaml --json > result.json' },
    {
      description: 'Stop after 100,000 cycles, and go on later',
      command: '<%= config.bin %> run s.yaml --set limits.maxCycles=100000 --checkpoint s.checkpoint; <%= config.bin %> run s.yaml --resume s.checkpoint',
    },
    {
      description: 'Everything that the run uses, defaults included, as a scenario of its own',
      command: '<%= config.bin %> run s.yaml --print-config > full.yaml',
    },
  ];
  static override args = { file: Args.string({ description: "Scenario file (YAML), or files of another tool that 'tessera import' reads", required: true }) };
  static override strict = false;
  static override flags = {
    output: Flags.string({ char: 'o', description: "Folder for the exporters' files (default: results/NAME)", helpValue: 'FOLDER' }),
    export: Flags.string({
      char: 'e',
      description: 'Write the files of this exporter too (repeatable); `tessera plugin list exporter`',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME',
    }),
    checkpoint: Flags.string({
      description: 'Keep the state of the run in this file: when it is interrupted or meets a limit, and as the next two flags say',
      helpValue: 'FILE',
    }),
    'checkpoint-at': Flags.integer({
      description: 'Keep it when this cycle of the reference clock has passed, and go on',
      min: 0,
      dependsOn: ['checkpoint'],
      helpValue: 'CYCLE',
    }),
    'checkpoint-every': Flags.integer({ description: 'Keep it every so many seconds', min: 1, dependsOn: ['checkpoint'], helpValue: 'SECONDS' }),
    resume: Flags.string({ description: 'Go on from a checkpoint of this scenario; limits may be others (--set limits.maxCycles=...)', helpValue: 'FILE' }),
    'trace-events': Flags.integer({
      description:
        'Spans and counter values that are kept for timelines (default: trace.maxEvents of the scenario, else 1000000); beyond, neighbours are merged',
      min: 1000,
      max: 50_000_000,
      helpValue: 'N',
    }),
    functional: Flags.boolean({ description: 'Carry values through the run and compare the outputs with a plain reference (small workloads)' }),
    'dump-schedule': Flags.string({
      description: "Write the schedule that is executed in Tessera's own form, before it is simulated (.ndjson, .yaml or .json)",
      helpValue: 'FILE',
    }),
    'print-config': Flags.boolean({ description: 'Print the resolved scenario instead of running it' }),
    ...sharedFlags,
    ...planCacheFlag,
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Run);
    const [{ loadRequested, runLoaded, exitCodeOfResult }, { scenarioFile }] = await Promise.all([
      import('../run-scenario.js'),
      import('../foreign-scenario.js'),
    ]);
    const interrupt = new Interrupt();
    const loaded = await loadRequested({ file: await scenarioFile(argv as string[]), flags }, interrupt);
    if (flags['print-config']) {
      interrupt.dispose();
      return this.printConfig(loaded);
    }
    const outputs = this.outputs();
    const { folderName } = await import('../../core/document/output-files.js');
    const folder = flags.output ?? `results/${folderName(loaded.scenario.name)}`;
    const names = flags.export ?? (flags.output === undefined ? [] : await fileExporters(loaded.registry));
    const settings = {
      line: new ProgressLine(flags.progress),
      interrupt,
      label: loaded.scenario.name,
      exporters: names,
      folder,
      trace: false,
      traceEvents: flags['trace-events'],
      usesPlanCache: flags['plan-cache'],
      functional: flags.functional,
      onSchedule: await this.dumpTo(flags['dump-schedule'], outputs),
      checkpoints: this.checkpointsOf(flags, outputs),
    };
    const { result, registry, exporters } = await runLoaded(loaded, settings);
    const [{ resultText }, { resultDocument }] = await Promise.all([import('../result-text.js'), import('../../core/result/verdict.js')]);
    // The table first: it is not lost when a disk is full.
    this.log(await resultText(result, registry));
    for (const line of await outputs.export(exporters, [result], registry, folder, interrupt.halted)) this.log(`written: ${line}`);
    interrupt.dispose();
    this.endWith(outputs.codeWith(await exitCodeOfResult(result)));
    return resultDocument(result);
  }

  /** Looked at before anything is mapped; what fails later is told, and the run goes on. */
  private async dumpTo(file: string | undefined, outputs: Outputs): Promise<((schedule: Schedule) => void) | undefined> {
    if (file === undefined) return undefined;
    const [{ checkOutputFile }, { scheduleContent }, { writeWhole }] = await Promise.all([
      import('../../core/document/check-output.js'),
      import('../../core/run/dump-schedule.js'),
      import('../../core/document/write-whole.js'),
    ]);
    checkOutputFile(file);
    return (schedule) => {
      try {
        writeWhole(file, scheduleContent(schedule, file));
        process.stderr.write(`schedule: ${file}\n`);
      } catch (error) {
        outputs.failed(file, error as Error);
      }
    };
  }

  private checkpointsOf(flags: CheckpointFlags, outputs: Outputs): CheckpointRequest {
    return {
      file: flags.checkpoint,
      atCycle: flags['checkpoint-at'],
      everySeconds: flags['checkpoint-every'],
      resume: flags.resume,
      onWritten: (file, cycle) => {
        outputs.succeeded(file);
        process.stderr.write(`checkpoint at cycle ${Math.round(cycle)}: ${file}\n`);
      },
      onFailed: (file, error) => outputs.failed(file, error),
    };
  }

  private async printConfig(loaded: Awaited<ReturnType<typeof import('../run-scenario.js').loadRequested>>): Promise<unknown> {
    const { effectiveConfig } = await import('../../core/scenario/effective-config.js');
    const text = effectiveConfig(loaded.scenario);
    this.log(text.trimEnd());
    return loaded.scenario;
  }
}

/** `-o FOLDER` without `-e` means every exporter that makes files, but what may be as large as a schedule. */
async function fileExporters(registry: import('../../core/plugin/registry.js').PluginRegistry): Promise<string[]> {
  return registry
    .plugins('exporter')
    .filter((plugin) => plugin.needsSchedule !== true)
    .map((plugin) => plugin.name);
}
