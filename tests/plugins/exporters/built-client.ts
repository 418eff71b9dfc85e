/** Imported by tests that make pages: they have the script of the sources, not one of an earlier build. */
import { fileURLToPath } from 'node:url';
import { bundleClient } from '../../../tools/build/client.js';

bundleClient(fileURLToPath(new URL('../../..', import.meta.url)));
