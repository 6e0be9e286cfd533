import { type Attribute, TECHNICAL } from '../contacts/attributes.ts';
import type { World } from '../world.ts';
import { html, type Html } from './html.ts';
import { type Column, table } from './table.ts';
import type { View } from './view.ts';
import { counted } from './words.ts';

const COLUMNS: Column<Attribute>[] = [
  { head: 'Attribute', cell: ({ name }) => name },
  { head: 'Type', cell: typeOf },
  { head: 'Unique', cell: ({ unique }) => (unique ? 'Yes (can be a matching key)' : 'No') },
  { head: 'Mandatory', cell: ({ mandatory }) => (mandatory ? 'Yes' : 'No') },
];

/** The page with the profile table's structure. */
export function attributesPage({ profiles }: World): View {
  const main = html`<h1>Attributes of the profile table</h1>
    <div class="card">
      ${table(`${counted(profiles.attributes.length, 'attribute')}, table id ${profiles.id}`, COLUMNS, profiles.attributes)}
    </div>`;
  return { title: 'Attributes', main, live: true };
}

function typeOf({ name, type, valueType, valueRestriction }: Attribute): Html {
  const { maxLength } = valueRestriction ?? {};
  return html`${valueType ?? type}
    <span class="quiet">
      ${valueType === undefined && 'predefined'} ${maxLength !== undefined && `up to ${maxLength} characters`}
      ${(TECHNICAL as readonly string[]).includes(name) && 'read-only'}
    </span>`;
}
