import type { FactsOf } from '../contract/messages/catalogue.ts';
import type { Told } from '../contract/messages/message.ts';
import type { PROBLEM_MESSAGES } from '../contract/messages/problems.ts';
import type { ProjectProblem } from '../contract/messages/project.ts';
import { tell } from '../contract/messages/tell.ts';
import type { Path, YamlFile } from './yaml-file.ts';

/** Longer than the name of any setting. */
const LONGEST_STEP = 60;

type ProblemReason = keyof typeof PROBLEM_MESSAGES;

/** The place of a setting. */
export interface Place {
  /** Relative to the project folder. */
  file: string;
  /** From 1; 0 for the file as a whole. */
  line: number;
  /** The setting, e.g. `['attributes', 2, 'column']`; empty for the whole file. */
  path: Path;
}

/** A problem in a project folder. */
export interface Problem extends Place {
  told: Told;
}

/** A problem with a setting of a file. */
export function problemAt<R extends ProblemReason>(
  file: YamlFile,
  path: Path,
  reason: R,
  facts: FactsOf<R>,
): Problem {
  return { ...file.place(path), told: tell(reason, facts) };
}

/** A problem with a file, or one of its lines. */
export function problemWith<R extends ProblemReason>(
  file: string,
  reason: R,
  facts: FactsOf<R>,
  line = 0,
): Problem {
  return { file, line, path: [], told: tell(reason, facts) };
}

/** Sorts problems for messages: each once, in the order of the files. */
export function sorted(problems: readonly Problem[]): ProjectProblem[] {
  const inOrder = [...problems].sort((a, b) => compare(a.file, b.file) || a.line - b.line);
  // The same default can be wrong for several activations; that is one problem.
  const told = new Map(inOrder.map(factsOf).map((facts) => [JSON.stringify(facts), facts]));
  return [...told.values()];
}

function factsOf({ file, line, path, told: { reason, facts, message } }: Problem): ProjectProblem {
  return {
    file,
    line: line > 0 ? line : undefined,
    setting: path.length > 0 ? settingName(path) : undefined,
    reason,
    facts,
    message,
  };
}

/** E.g. `attributes[2].column`. */
export function settingName(path: Path): string {
  return path
    .map((step, i) =>
      typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${shortened(String(step))}`,
    )
    .join('');
}

/** A key of a file may be any text, and as long as the file. */
function shortened(step: string): string {
  return step.length <= LONGEST_STEP ? step : `${step.slice(0, LONGEST_STEP)}…`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
