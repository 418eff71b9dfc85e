import { everyPair } from '../../../../tools/soak/pairs.js';

export { closedGraph } from '../../../../tools/soak/pairs.js';

/** Every topology of the catalogue in all its sizes with every routing that understands it. */
export const everyNetwork = everyPair('all');
