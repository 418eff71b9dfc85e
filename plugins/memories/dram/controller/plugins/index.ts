import type { ConfiguredControllerPlugin } from '../controller-plugin.js';
import { commandCounter } from './command-counter.js';
import { para } from './para.js';

/** Built-in controller plugins by name. */
export const CONTROLLER_PLUGINS: ReadonlyMap<string, ConfiguredControllerPlugin> = new Map<string, ConfiguredControllerPlugin>([
  ['command-counter', commandCounter],
  ['para', para],
]);
