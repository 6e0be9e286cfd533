import { setCurrentDetails, setHandler, upsertSearchAttributes, log } from '@temporalio/workflow';
import type { ClosedRun } from '../activities/close.ts';
import type { ListSummary } from '../activities/confirm-list.ts';
import type { OpenedRun } from '../activities/open.ts';
import type { PlanSummary } from '../activities/plan.ts';
import type { ProvisionSummary } from '../activities/provision.ts';
import {
  activationKey,
  outcomeKey,
  phaseKey,
  progressQuery,
  type Phase,
  type RunCounts,
  type RunOutcome,
  type RunRequest,
  type RunResult,
} from './contract.ts';

/** What a run tells while it goes: the query `progress`, search attributes, the details in the web UI, its result. */
export class Story {
  readonly #request: RunRequest;
  readonly #notes: string[] = [];
  #run: OpenedRun | null = null;
  #phase: Phase = 'opening';
  #outcome: string | null = null;
  #counts: RunCounts = {};
  #plan: PlanSummary | null = null;
  #push: string | null = null;
  #list: ListSummary | null = null;

  constructor(request: RunRequest) {
    this.#request = request;
    upsertSearchAttributes([{ key: activationKey, value: request.activation }]);
    setHandler(progressQuery, () => ({
      activation: request.activation,
      request,
      phase: this.#phase,
      outcome: this.#outcome,
      notes: this.#notes,
      counts: this.#counts,
      push: this.#push,
    }));
  }

  opened(run: OpenedRun): void {
    this.#run = run;
  }

  phase(phase: Phase): void {
    this.#phase = phase;
    upsertSearchAttributes([{ key: phaseKey, value: phase }]);
    this.#show();
  }

  note(note: string): void {
    this.#notes.push(note);
    log.warn(note, { activation: this.#request.activation });
    this.#show();
  }

  read(counts: RunCounts): void {
    this.#counts = { ...this.#counts, ...counts };
  }

  planned(plan: PlanSummary): void {
    this.#plan = plan;
    this.#push = plan.push;
    this.#counts = { ...this.#counts, ...plan.counts };
  }

  provisioned({ createdAttributes, createdList, push }: ProvisionSummary): void {
    this.#push = push;
    if (createdAttributes.length > 0)
      this.#notes.push(`Created in Actito: attributes ${createdAttributes.join(', ')}.`);
    if (createdList) this.#notes.push(`Created in Actito: the external target list "${this.#run!.list}".`);
  }

  listed(list: ListSummary | null): void {
    this.#list = list;
    if (!list) this.note('The list is delivered; Actito has not confirmed yet that it retrieved the file.');
  }

  closed(outcome: string, counts: RunCounts): void {
    this.#outcome = outcome;
    this.#counts = counts;
    this.#phase = 'closed';
    upsertSearchAttributes([
      { key: phaseKey, value: 'closed' },
      { key: outcomeKey, value: outcome },
    ]);
    this.#show();
  }

  skipped(holder: string): RunResult {
    const note = `Skipped: ${holder} is running this activation.`;
    this.#notes.push(note);
    this.closed('skipped', {});
    return {
      activation: this.#request.activation,
      outcome: 'skipped',
      notes: this.#notes,
      counts: {},
      rejects: [],
    };
  }

  result(outcome: string, { counts, rejects }: ClosedRun): RunResult {
    const push = this.#push;
    const confirmation =
      !push || this.#request.dryRun ? null : this.#list?.retrieved ? 'retrieved' : 'delivered';
    return {
      activation: this.#request.activation,
      outcome: outcome as RunOutcome,
      notes: this.#notes,
      counts: counts,
      rejects,
      planHash: this.#plan?.hash,
      list: {
        name: this.#run!.list,
        pushed: push,
        confirmation,
        profiles: this.#list?.profiles ?? null,
        expires: this.#list?.expires ?? null,
      },
    };
  }

  /** The run as a short page in the web UI; numbers only. */
  #show(): void {
    const { name, segment, list } = this.#run ?? { name: this.#request.activation, segment: '', list: '' };
    const numbers = Object.entries(this.#counts).map(([what, count]) => `| ${what} | ${count} |`);
    const lines = [
      `**${name}** · ${this.#phase}${this.#outcome ? ` · ${this.#outcome}` : ''}`,
      `Segment *${segment}* → external target list *${list}*${this.#request.dryRun ? ' (dry run)' : ''}`,
      this.#plan ? `List ${this.#push ? `pushed: ${this.#push}` : 'not pushed: unchanged and valid'}` : '',
      numbers.length > 0 ? ['| rows | |', '|---|---:|', ...numbers].join('\n') : '',
      ...this.#notes.map((note) => `- ${note}`),
    ];
    setCurrentDetails(lines.filter((line) => line !== '').join('\n\n'));
  }
}
