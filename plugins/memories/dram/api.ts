/**
 * What other plugins may use of the DRAM: the extension points with their interfaces, and the engine itself for experiments and for
 * memories that compute.
 */
export * from './build.js';
export * from './checker/attach.js';
export * from './checker/checker.js';
export type * from './checker/timing-rules.js';
export type * from './command-form.js';
export * from './command-table.js';
export * from './commands.js';
export * from './config.js';
export type * from './controller/channel.js';
export type * from './controller/controller-plugin.js';
export { CONTROLLER_PLUGINS } from './controller/plugins/index.js';
export * from './controller/queue-view.js';
export type { ChannelCounters } from './controller/counters.js';
export * from './controller/strategies.js';
export * from './device/device.js';
export { banksOfScope } from './device/scopes.js';
export * from './device/topology.js';
export * from './energy/energy.js';
export { capacityBytes, clockPicoseconds } from './facts.js';
export * from './extensions.js';
export * from './mapping/mapping.js';
export * from './records.js';
export { allLatencies, bankTable, channelTable, latencyTable, pluginTables } from './report.js';
export * from './run-record.js';
export { DEVICE_PROPERTIES } from './schema.js';
export * from './specification.js';
export type * from './standards/form.js';
export { inherit, type StandardChanges } from './standards/inherit.js';
export { PARTS, STANDARDS } from './standards/index.js';
export * from './system.js';
export type { Constraint } from './timing/resolve.js';
export * from './trace/command-trace.js';
export * from './trace/driver.js';
export * from './trace/formulas.js';
export * from './trace/parameters.js';
export * from './trace/text-trace.js';
