/** Results as text that people read: number formats and aligned tables. */
export * from './csv.js';
export * from './energy.js';
export * from './format.js';
export * from './table.js';
export { visibleLine, visibleText } from './visible.js';
