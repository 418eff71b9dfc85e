import 'reflect-metadata';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { isLongRun } from './many.js';
import { removeTemporaryFolders } from './temporary-folder.js';

// The fast run is the same every time; the long one draws new cases and prints the seed of those that fail.
if (!isLongRun) fc.configureGlobal({ seed: 1 });
afterAll(removeTemporaryFolders);
