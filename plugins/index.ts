/**
 * The built-in plugins, one line each, sorted by folder. The command line hands this list to core; core itself knows none
 * of them. A test compares it with the folders.
 */
import type { Plugin } from '../core/index.js';
import systolic from './cores/systolic/index.js';
import vector from './cores/vector/index.js';
import dma from './dma/dma/index.js';
import sram from './memories/sram/index.js';

export const builtinPlugins: readonly Plugin[] = [
  systolic,
  vector,
  dma,
  sram,
];
