import { EXTREME_NAMES, EXTREME_VALUES, type Draw } from './draw.js';

type Container = Record<string, unknown> | unknown[];

interface Place {
  readonly container: Container;
  readonly key: string;
}

/** Changes values of a document that stays one: replaced, dropped, renamed, moved, multiplied, wrapped. The document is changed in place. */
export function mutateTree(root: unknown, draw: Draw): unknown {
  for (let changes = draw.chance(0.7) ? 1 : 1 + draw.below(4); changes > 0; changes--) {
    const places = placesIn(root);
    if (places.length > 0) draw.of(WAYS)(draw.of(places), draw, places);
  }
  return root;
}

function placesIn(root: unknown): Place[] {
  const places: Place[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 60) return;
    for (const [key, child] of Object.entries(value)) {
      places.push({ container: value as Container, key });
      visit(child, depth + 1);
    }
  };
  visit(root, 0);
  return places;
}

type Way = (place: Place, draw: Draw, places: readonly Place[]) => void;

const valueAt = ({ container, key }: Place): unknown => (container as Record<string, unknown>)[key];

/** `__proto__` too becomes a key like any other. */
function put({ container, key }: Place, value: unknown): void {
  if (Array.isArray(container) && key === 'length') return;
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

const extreme: Way = (place, draw) => put(place, structuredClone(draw.of(EXTREME_VALUES)));

/** A number becomes another number, near or far, so that the schema lets it through. */
const scale: Way = (place, draw, places) => {
  const numbers = places.filter((candidate) => typeof valueAt(candidate) === 'number');
  const chosen = numbers.length === 0 ? place : draw.of(numbers);
  const value = Number(valueAt(chosen)) || 0;
  put(
    chosen,
    draw.of([value + 1, value - 1, value * 2, value * 1000, value * 1e6, value * 1e9, 1, 0, Math.floor(value / 2), -value, 2 ** 31, 1e12, 2 ** 53 - 1]),
  );
};

const drop: Way = ({ container, key }) => {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
};

const WAYS: readonly Way[] = [
  extreme,
  extreme,
  extreme,
  scale,
  scale,
  scale,
  scale,
  drop,
  drop,
  (place, draw) => {
    const value = valueAt(place);
    drop(place, draw, []);
    put({ container: place.container, key: draw.of(EXTREME_NAMES) }, value);
  },
  (place, draw) => put({ container: place.container, key: draw.of(EXTREME_NAMES) }, structuredClone(draw.of(EXTREME_VALUES))),
  (place, draw, places) => put(place, structuredClone(valueAt(draw.of(places)))),
  (place, draw, places) => put(place, structuredClone(valueAt(draw.of(places)))),
  (place, draw, places) => {
    const [texts, name] = [places.filter((candidate) => typeof valueAt(candidate) === 'string'), draw.of(EXTREME_NAMES)];
    put(texts.length === 0 ? place : draw.of(texts), name);
  },
  (place, draw) => {
    const { container, key } = place;
    if (Array.isArray(container)) container.push(...Array.from({ length: draw.of([1, 2, 50, 3000]) }, () => container[Number(key)]));
    else put(place, [valueAt(place)]);
  },
];
