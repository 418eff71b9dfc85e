import { Args, Flags } from '@oclif/core';
import { sharedFlags, showWarning, TesseraCommand } from '../base-command.js';
import { ExitCode } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import type { NamedAudit } from '../audit-text.js';

export default class AuditCommand extends TesseraCommand {
  static override summary = 'Say whether an estimate is possible: bounds that no execution of its mapping or schedule can beat';
  static override description = `Works out what every array, port, link and memory must do at least, from the mapping or schedule itself, and holds estimates against it. Takes a
scenario, the files of another tool (machine, workload, mapping, estimate together), or reference records. Nothing is simulated. Exit code 1: an
estimate is below a bound, or something does not fit; 2: bad input.`;
  static override examples = [
    { description: 'A scenario and its estimator', command: '<%= config.bin %> audit scenarios/quickstart/depth-first.yaml' },
    { description: 'The files of another tool', command: '<%= config.bin %> audit accelerator.yaml mapping.yaml result_complete.json' },
    { description: 'Reference records', command: '<%= config.bin %> audit records.json --filter tpu --json' },
  ];
  static override args = { file: Args.string({ description: 'Scenario, reference records, or a file of another tool; further files follow', required: true }) };
  static override strict = false;
  static override flags = {
    from: Flags.string({ description: 'Importer plugin (default: the one that recognises the files)', helpValue: 'NAME' }),
    with: Flags.string({ description: 'A setting of the importer, KEY=VALUE (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'KEY=VALUE' }),
    filter: Flags.string({ char: 'f', description: 'Only records whose id contains this text, or matches /REGEX/', helpValue: 'TEXT' }),
    all: Flags.boolean({ description: 'Show every bound, not the tightest and those that are broken' }),
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
    ...sharedFlags,
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(AuditCommand);
    const [{ auditsOf }, { auditText }] = await Promise.all([import('../audits.js'), import('../audit-text.js')]);
    const interrupt = new Interrupt();
    const audits: NamedAudit[] = await auditsOf({ files: argv as string[], flags, onWarning: showWarning }, interrupt).finally(() => interrupt.dispose());
    this.log(auditText(audits, flags.all));
    this.endWith(audits.some(({ audit }) => audit?.impossible === true) ? ExitCode.missed : ExitCode.asExpected);
    return { audits };
  }
}
