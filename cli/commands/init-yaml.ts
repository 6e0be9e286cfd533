import { parse } from 'yaml';

/** Formats a text as YAML, quoted only if necessary. JSON's quoting is valid YAML. */
export function scalar(text: string): string {
  const isPlain = /^[\p{L}\p{N}/][\p{L}\p{N} ./_-]*$/u.test(text) && parse(text) === text;
  return isPlain ? text : JSON.stringify(text);
}

/** The first line of a file, which tells editors its schema. */
export function schemaLine(kind: string): string {
  return `# yaml-language-server: $schema=../schemas/${kind}.schema.json`;
}
