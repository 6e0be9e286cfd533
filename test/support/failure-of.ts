import { expect } from 'vitest';
import { Failure } from '../../contract/failure.ts';

/** Returns the failure of what must fail. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => expect.fail('It should have failed.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}
