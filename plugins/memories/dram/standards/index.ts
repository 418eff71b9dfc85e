import { ddr3 } from './ddr3.js';
import { ddr4 } from './ddr4.js';
import { ddr5 } from './ddr5.js';
import type { PartPreset, StandardForm } from './form.js';
import { gddr5 } from './gddr5.js';
import { gddr6 } from './gddr6.js';
import { hbm1 } from './hbm1.js';
import { hbm2 } from './hbm2.js';
import { hbm3 } from './hbm3.js';
import { lpddr3 } from './lpddr3.js';
import { lpddr4 } from './lpddr4.js';
import { lpddr5 } from './lpddr5.js';

/** Built-in standards by name. */
export const STANDARDS: ReadonlyMap<string, StandardForm> = new Map(
  [ddr3, ddr4, ddr5, lpddr3, lpddr4, lpddr5, gddr5, gddr6, hbm1, hbm2, hbm3].map((form) => [form.name, form]),
);

/** Built-in parts by name, each with its standard. */
export const PARTS: ReadonlyMap<string, { readonly standard: StandardForm; readonly part: PartPreset }> = new Map(
  [...STANDARDS.values()].flatMap((standard) => Object.entries(standard.parts).map(([name, part]) => [name, { standard, part }] as const)),
);
