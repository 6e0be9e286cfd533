import type { ActivationClient } from '../../client/activation-client.ts';
import { oneLine } from '../../contract/clean.ts';
import { runFailure } from '../../client/failure.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { RunInput, RunRequest } from '../../contract/request.ts';
import { choiceFor } from '../../activation/suggestion.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { activationIds, definitionOf, loadProject, type Project } from '../../config/project.ts';
import type { CommandContext, Context } from '../context.ts';
import { exitCodeOf, failedJson } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTrouble, NO_WORKER } from '../follow.ts';
import type { Answers } from '../json/answers.ts';
import { jsonOf } from '../output.ts';
import { codeOf, type RunOutput } from './run.ts';

/** The activations to run: all of the project, or those with a tag. */
export interface Chosen {
  all?: boolean;
  tag?: string;
}

interface Ended {
  code: number;
  /** The line that describes the end of the run. */
  line: string;
  /** The run's result, or why there is none. */
  json: Answers['runs']['runs'][number];
}

/** Exit codes, the worst one last. */
const BY_SEVERITY: number[] = [
  EXIT.ok,
  EXIT.rejects,
  EXIT.busy,
  EXIT.held,
  EXIT.usage,
  EXIT.failed,
  EXIT.interrupted,
];

/**
 * Starts a run of each chosen activation, follows all runs, and prints a line when each one ends.
 * @throws Failure InvalidActivation when no activation is chosen, ConfigurationInvalid
 */
export async function runMany(
  chosen: Chosen,
  requestFor: (activation: string) => RunInput,
  output: RunOutput,
  context: CommandContext,
): Promise<void> {
  const folder = projectFolder(context.env);
  const project = await loadProject(folder);
  const activations = choose(project, chosen, folder);
  const { checkRequest } = await import('../../client/start.ts');
  const requests = activations.map((activation) => checkRequest(requestFor(activation)));
  await context.connected((client) => followAll(client, project, requests, output, context));
}

/** @throws Failure InvalidActivation */
function choose(project: Project, { tag }: Chosen, folder: string): string[] {
  const ids = activationIds(project);
  if (ids.length === 0) throw new Failure('projectEmpty', { folder });
  if (tag === undefined) return ids;
  const found = ids.filter((id) => project.tags.get(id)?.includes(tag));
  if (found.length > 0) return found;
  const known = [...new Set([...project.tags.values()].flat())].sort();
  throw new Failure('projectLacksTag', { folder, tag, ...choiceFor(tag, known) });
}

/** @returns the worst exit code */
async function followAll(
  client: ActivationClient,
  project: Project,
  requests: readonly RunRequest[],
  output: RunOutput,
  context: Context,
): Promise<number> {
  const { out, err, signal } = context;
  const { json = false } = output;
  const told = new Set<string>();
  const once = (line: string) => {
    if (!told.has(line)) err.write(`${line}\n`);
    told.add(line);
  };
  const ended = await Promise.all(
    requests.map(async (request) => {
      const end = await runOne(client, project, request, output, { signal, once });
      if (!json && end.code !== EXIT.interrupted) out.write(`${request.activation}: ${oneLine(end.line)}\n`);
      return end;
    }),
  );
  if (json) out.write(`${jsonOf('runs', { runs: ended.map((end) => end.json) })}\n`);
  const codes = ended.map(({ code }) => code);
  if (codes.includes(EXIT.interrupted)) once('The runs continue in the background.');
  return codes.reduce((worst, code) => (severity(code) > severity(worst) ? code : worst), EXIT.ok);
}

function severity(code: number): number {
  return BY_SEVERITY.indexOf(code);
}

/** Starts a run and follows it. Never throws: an error is the end of the run. */
async function runOne(
  client: ActivationClient,
  project: Project,
  request: RunRequest,
  output: RunOutput,
  { signal, once }: Pick<Context, 'signal'> & { once: (line: string) => void },
): Promise<Ended> {
  const { activation } = request;
  try {
    definitionOf(project, activation); // does not start a run that cannot succeed
    const { handle } = await client.start(request);
    const result = await client.follow(handle, {
      signal,
      onSilence: () => once(NO_WORKER),
      onTrouble: (trouble) => once(`${activation}: ${describeTrouble(trouble)}`),
    });
    const { outcome, summary } = result;
    return { code: codeOf(result, output), line: `${outcome}: ${summary}`, json: result };
  } catch (error) {
    if (signal.aborted && !isFailure(error) && !runFailure(error))
      return { code: EXIT.interrupted, line: '', json: { activation, outcome: 'running' } };
    const failed = failedJson(error);
    const { type, message } = failed.error;
    const line = failed.outcome === 'held' ? `held: ${message}` : `${failed.outcome}: ${type}: ${message}`;
    return { code: exitCodeOf(error), line, json: { activation, ...failed } };
  }
}
