import type { Plugin } from '../../../core/index.js';
import { dramTraceCrosscheck } from './crosscheck.js';
import { dramCommandsExporter } from './exporter.js';
import { memoryTraceRunner } from './runner.js';

/** Everything around memory traces: the runner, the check against reference records, the export of commands. */
const plugins: readonly Plugin[] = [memoryTraceRunner, dramTraceCrosscheck, dramCommandsExporter];

export default plugins;
