import { orKnown } from './words.ts';

/** Known names to suggest instead of an unknown one (see activation/suggestion.ts). */
export interface Choice {
  known: string[];
  /** The most similar one. */
  meant?: string;
}

/** The end of a sentence; empty if there are no known names. */
export function choiceInWords({ known, meant }: Choice): string {
  return orKnown(meant, known);
}

/** Facts for examples: each way in which it reads. */
export const CHOICES: [Choice, Choice, Choice] = [
  { known: ['actito', 'staging'], meant: 'actito' },
  { known: ['actito', 'staging'] },
  { known: [] },
];
