import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { problemWith, type Place, type Problem } from './problem.ts';

export type Path = readonly PropertyKey[];

/** A parsed YAML file that still knows on which line each setting stands. */
export interface YamlFile {
  /** As in messages: relative to the project folder, e.g. `activations/vip.yaml`. */
  name: string;
  value: unknown;
  /** Where the setting at `path` stands, or else the nearest setting around it that exists. */
  place(path: Path): Place;
}

/** Parses one file. A broken one yields problems, without the parser's own texts: those quote the file's content. */
export function parseYaml(name: string, text: string): YamlFile | { problems: Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    const problems = broken.map(({ code, pos }) => {
      const fault = code.toLowerCase().replaceAll('_', ' ');
      return problemWith(name, 'yamlInvalid', { fault }, lines.linePos(pos[0]).line);
    });
    return { problems };
  }
  try {
    const value: unknown = document.toJS();
    const lineOf = (path: Path) => lines.linePos(offsetOf(document, path)).line || 1;
    return { name, value, place: (path) => ({ file: name, line: lineOf(path), path }) };
  } catch {
    // Only aliases fail this late, and the error would quote their names.
    return { problems: [problemWith(name, 'aliasUnknown', {}, 1)] };
  }
}

/** The offset of the deepest node along `path` that exists. */
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
