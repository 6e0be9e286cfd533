import type { AttributeInfo, InspectResult, ListInfo } from '../../contract/inspect.ts';
import { inWords } from './result.ts';
import { table } from './table.ts';

const NOTHING = '–';

/** What exists in Actito for people, line by line. `now` is what "in 2 days" counts from. */
export function describeInspection(result: InspectResult, now = Date.now()): string[] {
  const { destination, more } = result;
  const rest = more > 0 ? [`… and ${more} more that are not shown`] : [];
  if (result.what === 'attributes') {
    const { profileTable, attributes } = result;
    const head = ['ATTRIBUTE', 'TYPE', 'LENGTH', 'UNIQUE', 'MANDATORY', 'MAPPED BY'];
    return [
      `Attributes of the profile table "${profileTable}" (destination ${destination})`,
      ...table(head, attributes.map(attributeRow)),
      ...rest,
    ];
  }
  if (result.lists.length === 0) return [`The destination ${destination} shows no external target list.`];
  const head = ['LIST', 'PROFILES', 'EXPIRES', 'LAST FILE', 'ACTIVATION'];
  return [
    `External target lists (destination ${destination})`,
    ...table(
      head,
      result.lists.map((list) => listRow(list, now)),
    ),
    ...rest,
  ];
}

function attributeRow({ name, type, maxLength, unique, mandatory, mappedBy }: AttributeInfo): string[] {
  return [
    name,
    type,
    maxLength === undefined ? NOTHING : String(maxLength),
    unique ? 'yes' : 'no',
    mandatory ? 'yes' : 'no',
    mappedBy.join(', ') || NOTHING,
  ];
}

function listRow({ name, profiles, expires, file, owner, orphaned }: ListInfo, now: number): string[] {
  return [
    name,
    profiles === null ? NOTHING : String(profiles),
    expires === null ? NOTHING : expiry(expires, now),
    file ?? NOTHING,
    owner === null ? NOTHING : `${owner}${orphaned ? ' (not in the project any more)' : ''}`,
  ];
}

function expiry(moment: string, now: number): string {
  return Date.parse(moment) > now ? `${inWords(moment, now)} (${moment})` : `expired (${moment})`;
}
