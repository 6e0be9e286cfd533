import { problemInWords } from '../../contract/messages/project.ts';
import type { Validation } from '../validate/validate.ts';

/** What is to be said of a project folder for people, line by line: problems, warnings, and the verdict last. */
export function describeValidation({ folder, valid, problems, warnings, found }: Validation): string[] {
  const counted = found && [
    count(found.sources, 'source'),
    count(found.destinations, 'destination'),
    count(found.activations, 'activation'),
  ];
  const verdict = valid ? `valid, with ${counted!.join(', ')}` : count(problems.length, 'problem');
  const warned = warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning')}`;
  return [
    ...problems.map(problemInWords),
    ...warnings.map(({ message }) => `Warning: ${message}`),
    `${folder}: ${verdict}${warned}`,
  ];
}

function count(many: number, name: string): string {
  return `${many} ${name}${many === 1 ? '' : 's'}`;
}
