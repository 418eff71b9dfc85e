import {
  causeText,
  formatBytes,
  formatCount,
  formatFixed,
  formatPercent,
  formatSeconds,
  formatSignedCount,
  type RunComparison,
  UNIT_WORDS,
  type SpeedReason,
} from 'tessera-sim';

/** One sentence: who wins, and by how much; or why there is no winner. */
export function verdictSentence({ faster, slower, verdict, speedup, savedShare }: RunComparison): string {
  if (verdict === 'unfinished') {
    const [partial, other] = faster.outcome === 'finished' ? [slower, faster] : [faster, slower];
    return `${partial.name} did not finish (${partial.outcome}), so its time cannot be compared with that of ${other.name}.`;
  }
  if (verdict === 'equal') return `${faster.name} and ${slower.name} take the same time.`;
  return (
    `${faster.name} is ${formatFixed(speedup, 2)} times as fast as ${slower.name}: ` +
    `${formatSeconds(faster.simulation.seconds)} against ${formatSeconds(slower.simulation.seconds)} (${formatPercent(savedShare)} less).`
  );
}

/** Every reason in a sentence of its own: where the time went, then by which mechanisms. */
export function causeSentences({ reasons, causes, slower }: RunComparison): string[] {
  return [...reasons.map((reason) => sentenceOf(reason, slower.name)), ...causes.map(causeText)];
}

function sentenceOf(reason: SpeedReason, slower: string): string {
  if (reason.kind === 'block')
    return `${reason.block}: ${reason.name} ${formatCount(reason.slowerCycles)} cycles instead of ${formatCount(reason.fasterCycles)}.`;
  if (reason.kind === 'traffic') return `${reason.memory}: ${formatBytes(reason.slowerBytes)} read and written instead of ${formatBytes(reason.fasterBytes)}.`;
  const { unit, classes, otherCycles, sumCycles } = reason;
  const parts = classes.map(({ name, role, cycles }) => `${name}${role === 'rest' ? ' (no operation ready)' : ''} ${signedWhole(cycles)}`);
  if (otherCycles !== undefined) parts.push(`other ${signedWhole(otherCycles)}`);
  return `The average ${UNIT_WORDS[unit]} of ${slower} spends, in cycles: ${parts.join(', ')}; together ${signedWhole(sumCycles)}.`;
}

function signedWhole(cycles: number): string {
  return formatSignedCount(Math.round(cycles));
}
