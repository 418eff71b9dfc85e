/** A number that one looks for first, at the top of the page. */
export interface Tile {
  readonly title: string;
  readonly value: string;
  readonly detail?: string;
  readonly bad?: boolean;
}
