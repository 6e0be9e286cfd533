import { orKnown } from './words.ts';

/** What there is instead of a word that is not known (activation/suggestion.ts finds it out). */
export interface Choice {
  known: string[];
  /** The one that was probably meant. */
  meant?: string;
}

/** The end of a sentence; empty when there is nothing to choose from. */
export function choiceInWords({ known, meant }: Choice): string {
  return orKnown(meant, known);
}

/** Facts for examples: each way in which it reads. */
export const CHOICES: [Choice, Choice, Choice] = [
  { known: ['actito', 'staging'], meant: 'actito' },
  { known: ['actito', 'staging'] },
  { known: [] },
];
