import { Args, Flags } from '@oclif/core';
import { TesseraCommand } from '../base-command.js';

export default class WorkloadCommand extends TesseraCommand {
  static override summary = 'List the layers of a model file: operators, loop sizes, operations, bytes';
  static override description = 'Reads an ONNX file (or any file that an importer plugin reads) as a run would, and shows what was understood.';
  static override examples = [
    { description: 'What is in this model?', command: '<%= config.bin %> workload scenarios/models/resnet18.onnx' },
    { description: 'With a size for a symbolic dimension', command: '<%= config.bin %> workload model.onnx --dim batch=1 --json' },
  ];
  static override args = { file: Args.string({ description: 'Model file, e.g. ONNX', required: true }) };
  static override flags = {
    dim: Flags.string({ description: 'Size of a symbolic dimension (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'NAME=SIZE' }),
    importer: Flags.string({ description: 'Importer plugin (default: by the ending of the file)', helpValue: 'NAME' }),
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(WorkloadCommand);
    const [{ registryWith }, { importWorkload }, { workloadReport }, { workloadText }] = await Promise.all([
      import('../engine.js'),
      import('../../core/run/import-file.js'),
      import('../../core/analysis/workload-report.js'),
      import('../workload-text.js'),
    ]);
    const registry = await registryWith(flags.plugin ?? []);
    const workload = await importWorkload(args.file, registry, {
      ...(flags.importer === undefined ? {} : { importer: flags.importer }),
      dims: await dimsOf(flags.dim ?? []),
    });
    const report = workloadReport(workload);
    this.log(workloadText(report));
    return report;
  }
}

async function dimsOf(texts: readonly string[]): Promise<Record<string, number>> {
  const { InputError } = await import('../../core/errors.js');
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', size = ''] = text.split('=');
      const value = Number(size);
      if (name === '' || !Number.isInteger(value) || value < 1) {
        throw new InputError({ file: 'command line', path: '--dim', message: `'${text}' is no size of a dimension`, expected: 'NAME=SIZE, e.g. batch=1' });
      }
      return [name, value];
    }),
  );
}
