import type { PlanPreview } from '../../contract/plan.ts';
import type { RunResult } from '../../contract/result.ts';
import { applyCommand, decideCommand } from '../../contract/commands.ts';
import { countLines, entry, MORE_COUNTS, reasonLines, type CountWords } from './result.ts';
import { afterUndo, UNDO_COUNTS, undoWords } from './undo.ts';
import { sampleLines, type ShownSample } from './samples.ts';
import { sizeInWords } from './sizes.ts';

const COUNTS: CountWords = {
  read: 'rows of the segment',
  added: 'new on the list',
  removed: 'gone from the list',
  changed: 'known members whose attributes differ from what Actito confirmed',
  unchanged: 'members with nothing to do',
  rejected: 'rows without a usable key',
};

/** What a run would do for people, line by line. Samples with keys and values are shown with them. */
export function describePlan(
  result: RunResult,
  plan: Omit<PlanPreview, 'samples'> & { samples: readonly ShownSample[] },
): string[] {
  const { activation, outcome, counts, rejects, notes, planHash, undo } = result;
  const { guards, problems, samples } = plan;
  return [
    `${activation}: ${outcome}`,
    ...undoWords(undo).map((words) => entry('undo', words)),
    ...countLines(undo === undefined ? COUNTS : UNDO_COUNTS, counts, () => true),
    ...countLines(MORE_COUNTS, counts, (count) => count > 0),
    ...reasonLines(rejects),
    ...listLines(result, plan),
    ...sendLines(plan),
    ...createLines(plan),
    ...guards.map(({ guard, message }) => entry('guard', `${guard} would hold it: ${message}`)),
    ...problems.map(({ message }) => entry('problem', message)),
    ...notes.map(({ message }) => entry('note', message)),
    ...(planHash === undefined ? [] : [entry('plan', planHash)]),
    ...sampleLines(samples),
    ...(planHash === undefined ? [] : nextLines(result, planHash, guards.length > 0)),
    ...afterUndo(activation, undo),
  ];
}

type Outlook = Omit<PlanPreview, 'samples'>;

function listLines({ list }: RunResult, { sends, guards }: Outlook): string[] {
  if (!list) return [];
  const when = guards.length > 0 ? ', once it is approved' : '';
  const push = sends.push === null ? 'would not be pushed' : `would be pushed (${sends.push})${when}`;
  return [entry('list', `"${list.name}" ${push}`)];
}

function sendLines({ sends, quota }: Outlook): string[] {
  const { members, imports, importBytes, push, listMembers, listBytes } = sends;
  const files = `${imports} ${imports === 1 ? 'import' : 'imports'} of at most ${sizeInWords(importBytes)}`;
  const later = imports > (quota?.left ?? imports) ? '; what it does not allow goes with a later run' : '';
  const free = quota?.nextFree && quota.left === 0 ? `, the next is free at ${quota.nextFree}` : '';
  return [
    ...(push ? [entry('sends', `the list: ${listMembers} members, about ${sizeInWords(listBytes)}`)] : []),
    ...(imports > 0 ? [entry('sends', `attributes: ${members} members in ${files}`)] : []),
    ...(push || imports > 0 ? [] : [entry('sends', 'nothing')]),
    ...(quota
      ? [
          entry(
            'quota',
            `${quota.left} of ${quota.limit} imports are left of the last 24 hours${free}${later}`,
          ),
        ]
      : []),
  ];
}

function createLines({ creates }: Outlook): string[] {
  if (!creates) return [];
  const { attributes, list, renames } = creates;
  const names = attributes.map(({ name, type }) => `${name} (${type})`).join(', ');
  return [
    ...(attributes.length > 0 ? [entry('creates', `the attributes ${names}`)] : []),
    ...(list === null ? [] : [entry('creates', `the external target list "${list}"`)]),
    ...(renames === null
      ? []
      : [entry('renames', `the external target list "${renames}", which is this one's`)]),
  ];
}

function nextLines({ activation, undo }: RunResult, planHash: string, isHeld: boolean): string[] {
  return isHeld
    ? [
        `Approve it, and run:  ${decideCommand('approve', activation, planHash)}`,
        `Or refuse it:         ${decideCommand('reject', activation, planHash)}`,
      ]
    : [`Apply exactly this:  ${applyCommand(activation, planHash, undo)}`];
}
