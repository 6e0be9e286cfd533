import { advise, message } from './message.ts';
import { asSetting } from './words.ts';

export interface Asked {
  activation: string;
  /** The settings that ask for what cannot be known. */
  settings: string[];
}
const ASKED: Asked = { activation: 'vip', settings: ['guards.minMatchRatio', 'canary'] };

/** What of a project folder works but is probably not meant. Durations in milliseconds. */
export const WARNING_MESSAGES = {
  validityShort: message<{ activation: string; validity: number; gap: number; regular: boolean }>({
    examples: [
      { activation: 'vip', validity: 86_400_000, gap: 86_400_000, regular: true },
      { activation: 'vip', validity: 86_400_000, gap: 259_200_000, regular: false },
    ],
    says: ({ activation, validity, gap, regular }) => {
      const runs = regular ? `runs every ${asSetting(gap)}` : `has up to ${asSetting(gap)} between two runs`;
      return (
        `activations/${activation}: the list is valid for ${asSetting(validity)} and ${runs}: after one failed run it ` +
        'may expire and target nobody.'
      );
    },
    next: ({ gap }) => advise(`Set list.validity to ${asSetting(2 * gap)} or more.`),
  }),
  clockChanges: message<{
    activation: string;
    timezone: string;
    missing: string | null;
    twice: string | null;
  }>({
    examples: [
      { activation: 'vip', timezone: 'Europe/Paris', missing: '2027-03-28 02:30', twice: '2027-10-31 02:30' },
      { activation: 'vip', timezone: 'Africa/Cairo', missing: '2027-04-30 00:00', twice: null },
      { activation: 'vip', timezone: 'America/Santiago', missing: null, twice: '2027-04-03 23:30' },
    ],
    says: ({ activation, timezone, missing, twice }) => {
      const what = [
        ...(missing === null ? [] : [`${missing} never comes, so nothing starts then`]),
        ...(twice === null ? [] : [`${twice} comes twice, and may start two runs`]),
      ];
      return `activations/${activation}: the clock of ${timezone} is changed at a time of the schedule: ${what.join('; ')}.`;
    },
    next: () =>
      advise('Choose a time at which the clock is never changed, or leave out the time zone (UTC).'),
  }),
  keyUnlikely: message({
    examples: [{ activation: 'vip', type: 'externalId', attribute: 'emailAddress', holds: 'email' }],
    says: ({ activation, type, attribute, holds }) =>
      `activations/${activation}: matchingKey.type is ${type}, but ${attribute} is an attribute for type ${holds}: few ` +
      'profiles will be found, or none.',
    next: ({ holds }) => advise(`Set matchingKey.type to ${holds}, or choose another attribute.`),
  }),
  matchesUnknownWithoutAttributes: message<Asked>({
    examples: [ASKED],
    says: (asked) =>
      `${useless(asked)} no attributes are sent: only of those does Actito tell whether it knows their profile.`,
  }),
  matchesUnknownWithoutResults: message<Asked & { destination: string }>({
    examples: [{ ...ASKED, destination: 'actito' }],
    says: ({ destination, ...asked }) =>
      `${useless(asked)} contract.rowResults of destination ${destination} is none.`,
  }),
  attributesShared: message<{ activations: [string, string]; attributes: string[] }>({
    examples: [{ activations: ['vip', 'newsletter'], attributes: ['tier', 'points'] }],
    says: ({ activations, attributes }) =>
      `${activations.map((id) => `activations/${id}`).join(' and ')} both write ${attributes.join(', ')} of the same ` +
      'profiles: the run that changes a value last wins.',
    next: () => advise('Let one of them own each attribute.'),
  }),
};

function useless({ activation, settings }: Asked): string {
  return `activations/${activation}: ${settings.join(' and ')} can do nothing, since`;
}
