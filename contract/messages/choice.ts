/** What there is instead of a word that is not known (contract/choice.ts finds it out). */
export interface Choice {
  known: string[];
  /** The one that was probably meant. */
  meant?: string;
}

/** The end of a sentence; empty when there is nothing to choose from. */
export function choiceInWords({ known, meant }: Choice): string {
  if (meant !== undefined) return `, did you mean "${meant}"?`;
  return known.length === 0 ? '' : ` (known: ${known.join(', ')})`;
}

/** Facts for examples: each way in which it reads. */
export const CHOICES: [Choice, Choice, Choice] = [
  { known: ['actito', 'staging'], meant: 'actito' },
  { known: ['actito', 'staging'] },
  { known: [] },
];
