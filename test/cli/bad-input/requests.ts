import { EXIT } from '../../../cli/exit-codes.ts';
import { type BadLine, HASH } from './bad-line.ts';

/** What is checked before any server is asked. */
export const REQUESTS: BadLine[] = [
  // Requests that no server needs to see
  ['an empty plan', "run vip --plan ''", 'InvalidActivation: plan: expected a plan hash (12 characters)'],
  [
    'a hash that is too short',
    'run vip-customers --plan 0123456789a',
    'plan: expected a plan hash (12 characters)',
  ],
  ['an invalid hash', 'approve vip 0123456789xy --reason x', 'plan: expected a plan hash'],
  ['a hash with a blank', `reject vip ${HASH}\u00a0 --reason x`, 'plan: expected a plan hash'],
  ['an empty reason', "run vip --reason ''", 'reason: expected non-empty text'],
  ['a reason of blanks', `approve vip ${HASH} --reason \u00a0`, 'reason: expected non-empty text'],
  ['no name for an approval', `approve vip ${HASH} --reason x --by \t`, 'by: expected non-empty text'],
  ['no name for a decline', `reject vip ${HASH} --reason x --by ''`, 'by: expected non-empty text'],
  [
    'a name that is a story',
    `reject vip ${HASH} --reason x --by ${'x'.repeat(101)}`,
    'by: expected text of at most 100 characters',
  ],
  [
    'two mistakes',
    "approve '' latest --reason x",
    'activation: expected the id of an activation (the name of its file without .yaml); plan: expected a plan hash',
  ],
  ['a plan of nothing', "plan ''", 'InvalidActivation: activation: expected the id of an activation'],
  ['a resync of nothing', "resync ''", 'InvalidActivation: activation: expected the id of an activation'],
  ['a cancelling of nothing', "cancel ''", 'InvalidActivation: "" is not a valid activation id.'],
  [
    'a cancelling of a workflow id',
    'cancel activation/vip',
    '"activation/vip" is not a valid activation id.',
  ],
  [
    'a pause of an unusable name',
    'schedule pause Nobody!',
    'InvalidActivation: "Nobody!" is not a valid activation id.',
  ],
  [
    'a resumption of an unusable name',
    'schedule resume Nobody!',
    'InvalidActivation: "Nobody!" is not a valid activation id.',
  ],
  [
    'nobody to forget',
    "forget '' --yes",
    'InvalidActivation: The key was not forgotten: The matching key is null or empty.',
  ],
  ['nobody to confirm that a person is forgotten', 'forget 4711', 'To confirm, add --yes.'],
  [
    'a plan into no folder',
    'plan vip-customers --out /nowhere/at/all.json',
    '--out: /nowhere/at/all.json cannot be written (ENOENT).',
  ],
  [
    'a plan into a file as a folder',
    'plan vip-customers --out README.md/plan.json',
    '--out: README.md/plan.json cannot be written (ENOTDIR).',
  ],
  [
    'a plan into a folder',
    'plan vip-customers --out /tmp',
    'InvalidActivation: --out: /tmp cannot be written (EISDIR).',
  ],
  // Names
  [
    'a misspelled activation',
    'status vip-costumers',
    'no activation "vip-costumers", did you mean "vip-customers"?',
  ],
  ['an activation with a capital', 'status VIP-customers', 'did you mean "vip-customers"?'],
  [
    'an activation that is a destination',
    'status actito',
    'no activation "actito" (known: sleeping-customers, vip-customers)',
  ],
  [
    'a misspelled target',
    'doctor actitos',
    'has no destination or activation "actitos", did you mean "actito"?',
  ],
  [
    'a target that is a source',
    'doctor shop',
    'no destination or activation "shop" (known: actito, sleeping-customers, vip-customers)',
  ],
  ['a misspelled destination', 'lists actto', 'has no destination "actto", did you mean "actito"?'],
  [
    'an empty project',
    'status vip',
    'no activation "vip"; its folder activations/ is empty',
    EXIT.usage,
    { ACTITO_SYNC_PROJECT: 'FOLDER/empty' },
  ],
  [
    'no destinations at all',
    'attributes actito',
    'no destination "actito"; its folder destinations/ is empty',
    EXIT.usage,
    { ACTITO_SYNC_PROJECT: 'FOLDER/empty' },
  ],
];
