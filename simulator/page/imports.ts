import type { ImportRecord } from '../imports/import-queue.ts';
import type { RowCounts } from '../imports/import-rows.ts';
import type { World } from '../world.ts';
import { html, type Html } from './html.ts';
import { type ErrorGroup, rowErrors } from './row-errors.ts';
import { type Column, table } from './table.ts';
import type { View } from './view.ts';
import { counted, grouped, moment } from './words.ts';

const SHOWN = 50;

const STATUS = {
  PENDING: { tone: 'waiting', text: 'Waiting for earlier imports.' },
  RUNNING: { tone: 'waiting', text: 'In progress.' },
  SUCCESS: { tone: 'good', text: 'Every row was applied.' },
  WITH_ERROR: { tone: 'mixed', text: 'Rows in error were skipped; all other rows were applied.' },
  FAILED: { tone: 'bad', text: 'The import stopped; some rows may have been applied.' },
} as const;

/** The import history, latest first, with the errors of rejected rows. */
export async function importsPage(world: World): Promise<View> {
  const all = world.imports.all();
  const latest = all.slice(-SHOWN).reverse();
  const main = html`<h1>Import history</h1>
    ${all.length === 0 && html`<p class="empty">Nothing has been imported yet.</p>`}
    ${await Promise.all(latest.map((record) => card(world, record)))}
    ${all.length > SHOWN && html`<p class="quiet">Showing the latest ${SHOWN} of ${grouped(all.length)} imports.</p>`}`;
  return { title: 'Import history', main, live: true };
}

async function card(world: World, record: ImportRecord): Promise<Html> {
  const { id, job, upload, columns, created, status, message, rows } = record;
  const { tone, text } = STATUS[status];
  const errors = rows && rows.inError > 0 ? await rowErrors(world, record) : [];
  return html`<article class="card ${tone}" aria-labelledby="import-${id}">
    <header>
      <div>
        <h2 id="import-${id}">Import ${id}</h2>
        <p class="quiet">${moment(created)}</p>
      </div>
      ${rows && html`<p class="figure"><strong>${grouped(rows.updated)}</strong> updated</p>`}
    </header>
    <p class="state ${tone}"><span class="pill">${status}</span> ${text} ${message}</p>
    <dl>
      <div>
        <dt>File</dt>
        <dd>${upload.fileName}</dd>
        ${rows && html`<dd class="quiet">${counts(rows)}</dd>`}
      </div>
      <div>
        <dt>Type</dt>
        <dd>${job.etlId === undefined ? 'One-shot' : `ETL ${job.etlId}`}, ${job.mode}</dd>
        <dd class="quiet">Profiles matched by ${job.key}</dd>
      </div>
      <div>
        <dt>Attributes</dt>
        <dd>${columns.filter((name) => name !== job.key).join(', ')}</dd>
      </div>
    </dl>
    ${errors.length > 0 && table(`${counted(rows!.inError, 'row')} in error`, ERRORS, errors)}
  </article>`;
}

function counts({ read, created, inError }: RowCounts): string {
  const made = created === undefined ? '' : `, ${counted(created, 'profile')} created`;
  return `${counted(read, 'row')}${made}, ${grouped(inError)} in error`;
}

const ERRORS: Column<ErrorGroup>[] = [
  { head: 'Code', cell: ({ code }) => code },
  { head: 'Rows', cell: ({ rows }) => grouped(rows), numeric: true },
  { head: 'Message', cell: ({ message }) => message },
  {
    head: 'Examples',
    cell: ({ examples, rows }) => [
      ...examples.map(({ line, key }) => html`<div>line ${line}: ${key}</div>`),
      rows > examples.length && '…',
    ],
  },
];
