import { FAILURE_TYPES, type FailureType } from './messages/types.ts';

interface Entry {
  meaning: string;
  /** Instructions, in full sentences. */
  fix: string;
}

/** What each failure type means for the on-call person, and what to do. */
const GUIDE: Readonly<Record<FailureType, Entry>> = {
  InvalidActivation: {
    meaning: 'A name or an argument is wrong, or `undo` cannot go back to that run.',
    fix: 'Read the message: it says what was expected.',
  },
  ConfigurationInvalid: {
    meaning:
      "The project folder, an environment variable or the warehouse's login is not usable; an ETL or a file transfer location does not exist in Actito; the proxy refuses the worker (403, 407); or the certificate of Actito's address is not trusted.",
    fix: 'Run `actito-sync validate --env` where the worker runs, and fix what it shows.',
  },
  MappingInvalid: {
    meaning: 'A column or an attribute is missing, not unique, or of a type that cannot be sent.',
    fix: 'Run `actito-sync doctor <activation>`, which shows every problem of the mapping, and edit the activation.',
  },
  SegmentQueryFailed: {
    meaning: 'The warehouse refused the query, or the query took longer than `statementTimeout`.',
    fix: 'Fix the query. The message shows the place, if the warehouse tells it; `actito-sync history <activation> --show-personal-data` shows its own text.',
  },
  SourceUnavailable: {
    meaning:
      'The warehouse cannot be reached, or it stopped responding. A limit of the warehouse (a lock, temporary files, connections, a canceled statement, the recovery of a standby) is final after 3 to 20 attempts.',
    fix: 'Check the warehouse. The message names the setting of a limit.',
  },
  GuardTripped: {
    meaning: 'A guard held the run. The list is unchanged.',
    fix: 'See [a run was held](operations.md#a-run-was-held).',
  },
  PlanStale: {
    meaning:
      '`run --plan` or `undo --plan` asked for one exact plan, but the warehouse, the mapping or the state has changed since. Nothing was written.',
    fix: 'Run `actito-sync plan <activation>` and decide again.',
  },
  PlanUnknown: {
    meaning: 'No plan has this hash, or no run with this plan was held.',
    fix: 'Copy the hash of the held run from `actito-sync history <activation>`.',
  },
  AttributeConflict: {
    meaning: 'The attribute exists in Actito with another type.',
    fix: 'Map the column to another attribute, or change `create.type`.',
  },
  ListConflict: {
    meaning: 'A list with this name exists and does not belong to this activation.',
    fix: 'Change `list.name`, or set `list.adopt: true`, which replaces the content of the existing list.',
  },
  ActitoRefused: {
    meaning:
      'Actito answered 400, 404, 405 or 406, redirected permanently (301, 308), or sent an answer of another shape or larger than 32 MB.',
    fix: 'For a 404 on `GET list`, see [someone deleted the list](operations.md#someone-deleted-the-list-in-actito). Otherwise compare your license with [actito-contract.md](actito-contract.md).',
  },
  ActitoUnauthorized: {
    meaning: 'Actito answered 401 or 403: the API key is wrong, revoked or lacks rights.',
    fix: "Ask the Admin of the license for a valid key, set it in the worker's environment and restart the worker.",
  },
  ActitoUnavailable: {
    meaning:
      'Actito cannot be reached, or answered 429, 5xx, HTML, invalid JSON or a temporary redirect (302, 303, 307), or sent nothing for 60 s; or a proxy failed.',
    fix: 'Wait. See [Actito is down](operations.md#actito-is-down).',
  },
  ImportPending: {
    meaning:
      'An import is not finished, because Actito runs one at a time; or it waits for other activations that share it (`imports.shareWithin`, plus at most 30 minutes).',
    fix: 'Wait. If it takes hours, check `contract.statusNames`, or ask Actito.',
  },
  ImportFailed: {
    meaning:
      'Actito reports that an import failed. The list is delivered anyway, unless `attributesRequired` is set or `minMatchRatio` holds the run because of its other imports.',
    fix: 'The next run sends it again. If it fails again, look at it in Actito\'s app "Imports" (Apps > Data), tabs "In progress" and "Finished".',
  },
  ListPending: {
    meaning: 'The file is on the server, and Actito has not retrieved it within ten minutes.',
    fix: 'Wait at first. If it happens every time, check that Actito reads from that folder.',
  },
  NobodyTargeted: {
    meaning:
      'Actito has retrieved the list, and no profile matches any of its identifiers, or, with a profile directory, less than half of them. Each run delivers it again.',
    fix: "Actito documents lists of profile IDs only: use a [profile directory](profile-directory.md). Otherwise check that the identifier's column contains the values of that attribute in Actito, and that the destination names the right entity and profile table.",
  },
  DeliveryUnavailable: {
    meaning: 'The file server cannot be reached, or it stopped responding.',
    fix: 'Check the file server.',
  },
  DeliveryRefused: {
    meaning:
      'The file server refused the login, the host key, the certificate, the rights or the `directory`; or Actito could not read our file.',
    fix: 'Ask the owner of the file server. If the host key changed, ask before you set the new one.',
  },
  ExportInvalid: {
    meaning:
      'The profile directory is empty, and no file of the export of profiles can be used: it is missing, not complete, or does not have the documented format.',
    fix: 'The message names the file and the line. See [an export is refused](operations.md#an-export-is-refused).',
  },
  StateDamaged: {
    meaning:
      'The members in the state database are not those that were recorded: someone changed its tables, or restored a backup.',
    fix: 'If Actito has what the segment contains, run `actito-sync rebase <activation>`. To send everything again, run `actito-sync resync <activation>`.',
  },
  WorkerDiskFull: {
    meaning: "The worker's temporary folder is full or not writable.",
    fix: 'Make room in `TMPDIR`, or set it to another folder.',
  },
  RunSuperseded: {
    meaning: 'Another run took over. This run stopped writing.',
    fix: 'Nothing.',
  },
  StateUnavailable: {
    meaning:
      'The state database cannot be reached, or it stopped responding. A limit is final after 3 to 20 attempts, a read-only database after 10.',
    fix: 'Check the state database. The message names the setting of a limit.',
  },
  StateRefused: {
    meaning: 'The state database refused a statement.',
    fix: 'If the message says "lacks …", restart the worker: it migrates the schema. Otherwise report a defect with the message.',
  },
  TemporalUnavailable: {
    meaning: 'No Temporal server responds to the command line, or to the worker at its start.',
    fix: 'Check `TEMPORAL_ADDRESS`, TLS, `TEMPORAL_API_KEY`, and the Temporal server.',
  },
  RunUnderWay: {
    meaning: '`forget` waits up to a day for runs that are under way, including dry runs.',
    fix: 'Wait. If it is urgent, cancel the run: `actito-sync cancel <activation>`.',
  },
  ActivationBusy: {
    meaning: 'A different request for the activation is running.',
    fix: 'Wait, or cancel the run: `actito-sync cancel <activation>`.',
  },
  TimedOut: {
    meaning: 'A step did not end within its timeout, including all attempts.',
    fix: 'The message says what the last attempt waited for.',
  },
  Defect: {
    meaning: 'An internal error that actito-sync does not expect.',
    fix: 'Report a defect with the message. It contains lines of our code and no data.',
  },
};

const HEAD = `# Troubleshooting

Every failure has a type. The command line, Temporal's web UI and \`--json\` show the same one. The message says what to do in this case; [messages.md](messages.md) lists all messages.

- **Retried: yes**: the worker retries with a backoff of at most 30 seconds. It retries for up to 6 hours while it reads, compares, imports or delivers, for up to 1 hour while it checks attributes and list in Actito or delivers an unchanged list again, and for 10 minutes while it waits for Actito to confirm a list. \`doctor\`, \`lists\` and \`attributes\` get 5 minutes, \`forget\` 24 hours.
  The list waits 10 minutes for its attributes (\`imports.listWaitsFor\`). Then it is delivered first, and the run continues with the import. Where a guard needs the result, the list waits up to 6 hours.
- **Retried: no**: the run ends. Fix the cause and run again. Running again is always safe.

This table is generated from \`contract/troubleshooting.ts\` by \`npm run messages\`.
`;
const TAIL = `The command line also shows \`Canceled\`, \`Terminated\` and \`TimedOut\` for runs that Temporal ended.
With \`list.provision: existing\`, a problem with Actito can appear only as a note ("Some attributes were not sent: …") of a run that *succeeded with rejects*.
`;

/** Returns the content of docs/troubleshooting.md. */
export function troubleshootingPage(): string {
  const rows = Object.entries(GUIDE).map(
    ([type, { meaning, fix }]) => `| \`${type}\` | ${retried(type as FailureType)} | ${meaning} | ${fix} |`,
  );
  const table = ['| failure type | retried | meaning | what to do |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
  return [HEAD, table, '', TAIL].join('\n');
}

function retried(type: FailureType): string {
  return FAILURE_TYPES[type].retryable ? 'yes' : 'no';
}
