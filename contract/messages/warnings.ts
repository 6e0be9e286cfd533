import { advise, message } from './message.ts';
import { asSetting, counted } from './words.ts';

export interface Asked {
  activation: string;
  /** The settings that have no effect. */
  settings: string[];
}
const ASKED: Asked = { activation: 'vip', settings: ['guards.minMatchRatio', 'canary'] };

/** Likely mistakes in a project folder that works. Durations are in milliseconds. */
export const WARNING_MESSAGES = {
  validityShort: message<{ activation: string; validity: number; gap: number; regular: boolean }>({
    examples: [
      { activation: 'vip', validity: 86_400_000, gap: 86_400_000, regular: true },
      { activation: 'vip', validity: 86_400_000, gap: 259_200_000, regular: false },
    ],
    says: ({ activation, validity, gap, regular }) => {
      const runs = regular
        ? `the activation runs every ${asSetting(gap)}`
        : `its runs are up to ${asSetting(gap)} apart`;
      return (
        `activations/${activation}: the list is valid for ${asSetting(validity)}, and ${runs}. After one failed run, it ` +
        'can expire and target nobody.'
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
        ...(missing === null ? [] : [`${missing} does not exist, so no run starts then`]),
        ...(twice === null ? [] : [`${twice} occurs twice and can start two runs`]),
      ];
      return `activations/${activation}: the schedule has a time at which ${timezone} changes its clocks: ${what.join('; ')}.`;
    },
    next: () => advise('Choose a time outside the clock change, or omit the time zone to use UTC.'),
  }),
  keyUnlikely: message({
    examples: [{ activation: 'vip', type: 'externalId', attribute: 'emailAddress', holds: 'email' }],
    says: ({ activation, type, attribute, holds }) =>
      `activations/${activation}: matchingKey.type is ${type}, but ${attribute} is an attribute for type ${holds}. Few or no ` +
      'profiles will match.',
    next: ({ holds }) => advise(`Set matchingKey.type to ${holds}, or choose another attribute.`),
  }),
  matchesUnknownWithoutAttributes: message<Asked>({
    examples: [ASKED],
    says: (asked) =>
      `${useless(asked)} no attributes are sent, and Actito reports matches only for members with attributes.`,
  }),
  matchesUnknownWithoutResults: message<Asked & { destination: string }>({
    examples: [{ ...ASKED, destination: 'actito' }],
    says: ({ destination, ...asked }) =>
      `${useless(asked)} contract.rowResults of destination ${destination} is none.`,
  }),
  identifiersUndocumented: message<{ destination: string; attributes: string[]; activations: number }>({
    examples: [
      { destination: 'actito', attributes: ['emailAddress'], activations: 1 },
      { destination: 'actito', attributes: ['emailAddress', 'customerId'], activations: 3 },
    ],
    says: ({ destination, attributes, activations }) =>
      `destinations/${destination}: the ${activations === 1 ? 'list' : 'lists'} of ${counted(activations, 'activation')} ` +
      `${activations === 1 ? 'contains' : 'contain'} ${attributes.join(', ')}. Actito documents profile IDs only; check ` +
      `that the list shows profiles after the first delivery.`,
    next: ({ destination }) =>
      advise(
        `If it does, set contract.listIdentifiers: uniqueAttribute in destinations/${destination}.yaml. Otherwise set list.identifier: profileId, with Actito's export of the profiles (profiles in the destination).`,
      ),
  }),
  attributesShared: message<{ activations: [string, string]; attributes: string[] }>({
    examples: [{ activations: ['vip', 'newsletter'], attributes: ['tier', 'points'] }],
    says: ({ activations, attributes }) =>
      `${activations.map((id) => `activations/${id}`).join(' and ')} both write ${attributes.join(', ')} of the same ` +
      'profiles. The last run to change a value wins.',
    next: () => advise('Map each attribute in only one activation.'),
  }),
};

function useless({ activation, settings }: Asked): string {
  return `activations/${activation}: ${settings.join(' and ')} ${settings.length === 1 ? 'has' : 'have'} no effect, because`;
}
