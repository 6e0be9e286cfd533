import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Written by a program from what a test checks already. */
const GENERATED = ['docs/messages.md', 'docs/commands.md'];

/** A block of code of a page: its language, its text, and the line that it begins at. */
export interface Block {
  page: string;
  line: number;
  language: string;
  text: string;
}

/** The README and the pages of docs/ that people write, by their paths. */
export function pages(): Map<string, string> {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const names = ['README.md', ...docs.map((name) => `docs/${name}`)];
  return new Map(names.map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]));
}

/** The pages without those that are written by a program. */
export function writtenPages(): [name: string, text: string][] {
  return [...pages()].filter(([name]) => !GENERATED.includes(name));
}

/** The blocks of code of a page. */
export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1]!,
    text: match[2]!,
  }));
}

/** A page without its blocks of code. */
export function proseOf(text: string): string {
  return text.replace(/^```\w*\n[^]*?^```$/gm, '');
}
