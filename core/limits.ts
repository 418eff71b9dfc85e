/**
 * What a file may claim, at most. A size is compared with its limit before memory or time is spent on it, so that a file of a
 * hundred bytes cannot ask for a terabyte. The limits lie far above what people and tools write; docs/input-limits.md lists them.
 * What counts simulated hardware is limited in the schema of its block.
 */
export const LIMITS = {
  /** Bytes of a text file that is read whole: descriptions, JSON documents, schedules. */
  textBytes: 512 * 2 ** 20,
  /** Bytes of a binary file, such as an ONNX model or its data. */
  binaryBytes: 4 * 2 ** 30 - 1,
  /** Bytes of one YAML file. Its parser needs about 500 bytes of memory for each value. */
  yamlBytes: 64 * 2 ** 20,
  /** Signs of structure (`,`, `:`, `[`, `{`, line ends) in one YAML file: a bound of its values that is known before it is parsed. */
  yamlMarks: 800_000,
  /** Aliases (`*name`) in one YAML file: its parser is slow with them. */
  yamlAliases: 50_000,
  /** Values of a description, with those that aliases repeat. */
  descriptionValues: 300_000,
  /** Lists and mappings inside one another, in any document. */
  depth: 200,
  /** Characters of a name or a key. */
  nameCharacters: 4096,
  /** Characters of a path of `set`, and of an axis. */
  pathCharacters: 4096,
  /** Participants of a collective: its algorithms take operations, or parts of them, by the square of their number. */
  participants: 768,
  /** Characters of an index expression. */
  expressionCharacters: 2048,
} as const;
