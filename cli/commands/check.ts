import { Args, Flags } from '@oclif/core';
import { planCacheFlag, sharedFlags, TesseraCommand } from '../base-command.js';
import { Interrupt } from '../interrupt.js';

export default class Check extends TesseraCommand {
  static override summary = 'Say whether a schedule is legal, without simulating it';
  static override description = `Walks the schedule that a scenario names, or that its mapper makes, in program order. What time decides is not
looked at: races with 'hazards: checked', deadlocks. Exit code 0: legal, or verified; 2: bad input; 3: illegal, or not what the certificate says.`;
  static override examples = [
    { description: 'Is it legal?', command: '<%= config.bin %> check scenarios/quickstart/depth-first.yaml' },
    { description: 'And keep the proof', command: '<%= config.bin %> check s.yaml --certificate s.certificate.json' },
    { description: 'Hold the proof against the files as they are now', command: '<%= config.bin %> check --verify s.certificate.json' },
    { description: 'The fewest operations that show what is wrong', command: '<%= config.bin %> check s.yaml --minimise small.schedule.yaml' },
  ];
  static override args = { file: Args.string({ description: 'Scenario file (YAML); with --verify the one that the certificate names, if left out' }) };
  static override flags = {
    certificate: Flags.string({ description: 'Write a certificate of a legal schedule to this file', helpValue: 'FILE' }),
    verify: Flags.string({
      description: 'Check a certificate against the scenario and all of its inputs, with code that has nothing in common with the checker',
      helpValue: 'FILE',
      exclusive: ['certificate', 'minimise', 'set'],
    }),
    minimise: Flags.string({
      description: 'Write the fewest operations that still show the first violation to this file (.yaml, .json or .ndjson)',
      helpValue: 'FILE',
    }),
    ...sharedFlags,
    ...planCacheFlag,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Check);
    const { checkRequested, verifyRequested } = await import('../check-scenario.js');
    const interrupt = new Interrupt();
    const request = { file: args.file, flags, usesPlanCache: flags['plan-cache'], interrupt };
    const asked = flags.verify === undefined ? checkRequested(request) : verifyRequested(flags.verify, request);
    const answer = await asked.finally(() => interrupt.dispose());
    for (const line of answer.lines) this.log(line);
    this.endWith(answer.code);
    return answer.document;
  }
}
