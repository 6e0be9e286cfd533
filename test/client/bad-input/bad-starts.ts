import { HASH } from './bad-line.ts';

/** A workflow started with an argument that is not usable. */
export type BadStart = [
  what: string,
  type: string,
  /** JSON as it would stand in `--input`; undefined: there is none. */
  input: string | undefined,
  says: string,
  /** Default: InvalidActivation. */
  word?: string,
];

export const BAD_STARTS: BadStart[] = [
  [
    'nothing',
    'runActivation',
    undefined,
    'The argument of runActivation is not usable (expected one JSON object). Expected for example {"activation":',
  ],
  ['null', 'runActivation', 'null', 'expected one JSON object'],
  ['a name alone', 'runActivation', '"vip"', 'expected one JSON object'],
  ['a list', 'runActivation', '["vip"]', 'expected one JSON object'],
  ['a number', 'runActivation', '42', 'expected one JSON object'],
  [
    'an empty object',
    'runActivation',
    '{}',
    'activation: expected the id of an activation (the name of its file without .yaml)',
  ],
  [
    'an activation that is a number',
    'runActivation',
    '{"activation":7}',
    'activation: expected the id of an activation',
  ],
  [
    'an activation that is empty',
    'runActivation',
    '{"activation":""}',
    'activation: expected the id of an activation',
  ],
  [
    'an activation in a list',
    'runActivation',
    '{"activation":["vip"]}',
    'activation: expected the id of an activation',
  ],
  [
    'an activation that there is not',
    'runActivation',
    '{"activation":"vop"}',
    'The project has no activation "vop", did you mean "vip"?',
  ],
  ['a path', 'runActivation', '{"activation":"../vip"}', 'The project has no activation "../vip"'],
  [
    'a name of JavaScript',
    'runActivation',
    '{"activation":"constructor"}',
    'The project has no activation "constructor" (known: vip)',
  ],
  [
    'a setting that is no setting',
    'runActivation',
    '{"activation":"vip","dryrun":true}',
    '(unknown: dryrun)',
  ],
  [
    'a setting of the command line',
    'runActivation',
    '{"activation":"vip","dry-run":true,"json":true}',
    '(unknown: dry-run, json)',
  ],
  [
    'a switch that is a text',
    'runActivation',
    '{"activation":"vip","dryRun":"true"}',
    'dryRun: expected true or false',
  ],
  [
    'a switch that is a number',
    'runActivation',
    '{"activation":"vip","resync":1}',
    'resync: expected true or false',
  ],
  [
    'a reason that is none',
    'runActivation',
    '{"activation":"vip","reason":" "}',
    'reason: expected a text that is not empty',
  ],
  [
    'a reason that is too long',
    'runActivation',
    `{"activation":"vip","reason":"${'x'.repeat(201)}"}`,
    'reason: expected a text of at most 200 characters',
  ],
  [
    'a hash in capitals',
    'runActivation',
    '{"activation":"vip","plan":"0123456789AB"}',
    'plan: expected the hash of a plan (12 characters)',
  ],
  [
    'a hash that is a number',
    'runActivation',
    '{"activation":"vip","plan":123456789012}',
    'plan: expected the hash of a plan',
  ],
  [
    'an unknown plan',
    'runActivation',
    `{"activation":"vip","plan":"${HASH}"}`,
    `Activation vip has no plan ${HASH}.`,
    'PlanUnknown',
  ],
  [
    'an approval without a reason',
    'runActivation',
    `{"activation":"vip","approve":"${HASH}"}`,
    'reason: expected a text: an approval says why',
  ],
  [
    'an approval that is only true',
    'runActivation',
    '{"activation":"vip","approve":true,"reason":"x"}',
    'approve: expected the hash of a plan',
  ],
  [
    'an approval of an unknown plan',
    'runActivation',
    `{"activation":"vip","approve":"${HASH}","reason":"x"}`,
    `Activation vip has no plan ${HASH}.`,
    'PlanUnknown',
  ],
  [
    'an approval by a number',
    'runActivation',
    `{"activation":"vip","approve":"${HASH}","reason":"x","by":7}`,
    'by: expected a text',
  ],
  [
    'all wrong at once',
    'runActivation',
    '{"activation":"","dryRun":0,"by":""}',
    'dryRun: expected true or false; by: expected a text that is not empty',
  ],
  [
    'a refusal of nothing',
    'refusePlan',
    undefined,
    'The argument of refusePlan is not usable (expected one JSON object). Expected for example {"activation":"vip-customers","plan":',
  ],
  [
    'a refusal without a reason',
    'refusePlan',
    `{"activation":"vip","plan":"${HASH}"}`,
    'reason: expected a text',
  ],
  [
    'a refusal like an approval',
    'refusePlan',
    `{"activation":"vip","approve":"${HASH}","reason":"x"}`,
    'plan: expected the hash of a plan; unknown: approve',
  ],
  [
    'a refusal of an unknown plan',
    'refusePlan',
    `{"activation":"vip","plan":"${HASH}","reason":"x"}`,
    `Activation vip has no plan ${HASH}.`,
    'PlanUnknown',
  ],
  ['an examination of a list', 'doctor', '[]', 'The argument of doctor is not usable'],
  [
    'an examination of a number',
    'doctor',
    '{"target":1}',
    'target: expected the id of a destination or of an activation',
  ],
  [
    'a look at nothing',
    'inspectDestination',
    '{"destination":"actito"}',
    'what: expected attributes or lists',
  ],
  [
    'a look at profiles',
    'inspectDestination',
    '{"destination":"actito","what":"profiles"}',
    'what: expected attributes or lists',
  ],
  [
    'a look nowhere',
    'inspectDestination',
    '{"destination":"acttio","what":"lists"}',
    'has no destination "acttio", did you mean "actito"?',
    'ConfigurationInvalid',
  ],
];
