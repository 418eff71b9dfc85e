import { digestOf } from '../kernel/digest.js';
import type { StateExchange } from '../kernel/state.js';
import type { RegionAccess } from '../schedule/form/form.js';
import type { RunningOperation } from '../schedule/resolve/operation.js';
import { mix } from './mix.js';

/** Three fingerprints of what was executed, whatever the times: by them two runs tell whether they did the same, and in the same order. */
export interface PlanDigests {
  /** The operations: kind, queue, layer, tile, regions. Where buffers lie is not in it. */
  readonly plan: string;
  /** The addresses that they read and write. */
  readonly layout: string;
  /** The order in which operations began. */
  readonly order: string;
}

/** Hashes of operations, added up so that the order in which they end does not matter, and a running hash of those that began. */
export class PlanTally {
  private count = 0;
  private high = 0;
  private low = 0;
  private places = 0;
  private placesAgain = 0;
  private began = 0x27d4eb2f;
  private beganAgain = 0x165667b1;
  private readonly words = new Map<string, number>();

  operationStarted(id: number): void {
    this.began = mix(this.began, id);
    this.beganAgain = mix(this.beganAgain, this.began ^ (id / TWO_32));
  }

  operationFinished({ id, form, reads, writes }: Pick<RunningOperation, 'id' | 'form' | 'reads' | 'writes'>): void {
    this.addPlaces(id, reads);
    this.addPlaces(id + 0.5, writes);
    let hash = mix(0x9e3779b9, id);
    hash = mix(hash, this.word(form.kind));
    hash = mix(hash, this.word(form.queue));
    if (form.layer !== undefined) hash = mix(hash, this.word(form.layer));
    hash = this.numbers(hash, form.at);
    hash = this.numbers(hash, form.loops);
    hash = this.accesses(hash, form.reads);
    hash = this.accesses(mix(hash, 1), form.writes);
    this.high = (this.high + hash) | 0;
    this.low = (this.low + mix(hash, 0x85ebca6b)) | 0;
    this.count++;
  }

  state(s: StateExchange): void {
    this.count = s.number(this.count);
    this.high = s.number(this.high);
    this.low = s.number(this.low);
    this.places = s.number(this.places);
    this.placesAgain = s.number(this.placesAgain);
    this.began = s.number(this.began);
    this.beganAgain = s.number(this.beganAgain);
  }

  get digests(): PlanDigests {
    return {
      plan: digestOf([this.count, this.high >>> 0, this.low >>> 0]),
      layout: digestOf([this.places >>> 0, this.placesAgain >>> 0]),
      order: digestOf([this.began >>> 0, this.beganAgain >>> 0]),
    };
  }

  private addPlaces(key: number, regions: RunningOperation['reads']): void {
    for (let i = 0; i < regions.length; i++) {
      const { address } = regions[i]!;
      const hash = mix(mix(mix(mix(0x9e3779b9, 2 * key), i), address), address / TWO_32);
      this.places = (this.places + hash) | 0;
      this.placesAgain = (this.placesAgain + mix(hash, 0x85ebca6b)) | 0;
    }
  }

  private accesses(start: number, list: readonly RegionAccess[] | undefined): number {
    let hash = start;
    if (list === undefined) return hash;
    for (let i = 0; i < list.length; i++) {
      const { tensor, buffer, box } = list[i]!;
      hash = mix(hash, i);
      if (tensor !== undefined) hash = mix(hash, this.word(tensor));
      if (buffer !== undefined) hash = mix(hash, this.word(buffer));
      if (box === undefined) continue;
      for (const dim in box) {
        const [low, high] = box[dim]!;
        hash = mix(mix(mix(hash, this.word(dim)), low), high);
      }
    }
    return hash;
  }

  private numbers(start: number, values: Readonly<Record<string, number>> | undefined): number {
    let hash = start;
    for (const key in values) hash = mix(mix(hash, this.word(key)), values[key]!);
    return hash;
  }

  /** Names come again and again: each is hashed once. */
  private word(text: string): number {
    let hash = this.words.get(text);
    if (hash === undefined) {
      hash = text.length;
      for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
      this.words.set(text, hash);
    }
    return hash;
  }
}

const TWO_32 = 2 ** 32;
