import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { problemWith, type Place, type Problem } from './problem.ts';

export type Path = readonly PropertyKey[];

/** A parsed YAML file with the line of each setting. */
export interface YamlFile {
  /** The name in messages, relative to the project folder, e.g. `activations/vip.yaml`. */
  name: string;
  value: unknown;
  /** Returns the place of the setting at `path`, or of the nearest enclosing setting that exists. */
  place(path: Path): Place;
}

/** The maximum number of reported errors of one file; a broken first line can cause thousands. */
const MOST_FAULTS = 20;

/**
 * Parses one file. A broken one yields problems, without the parser's messages, because those quote the file's content.
 */
export function parseYaml(name: string, text: string): YamlFile | { problems: Problem[] } {
  const lines = new LineCounter();
  const invalid = (fault: string, offset?: number) =>
    problemWith(name, 'yamlInvalid', { fault }, offset === undefined ? 1 : lines.linePos(offset).line);
  try {
    // The parser's own check compares each key with each other one, which takes minutes for a file of thousands.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const broken = [...document.errors, ...document.warnings].map(({ code, pos }) =>
      invalid(code.toLowerCase().replaceAll('_', ' '), pos[0]),
    );
    if (broken.length === 0) broken.push(...doubleKeys(document).map((at) => invalid('duplicate key', at)));
    if (broken.length > 0) return { problems: broken.slice(0, MOST_FAULTS) };
    const value: unknown = document.toJS();
    const lineOf = (path: Path) => lines.linePos(offsetOf(document, path)).line || 1;
    return { name, value, place: (path) => ({ file: name, line: lineOf(path), path }) };
  } catch (error) {
    if (error instanceof RangeError) return { problems: [invalid('nested too deeply')] };
    if (!(error instanceof ReferenceError)) throw error;
    // Only aliases fail this late, and the error would quote their names.
    const isMissing = !error.message.startsWith('Excessive');
    return { problems: [problemWith(name, isMissing ? 'aliasUnknown' : 'aliasesTooMany', {}, 1)] };
  }
}

/** Returns the offsets of duplicate keys. */
function doubleKeys(document: Document.Parsed): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const known = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const text = String(key.value);
        if (known.has(text)) found.push(key.range?.[0] ?? 0);
        known.add(text);
      }
    },
  });
  return found;
}

/** Returns the offset of the deepest existing node along `path`. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (!pair) break;
      offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step];
      if (item === undefined) break;
      node = item;
      offset = (item as { range?: [number, number, number] }).range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
