/** For `node --import`: lets a plugin's own tests import `tessera` from this installation. */
import { installTesseraImport } from './tessera-import.js';

await installTesseraImport();
