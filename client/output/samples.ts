import type { PlanPreview } from '../../contract/plan.ts';
import { table } from './table.ts';

/** An example of what a plan does; key and values only when someone asked for personal data. */
export type ShownSample = PlanPreview['samples'][number] & { key?: string; values?: (string | null)[] };

const NOTHING = '–';

/** Samples of a plan for people, line by line: alike ones in one line, unless they are shown with their keys. */
export function sampleLines(samples: readonly ShownSample[]): string[] {
  if (samples.length === 0) return [];
  if (samples.every(({ key }) => key !== undefined)) {
    const rows = samples.map((sample) => [sample.class, sample.key || '(none)', withValues(sample)]);
    return ['Samples, with the new values', ...table(['', 'KEY', 'ATTRIBUTES'], rows)];
  }
  const alike = new Map<string, string[]>();
  for (const sample of samples) {
    const words = namesOf(sample);
    const many = Number(alike.get(`${sample.class} ${words}`)?.[1] ?? 0) + 1;
    alike.set(`${sample.class} ${words}`, [sample.class, String(many), words]);
  }
  return [
    'Samples (--show-personal-data shows keys and values)',
    ...table(['', 'MEMBERS', 'ATTRIBUTES'], [...alike.values()]),
  ];
}

function namesOf({ class: name, attributes, reason }: ShownSample): string {
  if (reason !== null) return reason;
  if (attributes.length > 0) return attributes.join(', ');
  return name === 'changed' ? 'none of those mapped now: the mapping was another one' : NOTHING;
}

function withValues(sample: ShownSample): string {
  const { attributes, values = [], reason } = sample;
  if (reason !== null || attributes.length === 0) return namesOf(sample);
  return attributes.map((name, index) => `${name}: ${values[index] ?? '(null)'}`).join(', ');
}
