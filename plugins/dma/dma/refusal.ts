import type { BlockContext, ResolvedRegion, RunningOperation } from 'tessera-sim';

/** Why an engine cannot execute an operation; undefined when it can. */
export function refusalOf(
  { form, reads, writes }: RunningOperation,
  { path, blocks, portToward }: Pick<BlockContext<unknown, string>, 'path' | 'blocks' | 'portToward'>,
): string | undefined {
  if (form.kind !== 'transfer') return `${path} is a dma engine and executes transfers, not '${form.kind}'`;
  if (reads.length === 0 || writes.length === 0) return 'a transfer reads at least one region and writes at least one';
  const isReduction = form.reduce !== undefined;
  let [bytes, elements] = [reads[0]!.bytes, reads[0]!.elements];
  for (let i = 1; i < reads.length && !isReduction; i++) {
    bytes += reads[i]!.bytes;
    elements += reads[i]!.elements;
  }
  if (bytes === 0) return 'the transfer moves no bytes';
  const unequal = isReduction ? reads.find((region) => region.bytes !== bytes) : undefined;
  if (unequal !== undefined) return `the transfer adds ${unequal.bytes} bytes of '${unequal.tensor}' to ${bytes} of '${reads[0]!.tensor}'`;
  // Regions of less than whole bytes: several take more bytes than one of the same elements.
  const odd = writes.find((region) => region.bytes !== bytes && !(region.elements === elements && reads.every(({ format }) => format === region.format)));
  if (odd !== undefined) return `the transfer reads ${bytes} bytes but writes ${odd.bytes} to '${odd.tensor}'`;
  const isLost = ({ memory }: ResolvedRegion): boolean => portToward(memory) === undefined;
  const lost = reads.find(isLost) ?? writes.find(isLost);
  return lost === undefined ? undefined : `${path} has no way to ${blocks.pathOf(lost.memory)}`;
}
