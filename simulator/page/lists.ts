import type { TargetList } from '../lists/target-lists.ts';
import type { World } from '../world.ts';
import { html, type Html } from './html.ts';
import type { View } from './view.ts';
import { counted, duration, grouped, moment } from './words.ts';

const HOUR = 3_600_000;

/** The external target lists, as in expert mode → File. */
export function listsPage(world: World): View {
  const lists = world.lists.all();
  const profileIdsOnly = acceptsProfileIdsOnly(world);
  const main = html`<p class="quiet">Expert mode → File</p>
    <h1>External target lists</h1>
    ${profileIdsOnly && html`<p>This license accepts files of profile IDs only. Any other identifier targets nobody.</p>`}
    ${
      lists.length === 0 &&
      html`<p class="empty">
        There are no external target lists yet. The first run of an activation creates its list, unless the
        list must be created manually.
      </p>`
    }
    ${lists.map((list) => card(world, list))}`;
  return { title: 'External target lists', main, live: true };
}

function card(world: World, list: TargetList): Html {
  const state = stateOf(world, list);
  const { fileName } = world.fileTransfer.synchronization(list.fileSynchronizationId);
  const targeted = world.lists.targeted(list).size;
  return html`<article class="card ${state.tone}" aria-labelledby="list-${list.id}">
    <header>
      <div>
        <h2 id="list-${list.id}">${list.name}</h2>
        <p class="quiet">${list.description}</p>
      </div>
      <p class="figure"><strong>${grouped(targeted)}</strong> ${targeted === 1 ? 'profile' : 'profiles'}</p>
    </header>
    <p class="state ${state.tone}"><span class="pill">${state.word}</span> ${state.text}</p>
    <dl>
      <div>
        <dt>Last retrieved file</dt>
        ${retrievedFile(list)}
      </div>
      <div>
        <dt>Expiration date</dt>
        <dd>${list.expires === null ? 'None until the first file is retrieved' : moment(list.expires)}</dd>
        <dd class="quiet">${duration(list.validityHours * HOUR)} after each retrieved file</dd>
      </div>
      <div>
        <dt>Expected file</dt>
        <dd>${fileName}</dd>
        <dd class="quiet">
          Profiles identified by ${acceptsProfileIdsOnly(world) ? 'profileId' : list.identifierAttribute}
        </dd>
      </div>
    </dl>
  </article>`;
}

function acceptsProfileIdsOnly({ licence }: World): boolean {
  return licence.listIdentifiers === 'profileId';
}

interface State {
  word: string;
  text: string;
  tone: 'good' | 'bad' | 'waiting';
}

function stateOf({ clock, lists }: World, list: TargetList): State {
  if (list.expires === null) {
    return {
      word: 'Waiting',
      text: 'No file has been retrieved yet, so the list targets nobody.',
      tone: 'waiting',
    };
  }
  const left = list.expires - clock.now();
  if (!lists.isExpired(list)) return { word: 'Valid', text: `${duration(left)} left`, tone: 'good' };
  const before = counted(list.members.size, 'profile');
  const text = `Expired ${duration(-left)} ago, so the list targets nobody. Its last file contained ${before}.`;
  return { word: 'Expired', text, tone: 'bad' };
}

function retrievedFile({ lastRetrievedFile: file, members }: TargetList): Html {
  if (!file) return html`<dd>None yet</dd>`;
  const retrieved = moment(Date.parse(file.retrievedMoment));
  if (file.errorMessage !== undefined) {
    return html`<dd>${file.name}</dd>
      <dd class="quiet">${retrieved}</dd>
      <dd class="complaint">File rejected: ${file.errorMessage} The list was not changed.</dd>`;
  }
  return html`<dd>${file.name}</dd>
    <dd class="quiet">${retrieved}</dd>
    <dd class="quiet">${counted(file.lines, 'line')}, ${counted(members.size, 'profile')} matched</dd>`;
}
