import { examine } from './activities.ts';
import { doctorSchema, type DoctorResult } from '../contract/doctor.ts';
import { counted } from '../contract/messages/words.ts';
import { probeInWords } from '../contract/probes.ts';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';
import { showDetails } from './details.ts';
import { rethrowAsOwn } from './failure.ts';
import { parseArgument } from './request.ts';

/** Checks everything that a run needs from the worker, which has the secrets and the network access. */
export async function doctor(input: unknown = {}): Promise<DoctorResult> {
  const { target } = parseArgument('doctor', doctorSchema, input);
  const what = target === undefined ? 'the whole project' : `**${target}**`;
  showDetails(`Checking ${what}`);
  const searchAttributes = SEARCH_ATTRIBUTES.map(({ name }) => name);
  const probes = await rethrowAsOwn(() => examine({ target, searchAttributes }));
  const failed = probes.filter(({ ok }) => !ok);
  const lines = failed.map(
    (probe) => `- **${probe.name}**: ${[...probeInWords(probe), probe.advice?.message].join(' ')}`,
  );
  showDetails(
    [`Checked ${what}: ${failed.length} of ${counted(probes.length, 'check')} failed`, '', ...lines].join(
      '\n',
    ),
  );
  return { probes };
}
