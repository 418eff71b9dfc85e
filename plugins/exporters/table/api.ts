/** What other exporters share with this one: how numbers read, layers side by side, and why a run is slower. */
export * from './format.js';
export * from './layer-rows.js';
export * from './link-uses.js';
export * from './load-curve.js';
export * from './network-maps.js';
export { atLoad, carriedText, otherTables } from './runner-sections.js';
export * from './run-comparison.js';
export * from './stall-causes.js';
export * from './stall-summary.js';
export { causeSentences, verdictSentence } from './comparison-section.js';
export { cellText } from './format.js';
