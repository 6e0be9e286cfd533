import { z } from 'zod';
import { idOf } from './fields.ts';
import type { Probe } from './probes.ts';

export const DOCTOR_WORKFLOW_TYPE = 'doctor';

/** The one argument of `doctor`: a destination or an activation; without one, all of the project is examined. */
export const doctorSchema = z.strictObject({
  target: idOf('targetId').optional(),
});
export type DoctorRequest = z.output<typeof doctorSchema>;

/** The workflow id of an examination: who asks at the same time gets the same answer. */
export function doctorWorkflowId({ target }: DoctorRequest): string {
  return target === undefined ? 'doctor' : `doctor/${target}`;
}

/** What `doctor` answers. It completes whatever the probes found. */
export interface DoctorResult {
  probes: Probe[];
}
