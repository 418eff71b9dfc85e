/** Tells what no machine can carry out. */
export class Malformed extends Error {}
