import { z } from 'zod';
import { idOf } from './fields.ts';
import type { Probe } from './probes.ts';

export const DOCTOR_WORKFLOW_TYPE = 'doctor';

/** The argument of `doctor`: a destination or an activation; without one, the whole project. */
export const doctorSchema = z.strictObject({
  target: idOf('targetId').optional(),
});
export type DoctorRequest = z.output<typeof doctorSchema>;

/** The workflow id of a `doctor` request. Requests for the same target at the same time get the same result. */
export function doctorWorkflowId({ target }: DoctorRequest): string {
  return target === undefined ? 'doctor' : `doctor/${target}`;
}

/** The result of `doctor`. The workflow completes even if probes failed. */
export interface DoctorResult {
  probes: Probe[];
}
