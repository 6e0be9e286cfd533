import {
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { ClosedRun } from '../../contract/steps.ts';
import type { ListSummary } from '../../contract/steps.ts';
import type { OpenedRun } from '../../contract/steps.ts';
import type { PlanSummary } from '../../contract/plan.ts';
import type { ProvisionSummary } from '../../contract/steps.ts';
import { activationKey, outcomeKey, phaseKey } from '../../contract/names.ts';
import { progressQuery, type Phase } from '../../contract/progress.ts';
import type { Counts } from '../../contract/counts.ts';
import type { RunOutcome, RunResult } from '../../contract/result.ts';
import type { RunRequest } from '../../contract/request.ts';
import type { Task } from '../../contract/task.ts';
import { inOrder } from './counts.ts';
import { page, summarySentence, type Known, type ModeWords } from './page.ts';

/** What a run tells while it goes: the query `progress`, search attributes, the details in the web UI, its result. */
export class Story {
  readonly #request: RunRequest;
  readonly #notes: string[] = [];
  readonly #known: Known;
  #task: Task | undefined;
  #planHash: string | undefined;
  #outlook: PlanSummary['outlook'];
  /** Undefined: no delivery was waited for. */
  #list: ListSummary | null | undefined;

  constructor(request: RunRequest, words: ModeWords) {
    const { activation, reason } = request;
    this.#request = request;
    this.#known = {
      ...{
        name: activation,
        segment: '',
        list: '',
        undo: null,
        words,
        reason,
        phase: 'opening',
        outcome: null,
      },
      ...{ failure: null, counts: {}, push: undefined, confirmed: undefined, notes: this.#notes },
    };
    upsertSearchAttributes([{ key: activationKey, value: activation }]);
    setHandler(progressQuery, () => {
      const { phase, outcome, counts, push = null } = this.#known;
      return { activation, request, phase, outcome, notes: this.#notes, counts, push };
    });
  }

  opened({ name, segment, list, task }: OpenedRun): void {
    this.#task = task;
    Object.assign(this.#known, { name, segment, list, undo: task.undo });
  }

  phase(phase: Phase): void {
    this.#known.phase = phase;
    upsertSearchAttributes([{ key: phaseKey, value: phase }]);
    this.#show();
  }

  note(note: string): void {
    this.#notes.push(note);
    log.warn(note, { activation: this.#request.activation });
    this.#show();
  }

  read(counts: Counts): void {
    this.#count(counts);
  }

  planned({ hash, push, counts, approved, outlook }: PlanSummary): void {
    if (approved) {
      const { guards, by, reason } = approved;
      this.#notes.push(`Held by ${guards.join(', ')} but for the approval of ${by}: ${reason}`);
    }
    this.#planHash = hash;
    this.#outlook = outlook;
    this.#known.push = push;
    this.#count(counts);
  }

  provisioned({ createdAttributes, createdList, notes, push }: ProvisionSummary): void {
    this.#known.push = push;
    if (createdAttributes.length > 0)
      this.#notes.push(`Created in Actito: attributes ${createdAttributes.join(', ')}.`);
    if (createdList) this.#notes.push(`Created in Actito: the external target list "${this.#known.list}".`);
    this.#notes.push(...(notes ?? [])); // a run that an earlier version began knows none
  }

  /** The segment was taken for what Actito has. */
  rebased(): void {
    this.#notes.push(
      'Nothing was sent: the segment was taken for what Actito has. What differs there stays until it changes in the ' +
        'warehouse; resync sends everything. The next run delivers the list once.',
    );
  }

  listed(list: ListSummary | null): void {
    this.#list = list;
    this.#known.confirmed = this.#listResult();
    if (this.#listResult().confirmation === 'pending')
      this.note('The list is delivered; Actito has not confirmed yet that it retrieved the file.');
  }

  /** Of a held run: why the list was delivered again as it was; null: it was not. */
  kept(push: string | null): void {
    this.#known.push = push;
  }

  /** A guard holds the run; `answer` is the command that lets it pass. */
  held(answer: string): void {
    this.#known.answer = answer;
  }

  failed(failure: string): void {
    this.#known.failure = failure;
  }

  closed(outcome: string, counts: Counts): void {
    this.#count(counts);
    Object.assign(this.#known, { outcome, phase: 'closed' });
    upsertSearchAttributes([
      { key: phaseKey, value: 'closed' },
      { key: outcomeKey, value: outcome },
    ]);
    this.#show();
  }

  /** The run ends without being closed in the state: it came to no row there, or could not be settled. */
  unclosed(failure: Error): void {
    this.failed(failure.message);
    this.closed(isCancellation(failure) ? 'cancelled' : 'failed', {});
  }

  skipped(holder: string): RunResult {
    const note = `Skipped: ${holder} is running this activation.`;
    this.#notes.push(note);
    this.closed('skipped', {});
    const { activation } = this.#request;
    return { activation, outcome: 'skipped', summary: note, notes: this.#notes, counts: {}, rejects: [] };
  }

  result(outcome: string, { rejects }: ClosedRun): RunResult {
    return {
      activation: this.#request.activation,
      outcome: outcome as RunOutcome,
      ...(this.#task?.sends === false ? { rebase: true as const } : {}),
      summary: summarySentence(this.#known),
      notes: this.#notes,
      list: this.#listResult(),
      counts: this.#known.counts,
      rejects,
      planHash: this.#planHash,
      undo: this.#known.undo ?? undefined,
      plan: this.#outlook,
    };
  }

  #listResult(): NonNullable<RunResult['list']> {
    const { list: name, push = null } = this.#known;
    const confirmation = !push || this.#list === undefined ? null : confirmationOf(this.#list);
    return {
      ...{ name, pushed: push, confirmation },
      ...{ profiles: this.#list?.profiles ?? null, expires: this.#list?.expires ?? null },
    };
  }

  #count(counts: Counts): void {
    this.#known.counts = inOrder({ ...this.#known.counts, ...counts });
  }

  #show(): void {
    setCurrentDetails(page(this.#known));
  }
}

/** Null: Actito was asked until there was no time left. */
function confirmationOf(list: ListSummary | null): 'retrieved' | 'pending' | 'delivered' {
  if (!list) return 'pending';
  if (list.retrieved) return 'retrieved';
  return list.asked ? 'pending' : 'delivered';
}
