import { setFlagsFromString } from 'node:v8';

/** V8 of Node 20, with which the flags were measured; of an unknown flag V8 complains on standard error. */
const IS_MEASURED = process.versions.v8.startsWith('11.3.') && process.env['TESSERA_WARM_UP'] === undefined;

/**
 * Lets V8 make the room for new objects larger at once, and look for dead old ones when it must only: what a check allocates lives as long
 * as the check does, so that it would be copied on the way and marked for nothing; and nobody waits for an answer in between. V8 takes no code cache that was made under other flags: scripts that are loaded later are compiled anew, which costs less.
 */
export function expectLastingObjects(): void {
  if (IS_MEASURED) setFlagsFromString('--semi-space-growth-factor=8 --no-incremental-marking');
}

/** Checks of no more operations are over before optimised code has paid for its making. */
const FEW_OPERATIONS = 20_000;

/** Lets V8 optimise later when there is little to do; @param operations undefined when nobody knows */
export function expectWork(operations: number | undefined): void {
  if (IS_MEASURED && operations !== undefined && operations <= FEW_OPERATIONS) setFlagsFromString('--interrupt-budget=2000000');
}
