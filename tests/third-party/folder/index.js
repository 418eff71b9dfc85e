// @ts-check
import boardImporter from './board-importer.js';
import patientMapper from './patient-mapper.js';
import star from './star-topology.js';
import { processNode, technology } from './technology.js';
import wire from './wire-network.js';

/** Everything of the folder; a scenario lists this one file. */
export default [star, patientMapper, boardImporter, wire, technology, processNode];
