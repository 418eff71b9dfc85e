import { InputError } from '../core/errors.js';
import type { CheckpointOptions } from '../core/run/checkpoint-options.js';
import type { RunOptions } from '../core/run/run-options.js';
import type { LoadedScenario } from '../core/scenario/loaded-scenario.js';

/** What the flags say of checkpoints. */
export interface CheckpointRequest {
  /** Where they are written. */
  readonly file?: string | undefined;
  readonly atCycle?: number | undefined;
  readonly everySeconds?: number | undefined;
  /** The one to go on from. */
  readonly resume?: string | undefined;
  /** Told of each that has been written. */
  readonly onWritten: (file: string, cycle: number) => void;
  /** Told of each that could not be written; the run goes on. */
  readonly onFailed: (file: string, error: InputError) => void;
}

export async function checkpointOptions(request: CheckpointRequest, scenario: LoadedScenario): Promise<Pick<RunOptions, 'checkpoint' | 'resume'>> {
  const { file, atCycle, everySeconds, resume, onWritten, onFailed } = request;
  if (file === undefined && resume === undefined) return {};
  if (scenario.kind !== 'schedule')
    throw new InputError({ file: scenario.file, path: 'kind', message: `a run of '${scenario.kind}' has no checkpoints`, expected: 'kind: schedule' });
  const { checkpointWriter, readCheckpoint } = await import('../core/run/checkpoint-file.js');
  const checkpointTo = (target: string): CheckpointOptions => {
    const writer = checkpointWriter(target, scenario);
    const write: typeof writer = (saved, at) => {
      try {
        writer(saved, at);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        onFailed(target, error);
        return;
      }
      onWritten(target, at.cycle);
    };
    return { write, atCycle, everySeconds };
  };
  return {
    ...(file === undefined ? {} : { checkpoint: checkpointTo(file) }),
    ...(resume === undefined ? {} : { resume: readCheckpoint(resume, scenario).state }),
  };
}
