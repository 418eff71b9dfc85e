import { InputError, ModelError, SimulationError, type SourcePlace } from '../errors.js';
import type { PluginKind } from '../plugin/define-plugin.js';
import { BUILT_IN, type PluginRegistry } from '../plugin/registry.js';

/** Calls a tool. What a third party's throws by mistake is told with its kind, name and origin; of our own it is a bug of ours. */
export async function callTool<T>(registry: PluginRegistry, kind: PluginKind, name: string, place: SourcePlace, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof InputError || error instanceof ModelError || error instanceof SimulationError) throw error;
    const origin = registry.list(kind).find((entry) => entry.name === name)?.origin ?? BUILT_IN;
    if (origin === BUILT_IN) throw error;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const failure = new InputError({
      ...place,
      message: `${kind} plugin '${name}' (${origin}) failed: ${reason}`,
      expected: 'a plugin that throws InputError for what it cannot do',
    });
    failure.cause = error;
    throw failure;
  }
}
