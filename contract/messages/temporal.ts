import { searchAttributesCommand } from '../commands.ts';
import { advise, failure } from './message.ts';

const NAMES = ['Activation', 'RunPhase', 'RunOutcome'];

/** What is said of the Temporal server that a worker is to work with. */
export const TEMPORAL_MESSAGES = {
  searchAttributesMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'default', names: NAMES }],
    says: ({ namespace, names }) =>
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')}, and the worker may not register them.`,
    next: ({ namespace, names }) => [
      {
        advice: "Let someone who may use Temporal's operator API register them once",
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
      `Namespace ${namespace} has no room for the search attributes ${names.join(', ')} of type Keyword: it has ${used} of this ` +
      'type, and Temporal allows no more.',
    next: ({ namespace }) => [
      {
        advice:
          'Give actito-sync a namespace of its own (TEMPORAL_NAMESPACE), or remove an attribute that nobody uses',
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
        `Namespace ${namespace} has search attributes of our names with other types: ` +
        `${attributes.map(({ name, type }) => `${name} (${type})`).join(', ')}. Runs need them as Keyword, and no run could ` +
        'take a step.',
      next: ({ namespace, attributes }) => [
        {
          advice:
            'If others use them, give actito-sync a namespace of its own (TEMPORAL_NAMESPACE); otherwise remove them and start the ' +
            'worker again',
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
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')} of type Keyword, or has them with another type. Its ` +
      "server does not let the worker use Temporal's operator API, so the worker can neither say which nor register them.",
    next: ({ namespace, names }) =>
      advise(
        `Let an administrator add ${names.join(', ')} with the type Keyword to namespace ${namespace}: in Temporal Cloud on the page of ` +
          'the namespace, elsewhere with `temporal operator search-attribute create`.',
      ),
  }),
  namespaceMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'shop' }],
    says: ({ namespace }) => `Temporal has no namespace ${namespace}.`,
    next: ({ namespace }) => [
      {
        advice: 'Set TEMPORAL_NAMESPACE to one that exists, or make it',
        command: `temporal operator namespace create --namespace ${namespace} --retention 30d`,
      },
    ],
  }),
};
