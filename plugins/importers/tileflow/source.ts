import { InputError, readDocument, type ImportSource, type JsonSchema } from 'tessera-sim';

/** What a file is, by its content. */
export type FileKind = 'record' | 'yaml' | 'printed' | 'table';

const LOOKED_AT = 2 ** 16;

export function kindOf({ bytes }: ImportSource): FileKind | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, LOOKED_AT));
  if (/^tessera(?!Reference)\w*[ \t]*:/m.test(text)) return undefined;
  if (/"kind"\s*:\s*"fused-tree-estimate"/.test(text.slice(0, 4096))) return 'record';
  if (/^(\*\*\*TileFlow Result|\*\*\*Optimal Mapping:|-+Nest Analysis)/m.test(text)) return 'printed';
  if (/^\s*(metric)?,value\r?\nCycle,/.test(text)) return 'table';
  return isOwnYaml(text) || /^(architecture|problem|mapping|macro)[ \t]*:/m.test(text) ? 'yaml' : undefined;
}

/** How sure we are: an architecture or a problem of one operation may be Timeloop's as well. */
export function recogniseTileflow(source: ImportSource): number {
  const kind = kindOf(source);
  if (kind === undefined) return 0;
  if (kind !== 'yaml') return 1;
  const text = new TextDecoder().decode(source.bytes.subarray(0, LOOKED_AT));
  if (isOwnYaml(text)) return 1;
  return /^architecture[ \t]*:/m.test(text) && /^[ \t]*local[ \t]*:/m.test(text) ? 0.9 : 0.3;
}

const isOwnYaml = (text: string): boolean =>
  /^[ \t]*(-[ \t]*)?node-type[ \t]*:/m.test(text) ||
  (/^problem[ \t]*:/m.test(text) && /^[ \t]+ops[ \t]*:/m.test(text)) ||
  /^(macro|tileflow-mapper)[ \t]*:/m.test(text);

const ANY: JsonSchema = { type: 'object', additionalProperties: true };

/** A part of a YAML file that knows its file and lines. */
export interface Section {
  readonly file: string;
  readonly value: unknown;
  line(path: string): number | undefined;
  fail(path: string, message: string, expected: string): never;
}

/** The parts of a file at its outermost level. */
export function sectionsOf({ fileName, bytes }: ImportSource): ReadonlyMap<string, Section> {
  const { value, places } = readDocument<Readonly<Record<string, unknown>>>(bytes, fileName, ANY, 'file of TileFlow');
  return new Map(
    Object.entries(value).map(([key, part]): [string, Section] => {
      const place = (path: string): { readonly line?: number } => places.along(value, path === '' ? [key] : path.split('.')) ?? {};
      const section: Section = {
        file: fileName,
        value: part,
        line: (path) => place(path).line,
        fail: (path, message, expected) => {
          throw new InputError({ file: fileName, ...place(path), path, message, expected });
        },
      };
      return [key, section];
    }),
  );
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `Q, K, V`, `Q K V` or a list. */
export function namesIn(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? (value as string[]) : undefined;
  return typeof value === 'string' ? value.split(/[\s,]+/).filter((one) => one !== '') : undefined;
}
