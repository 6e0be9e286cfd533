import type { World } from '../world.ts';
import { html, type Html } from './html.ts';
import { findProfiles, MOST_FOUND } from './search.ts';
import { type Column, table } from './table.ts';
import type { View } from './view.ts';
import { counted } from './words.ts';

const EXAMPLES = 5;

/** The search for a profile: its attributes and lists. */
export function profilesPage(world: World, parameters: URLSearchParams): View {
  const query = (parameters.get('q') ?? '').trim();
  const main = html`<h1>Profile search</h1>
    <form action="/profiles" role="search">
      <label for="q">Email address, phone number or external ID</label>
      <div class="field">
        <input id="q" name="q" type="search" value="${query}" autocomplete="off" spellcheck="false" />
        <button>Search</button>
      </div>
    </form>
    ${query === '' ? examples(world) : results(world, query)}`;
  return { title: query === '' ? 'Profile search' : `${query} · Profile search`, main, live: false };
}

function results(world: World, query: string): Html {
  const found = findProfiles(world, query);
  if (found.length === 0) {
    return html`<p class="empty" role="status">
      No profile has “${query}” as its email address, phone number or another unique attribute.
    </p>`;
  }
  const more = found.length === MOST_FOUND ? 'or more ' : '';
  return html`<p role="status">${counted(found.length, 'profile')} ${more}found</p>
    ${found.map((id) => card(world, id))}`;
}

interface Value {
  name: string;
  value: string | null;
}

const VALUES: Column<Value>[] = [
  { head: 'Attribute', cell: ({ name }) => name },
  { head: 'Value', cell: ({ value }) => value ?? html`<span class="quiet">no value</span>` },
];

function card({ profiles, lists }: World, id: number): Html {
  const contact = profiles.contact(id);
  const on = lists.all().filter(({ members }) => members.has(id));
  return html`<article class="card" aria-labelledby="profile-${id}">
    <header>
      <div>
        <h2 id="profile-${id}">${contact.emailAddress ?? `Profile ${id}`}</h2>
        <p class="quiet">Profile ${id}</p>
      </div>
    </header>
    <h3>Lists</h3>
    ${
      on.length === 0
        ? html`<p>Not on any external target list.</p>`
        : html`<ul>
            ${on.map((list) =>
              lists.isExpired(list)
                ? html`<li>${list.name} <span class="complaint">(expired, targets nobody)</span></li>`
                : html`<li>${list.name}</li>`,
            )}
          </ul>`
    }
    ${table(
      'Attributes',
      VALUES,
      Object.entries(contact).map(([name, value]) => ({ name, value })),
    )}
  </article>`;
}

/** The first few profiles as examples. */
function examples({ profiles }: World): Html {
  const addresses: string[] = [];
  for (const id of profiles.ids()) {
    const { emailAddress } = profiles.contact(id);
    if (emailAddress) addresses.push(emailAddress);
    if (addresses.length === EXAMPLES) break;
  }
  if (addresses.length === 0) return html`<p class="empty">The profile table is empty.</p>`;
  return html`<p>For example:</p>
    <ul>
      ${addresses.map(
        (address) => html`<li><a href="/profiles?q=${encodeURIComponent(address)}">${address}</a></li>`,
      )}
    </ul>`;
}
