import { searchAttributesCommand } from '../commands.ts';
import { advise, failure } from './message.ts';

const NAMES = ['Activation', 'RunPhase', 'RunOutcome'];

/** Messages about the Temporal server of a worker. */
export const TEMPORAL_MESSAGES = {
  searchAttributesMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'default', names: NAMES }],
    says: ({ namespace, names }) =>
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')}, and the worker has no permission to register them.`,
    next: ({ namespace, names }) => [
      {
        advice: "Ask an administrator with access to Temporal's operator API to register them once",
        command: searchAttributesCommand(namespace, names),
      },
    ],
  }),
  searchAttributesFull: failure('ConfigurationInvalid', {
    examples: [
      { namespace: 'default', names: NAMES, used: 10 },
      { namespace: 'default', names: ['RunPhase'], used: 10 },
    ],
    says: ({ namespace, names, used }) =>
      `Namespace ${namespace} has no room for the search attributes ${names.join(', ')} of type Keyword: it already has ${used}, ` +
      "which is Temporal's limit.",
    next: ({ namespace }) => [
      {
        advice:
          'Use a separate namespace for actito-sync (TEMPORAL_NAMESPACE), or remove an unused attribute. List them',
        command: `temporal operator search-attribute list --namespace ${namespace}`,
      },
    ],
  }),
  searchAttributesOfOtherType: failure<{ namespace: string; attributes: { name: string; type: string }[] }>(
    'ConfigurationInvalid',
    {
      examples: [
        { namespace: 'default', attributes: [{ name: 'Activation', type: 'Text' }] },
        {
          namespace: 'default',
          attributes: [
            { name: 'Activation', type: 'Text' },
            { name: 'RunPhase', type: 'Int' },
          ],
        },
      ],
      says: ({ namespace, attributes }) =>
        `Search attributes of actito-sync exist in namespace ${namespace} with the wrong type: ` +
        `${attributes.map(({ name, type }) => `${name} (${type})`).join(', ')}. Runs need them as Keyword, and no run could ` +
        'start.',
      next: ({ namespace, attributes }) => [
        {
          advice:
            'If other programs use them, use a separate namespace for actito-sync (TEMPORAL_NAMESPACE). Otherwise, remove them and ' +
            'restart the worker',
          command: `temporal operator search-attribute remove --namespace ${namespace} ${attributes.map(({ name }) => `--name ${name}`).join(' ')}`,
        },
      ],
    },
  ),
  searchAttributesOutOfReach: failure('ConfigurationInvalid', {
    examples: [
      { namespace: 'shop.a1b2c', names: NAMES },
      { namespace: 'shop.a1b2c', names: ['RunPhase'] },
    ],
    says: ({ namespace, names }) =>
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')} of type Keyword, or has them with another type. The ` +
      "server denies the worker access to Temporal's operator API, so the worker cannot check or register them.",
    next: ({ namespace, names }) =>
      advise(
        `Ask an administrator to add ${names.join(', ')} with type Keyword to namespace ${namespace}: in Temporal Cloud on the page of ` +
          'the namespace, otherwise with `temporal operator search-attribute create`.',
      ),
  }),
  namespaceMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'shop' }],
    says: ({ namespace }) => `The namespace ${namespace} does not exist in Temporal.`,
    next: ({ namespace }) => [
      {
        advice: 'Set TEMPORAL_NAMESPACE to an existing namespace, or create it',
        command: `temporal operator namespace create --namespace ${namespace} --retention 30d`,
      },
    ],
  }),
};
