/** What tests expect of errors. */

import assert from 'node:assert/strict';
import { ShutterkeyError, type ErrorCode } from 'shutterkey';

/** For `assert.rejects` and `assert.throws`: an error of this code. */
export function code(expected: ErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ShutterkeyError, String(error));
    assert.equal(error.code, expected);
    return true;
  };
}

/** The error that a promise ends in. */
export async function thrown(work: Promise<unknown>): Promise<ShutterkeyError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ShutterkeyError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

/** The error that a function throws. */
export function raised(work: () => unknown): ShutterkeyError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ShutterkeyError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}
