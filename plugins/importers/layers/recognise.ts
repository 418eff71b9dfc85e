import type { ImportSource } from 'tessera-sim';

const SURE = 1;
const LIKELY = 0.5;
/** Any YAML may be layers with a mistake: read by us when nobody else knows it, so that the mistake is named. */
const POSSIBLE = 0.05;

/** How much a file looks like layers: by its own mark, by its ending, by a key `layers`. */
export function looksLikeLayers({ fileName, bytes }: ImportSource): number {
  const text = new TextDecoder().decode(bytes);
  if (/^\s*["']?tesseraWorkload["']?\s*:|[{,]\s*"tesseraWorkload"\s*:/m.test(text) || /\.layers\.(ya?ml|json)$/i.test(fileName)) return SURE;
  return /^["']?layers["']?\s*:/m.test(text) ? LIKELY : POSSIBLE;
}
