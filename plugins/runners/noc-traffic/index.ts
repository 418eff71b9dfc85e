import type { Plugin } from '../../../core/index.js';
import { nocTrafficCrosscheck } from './crosscheck.js';
import { trafficRunner } from './runner.js';

/** Everything around synthetic traffic: the runner and the check against reference records. */
const plugins: readonly Plugin[] = [trafficRunner, nocTrafficCrosscheck];

export default plugins;
