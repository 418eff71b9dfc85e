import path from 'node:path';
import { certificateDifferences, type Certificate } from '../certificate/certificate.js';
import { InputError } from '../errors.js';
import type { LoadResult } from '../scenario/load.js';
import { certify } from './certify.js';
import { preparedToCheck, type CheckOptions } from './check-scenario.js';
import { locateProblems } from './locate-problems.js';

/**
 * Holds a certificate against a scenario and all of its inputs as they are now: every fact is worked out again, element by element, and
 * the sanitizer is not asked. Says in sentences what does not hold; empty when all does.
 */
export async function verify(certificate: Certificate, loaded: LoadResult, options: CheckOptions = {}): Promise<string[]> {
  try {
    const prepared = await preparedToCheck(loaded, options);
    const found = certify(loaded, prepared, path.dirname(loaded.scenario.file));
    return [...found.faults, ...certificateDifferences(certificate, found.certificate)];
  } catch (error) {
    throw error instanceof InputError ? locateProblems(error, loaded.scenario) : error;
  }
}
