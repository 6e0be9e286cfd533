import { isCancellation, log, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { ClosedRun, ListSummary, OpenedRun, ProvisionSummary } from '../../contract/steps.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { PlanSummary } from '../../contract/plan.ts';
import { activationKey, outcomeKey, phaseKey } from '../../contract/names.ts';
import { progressQuery, type Phase } from '../../contract/progress.ts';
import type { Counts } from '../../contract/counts.ts';
import type { RunOutcome, RunResult } from '../../contract/result.ts';
import type { RunRequest } from '../../contract/request.ts';
import type { Task } from '../../contract/task.ts';
import { showDetails } from '../details.ts';
import { messageOf, toldOf } from '../failure.ts';
import { inOrder } from './counts.ts';
import { page, summarySentence, type Known, type ModeWords } from './page.ts';

/** What a run reports: the query `progress`, search attributes, current details in the web UI, and the result. */
export class Story {
  readonly #request: RunRequest;
  readonly #notes: Told[] = [];
  readonly #known: Known;
  #task: Task | undefined;
  #planHash: string | undefined;
  #preview: PlanSummary['preview'];
  /** Undefined: the run did not wait for a retrieval. */
  #list: ListSummary | null | undefined;

  constructor(request: RunRequest, words: ModeWords) {
    const { activation, reason } = request;
    this.#request = request;
    this.#known = {
      name: activation,
      segment: '',
      list: '',
      undo: null,
      words,
      reason,
      phase: 'opening',
      outcome: null,
      failure: null,
      held: null,
      declined: false,
      activation,
      taskQueue: workflowInfo().taskQueue,
      counts: {},
      push: undefined,
      confirmed: undefined,
      notes: this.#notes,
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

  note(note: Told): void {
    this.#notes.push(note);
    log.warn(note.message, { reason: note.reason, facts: note.facts, activation: this.#request.activation });
    this.#show();
  }

  read(counts: Counts): void {
    this.#count(counts);
  }

  planned({ hash, push, counts, notes, approved, preview }: PlanSummary): void {
    // A run that is held after its import is planned twice.
    if (this.#planHash === undefined) this.#notes.push(...(notes ?? [])); // plans of earlier versions have none
    if (approved) this.#notes.push(tell('approved', approved));
    this.#planHash = hash;
    this.#preview = preview;
    this.#known.push = push;
    this.#count(counts);
  }

  provisioned({ createdAttributes, createdList, notes, push }: ProvisionSummary): void {
    this.#known.push = push;
    if (createdAttributes.length > 0)
      this.#notes.push(tell('attributesCreated', { attributes: createdAttributes }));
    if (createdList) this.#notes.push(tell('listCreated', { list: this.#known.list }));
    this.#notes.push(...notes);
  }

  /** The state now assumes that Actito matches the segment. */
  rebased(): void {
    this.#notes.push(tell('rebased', {}));
  }

  listed(list: ListSummary | null): void {
    this.#list = list;
    this.#known.confirmed = this.#listResult();
    if (list?.unseen) this.note(list.unseen);
    else if (this.#listResult().confirmation === 'pending') this.note(tell('notRetrievedYet', {}));
  }

  /** A guard holds the run, so its list is not delivered. */
  holding({ hash, refused }: PlanSummary): void {
    this.#known.held = hash;
    this.#known.declined = refused !== undefined;
    this.#known.push = null;
  }

  /** The unchanged list was delivered again; `push` is the reason. */
  kept(push: string): void {
    if (this.#known.held) this.#known.push = push;
    this.note(tell(push === 'repair' ? 'repairedAsItWas' : 'keptAlive', {}));
  }

  failed(failure: Error): void {
    this.#known.failure = messageOf(failure);
    // Shown separately as code. A command with more advice after it stays in its sentence.
    const next = toldOf(failure)?.next ?? [];
    this.#known.answer = next.length === 1 ? next[0]!.command : undefined;
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

  /** The run ends without being closed in the state: it has no row there, or settling failed. */
  unclosed(failure: Error): void {
    this.failed(failure);
    this.closed(isCancellation(failure) ? 'cancelled' : 'failed', {});
  }

  /** The run was not opened. */
  skipped(note: Told): RunResult {
    this.#notes.push(note);
    this.closed('skipped', {});
    const { activation } = this.#request;
    return {
      activation,
      outcome: 'skipped',
      summary: note.message,
      notes: this.#notes,
      counts: {},
      rejects: [],
    };
  }

  result({ outcome, rejects }: ClosedRun): RunResult {
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
      plan: this.#preview,
    };
  }

  #listResult(): NonNullable<RunResult['list']> {
    const { list: name, push = null } = this.#known;
    const confirmation = !push || this.#list === undefined ? null : confirmationOf(this.#list);
    return {
      name,
      pushed: push,
      confirmation,
      profiles: this.#list?.profiles ?? null,
      expires: this.#list?.expires ?? null,
    };
  }

  #count(counts: Counts): void {
    this.#known.counts = inOrder({ ...this.#known.counts, ...counts });
  }

  #show(): void {
    showDetails(page(this.#known));
  }
}

/** Null: there was no answer before the timeout. */
function confirmationOf(list: ListSummary | null): 'retrieved' | 'pending' | 'delivered' {
  if (!list) return 'pending';
  if (list.retrieved) return 'retrieved';
  return list.asked ? 'pending' : 'delivered';
}
