import { InputError, ModelError, SimulationError } from '../errors.js';
import { asThrown, thrownText } from '../text/thrown.js';

/** A block, as far as its failures tell of it. */
interface FailingBlock {
  readonly path: string;
  readonly plugin: { readonly name: string };
}

/** Calls the model of a block; whatever it throws is told with the block and its plugin. */
export function callBlock<T>(block: FailingBlock, when: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw blockFailure(error, block, when);
  }
}

/** ModelError (exit code 3) for what a model threw by mistake; what is meant for the user stays as it is. */
export function blockFailure(thrown: unknown, block: FailingBlock, when: string): Error {
  const error = asThrown(thrown);
  if (error instanceof InputError || error instanceof SimulationError) return error;
  if (error instanceof ModelError && error.blockPath !== undefined) return error;
  const reason = thrownText(error);
  const failure = new ModelError(`plugin '${block.plugin.name}' failed ${when}: ${reason}`, block.path);
  failure.cause = error;
  return failure;
}
