/** The public entry point: all that a plugin, the command line or a program may use. */
export * from './errors.js';
export * from './kernel/index.js';
export * from './model/index.js';
export * from './schedule/index.js';
export * from './workload/index.js';
export * from './estimate/index.js';
export * from './plugin/json-schema.js';
export * from './plugin/block-plugin.js';
export * from './plugin/extension-point.js';
export * from './plugin/tool-plugins.js';
export * from './plugin/define-plugin.js';
export * from './plugin/simulation-tokens.js';
export { completeConfig } from './plugin/plugin-config.js';
export type * from './scenario/machine-spec.js';
export { describeMachine, blockPathOf, portNameOf } from './scenario/describe-machine.js';
export { buildMachine, Machine, type BuildOptions } from './scenario/machine.js';
export type * from './scenario/run-result.js';
export { reasonsOf, verdictOf, type Verdict } from './scenario/verdict.js';
export { readDocument, type CheckedDocument } from './scenario/read-document.js';
export { Places } from './plugin/places.js';
export { listNames, nearestName } from './plugin/nearest.js';
/** For programs: load a scenario with the plugins of one's choice, and run it. */
export { PluginRegistry, BUILT_IN, type RegisteredPlugin } from './plugin/registry.js';
export { loadScenario, type LoadOptions, type LoadResult } from './scenario/load.js';
export { runScenario, type RunOptions } from './scenario/run.js';
export { RunProgress, type ProgressReport } from './scenario/progress.js';
export { effectiveConfig } from './scenario/effective-config.js';
export type * from './scenario/scenario.js';
