import type { PassedChecks, PlanPreview } from '../contract/plan.ts';
import type { RunResult } from '../contract/result.ts';
import { applyCommand, decideCommand, rebaseCommand } from '../contract/commands.ts';
import {
  afterUndo,
  countLines,
  entry,
  moreCounts,
  reasonLines,
  UNDO_COUNTS,
  undoWords,
  type CountWords,
} from './result.ts';
import { counted } from '../contract/messages/words.ts';
import { table } from './table.ts';
import { sizeInWords } from './words.ts';

const COUNTS: CountWords = {
  read: 'rows of the segment',
  added: 'members to add to the list',
  removed: 'members to remove from the list',
  changed: 'known members whose attributes differ from what Actito confirmed',
  unchanged: 'unchanged members',
  rejected: 'rows without a usable key',
};

/** Describes the effect of a run. Samples with keys and values show them. */
export function describePlan(
  result: RunResult,
  plan: Omit<PlanPreview, 'samples'> & { samples: readonly ShownSample[] },
  width: number,
): string[] {
  const { activation, outcome, counts, rejects, notes, planHash, undo } = result;
  const { guards, problems, samples } = plan;
  return [
    `${activation}: ${outcome}`,
    ...undoWords(undo).map((words) => entry('undo', words)),
    ...countLines(undo === undefined ? COUNTS : UNDO_COUNTS, counts, () => true),
    ...countLines(moreCounts(undo), counts, (count) => count > 0),
    ...reasonLines(rejects),
    ...forecastLines(plan),
    ...listLines(result, plan),
    ...sendLines(plan),
    ...createLines(plan),
    ...guards.map(({ guard, message }) => entry('guard', `${guard} would hold the run: ${message}`)),
    ...passedLines(plan),
    ...problems.map(({ message }) => entry('problem', message)),
    ...notes.map(({ message }) => entry('note', message)),
    ...(planHash === undefined ? [] : [entry('plan', planHash)]),
    ...sampleLines(samples, width),
    ...(isDone(result, plan)
      ? [`The list is already as it was after run ${undo}. There is nothing to undo.`]
      : [
          ...(planHash === undefined ? [] : nextLines(result, planHash, guards.length > 0)),
          ...afterUndo(activation, undo),
        ]),
  ];
}

/** Whether an undo would leave the list unchanged. */
function isDone({ undo, counts: { added = 0, removed = 0 } }: RunResult, { sends }: Effects): boolean {
  return undo !== undefined && added + removed === 0 && sends.push !== 'changed';
}

type Effects = Omit<PlanPreview, 'samples'>;

function listLines({ list }: RunResult, { sends, guards }: Effects): string[] {
  if (!list) return [];
  const when = guards.length > 0 ? ', after approval' : '';
  const delivery =
    sends.push === null ? 'would not be delivered' : `would be delivered (${sends.push})${when}`;
  return [entry('list', `"${list.name}" ${delivery}`)];
}

/** Messages of assertions say what would be wrong. */
function passedLines({ passed }: Effects): string[] {
  const { assertions, tests }: PassedChecks = passed ?? { assertions: [], tests: [] };
  const words = [
    ...(assertions.length > 0
      ? [`${counted(assertions.length, 'assertion')} (not the case: ${assertions.join('; ')})`]
      : []),
    ...(tests.length > 0 ? [`${counted(tests.length, 'dbt test')} (${tests.join(', ')})`] : []),
  ];
  return words.length > 0 ? [entry('passed', words.join(', '))] : [];
}

function forecastLines({ forecast }: Effects): string[] {
  if (!forecast || forecast.rate === null) return [];
  const { matched, waiting, rate } = forecast;
  // Rounded down, so that 100 % means everyone.
  const percent = Math.floor(rate * 1000) / 10;
  const others = waiting === 0 ? '' : `; ${waiting === 1 ? '1 waits' : `${waiting} wait`} for one`;
  return [
    entry('match', `${percent} % of the segment: ${counted(matched, 'member')} with a profile${others}`),
  ];
}

function sendLines({ sends, quota }: Effects): string[] {
  const { members, imports, importBytes, push, listMembers, listBytes, canary = 0 } = sends;
  const files = `${counted(imports, 'import')} of at most ${sizeInWords(importBytes)}`;
  const later = imports > (quota?.left ?? imports) ? '; a later run sends the rest' : '';
  const free = quota?.nextFree && quota.left === 0 ? `, the next is available at ${quota.nextFree}` : '';
  return [
    ...(push
      ? [entry('sends', `the list: ${counted(listMembers, 'member')}, about ${sizeInWords(listBytes)}`)]
      : []),
    ...(imports > 0 ? [entry('sends', `attributes: ${counted(members, 'member')} in ${files}`)] : []),
    ...(canary > 0 ? [entry('canary', `the attributes of ${counted(canary, 'member')} are sent first`)] : []),
    ...(push || imports > 0 ? [] : [entry('sends', 'nothing')]),
    ...(quota
      ? [
          entry(
            'quota',
            `${quota.left} of ${counted(quota.limit, 'import')} left in the last 24 hours${free}${later}`,
          ),
        ]
      : []),
  ];
}

function createLines({ creates }: Effects): string[] {
  if (!creates) return [];
  const { attributes, list, renames } = creates;
  const names = attributes.map(({ name, type }) => `${name} (${type})`).join(', ');
  return [
    ...(attributes.length > 0 ? [entry('creates', `the attributes ${names}`)] : []),
    ...(list === null ? [] : [entry('creates', `the external target list "${list}"`)]),
    ...(renames === null
      ? []
      : [entry('renames', `the external target list "${renames}" of this activation`)]),
  ];
}

function nextLines({ activation, undo, rebase }: RunResult, planHash: string, isHeld: boolean): string[] {
  if (rebase && !isHeld) return [`Start the rebase:  ${rebaseCommand(activation)}`];
  return isHeld
    ? [
        `Approve and run it:  ${decideCommand('approve', activation, planHash)}`,
        `Or decline it:       ${decideCommand('decline', activation, planHash)}`,
      ]
    : [`Apply exactly this plan:  ${applyCommand(activation, planHash, undo)}`];
}

/** An example of a plan's effect, with key and values only if the user asked for personal data. */
export type ShownSample = PlanPreview['samples'][number] & { key?: string; values?: (string | null)[] };

const NOTHING = '–';

/** Describes a plan's samples. Equal ones share a line, unless their keys are shown. */
function sampleLines(samples: readonly ShownSample[], width: number): string[] {
  if (samples.length === 0) return [];
  if (samples.every(({ key }) => key !== undefined)) {
    const rows = samples.map((sample) => [sample.class, sample.key || '(none)', withValues(sample)]);
    return ['Samples, with the new values', ...table(['CLASS', 'KEY', 'ATTRIBUTES'], rows, width)];
  }
  const alike = new Map<string, string[]>();
  for (const sample of samples) {
    const words = namesOf(sample);
    const many = Number(alike.get(`${sample.class} ${words}`)?.[1] ?? 0) + 1;
    alike.set(`${sample.class} ${words}`, [sample.class, String(many), words]);
  }
  return [
    'Samples (--show-personal-data shows keys and values)',
    ...table(['CLASS', 'MEMBERS', 'ATTRIBUTES'], [...alike.values()], width),
  ];
}

function namesOf({ class: name, attributes, reason }: ShownSample): string {
  if (reason !== null) return reason;
  if (attributes.length > 0) return attributes.join(', ');
  return name === 'changed' ? 'none of the current mapping: the mapping has changed' : NOTHING;
}

function withValues(sample: ShownSample): string {
  const { attributes, values = [], reason } = sample;
  if (reason !== null || attributes.length === 0) return namesOf(sample);
  return attributes.map((name, index) => `${name}: ${values[index] ?? '(null)'}`).join(', ');
}
