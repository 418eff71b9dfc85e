import type { InputFiles } from '../document/input-files.js';
import type { Places } from '../document/places.js';
import type { Problems } from '../document/problems.js';

/** What every step of loading uses: the files that may be read, where each value stands, and the problems found so far. */
export interface LoadTools {
  readonly files: InputFiles;
  readonly places: Places;
  readonly problems: Problems;
}
