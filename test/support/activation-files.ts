import { activationSchema, type ActivationFile } from '../../activation/definition/activation.ts';

/** Checks the settings of an activation whose segment refers to no other file. */
export function activationFile(settings: unknown): ActivationFile {
  return activationSchema.parse(settings) as ActivationFile;
}
