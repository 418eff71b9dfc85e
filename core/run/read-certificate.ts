import { readFileSync } from 'node:fs';
import type { Certificate } from '../certificate/certificate.js';
import { documentSchema } from '../document/installation.js';
import { validateInPlace } from '../document/validate.js';
import { InputError } from '../errors.js';

/** Reads a certificate. InputError when the file is none. */
export function readCertificate(file: string): Certificate {
  const value = parsed(file);
  const problems = validateInPlace(documentSchema('certificate'), value, { owner: 'certificate' });
  if (problems.length > 0) throw new InputError(problems.slice(0, 8).map((problem) => ({ ...problem, file })));
  return value as Certificate;
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError({
      file,
      message: `cannot read the certificate (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
      expected: 'a file of `tessera check --certificate`',
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({ file, message: `not a certificate: ${(error as Error).message}`, expected: 'a file of `tessera check --certificate`' });
  }
}
