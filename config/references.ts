import type { Activation } from '../activation/definition/definition.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';
import { suggestion } from './suggestion.ts';

/** An activation's source and destination must be files of the project. */
export function checkReferences(
  { file, value }: Loaded<Activation>,
  sources: readonly string[],
  destinations: readonly string[],
): Problem[] {
  const problems = [];
  if (!sources.includes(value.source)) {
    const hint = suggestion(value.source, sources);
    problems.push(problemAt(file, ['source'], `there is no source "${value.source}"${hint}`));
  }
  if (!destinations.includes(value.destination)) {
    const hint = suggestion(value.destination, destinations);
    problems.push(problemAt(file, ['destination'], `there is no destination "${value.destination}"${hint}`));
  }
  return problems;
}
