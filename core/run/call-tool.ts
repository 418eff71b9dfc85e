import { InputError, ModelError, PluginError, SimulationError, type SourcePlace } from '../errors.js';
import type { PluginKind } from '../plugin/define-plugin.js';
import { BUILT_IN, type PluginRegistry } from '../plugin/registry.js';
import { RunStopped } from '../plugin/stop-watch.js';
import { asThrown, thrownText } from '../text/thrown.js';

/** A plugin that is no block, and where it is named. */
export interface CalledTool {
  readonly kind: PluginKind;
  readonly name: string;
  readonly place: Partial<SourcePlace>;
}

/** Calls a tool. What it throws by mistake is told with its kind, name and origin: see `toolFailure`. */
export async function callTool<T>(registry: PluginRegistry, tool: CalledTool, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toolFailure(error, registry, tool);
  }
}

/** Of a third party's plugin it is an InputError with the place that named it (exit code 2), of our own a bug of ours (70). */
export function toolFailure(thrown: unknown, registry: PluginRegistry, { kind, name, place }: CalledTool): Error {
  const error = asThrown(thrown);
  if (error instanceof InputError || error instanceof ModelError || error instanceof SimulationError || error instanceof PluginError) return error;
  // Thrown through the tool by the schedule that it walks.
  if (error instanceof RunStopped) return error;
  const origin = registry.list(kind).find((entry) => entry.name === name)?.origin ?? BUILT_IN;
  const reason = thrownText(error);
  const what = `${kind} plugin '${name}' (${origin}) failed: ${reason}`;
  if (origin === BUILT_IN) return new PluginError(what, error);
  const failure = new InputError({ ...place, message: what, expected: 'a plugin that throws InputError for what it cannot do' });
  failure.cause = error;
  return failure;
}
