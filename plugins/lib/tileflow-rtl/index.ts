/** The accelerator whose RTL TileFlow's authors measured: its programs as schedules on scenarios/machines/tileflow-rtl.yaml. */
export * from './measure.js';
export * from './program.js';
export * from './rates.js';
