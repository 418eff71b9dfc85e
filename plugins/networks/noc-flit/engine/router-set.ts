/** A set of routers as bits: adding is one write, visiting is in ascending order. */
export class RouterSet {
  readonly words: Int32Array;
  /** Members. */
  size = 0;

  constructor(routers: number) {
    this.words = new Int32Array(Math.ceil(routers / 32));
  }

  add(router: number): void {
    const word = router >> 5;
    const bit = 1 << (router & 31);
    const before = this.words[word]!;
    if ((before & bit) !== 0) return;
    this.words[word] = before | bit;
    this.size++;
  }

  remove(router: number): void {
    const word = router >> 5;
    const bit = 1 << (router & 31);
    const before = this.words[word]!;
    if ((before & bit) === 0) return;
    this.words[word] = before & ~bit;
    this.size--;
  }
}
