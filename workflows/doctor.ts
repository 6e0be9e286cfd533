import { examine } from './activities.ts';
import { doctorSchema, type DoctorResult } from '../contract/doctor.ts';
import { probeInWords } from '../contract/probes.ts';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';
import { showDetails } from './details.ts';
import { toldAsOwn } from './failure.ts';
import { parseArgument } from './request.ts';

/** Tries everything that a run will need, from where the worker is: that is where the secrets and the network are. */
export async function doctor(input: unknown = {}): Promise<DoctorResult> {
  const { target } = parseArgument('doctor', doctorSchema, input);
  const what = target === undefined ? 'the whole project' : `**${target}**`;
  showDetails(`Examines ${what}`);
  const searchAttributes = SEARCH_ATTRIBUTES.map(({ name }) => name);
  const probes = await toldAsOwn(() => examine({ target, searchAttributes }));
  const failed = probes.filter(({ ok }) => !ok);
  const lines = failed.map(
    (probe) => `- **${probe.name}**: ${[...probeInWords(probe), probe.advice?.message].join(' ')}`,
  );
  showDetails(
    [`Examined ${what}: ${probes.length} probes, ${failed.length} failed`, '', ...lines].join('\n'),
  );
  return { probes };
}
