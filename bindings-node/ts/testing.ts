/**
 * For tests and for nothing else: whether a store keeps its promises, and what must be the same every time. A login that is
 * made with known randomness can be forged by anybody who reads the test.
 *
 * @packageDocumentation
 */

import { loginOptions, type AuthorizeOptions } from './client.js';
import { ClientConfig, nativeConfig } from './config.js';
import { unwrap } from './errors.js';
import { native } from './native.js';
import { makeRequest, type AuthorizationRequest } from './pending.js';
import { toSeconds, type Moment } from './time.js';

export { checkStore, StoreReport, type CheckStoreOptions, type StoreFinding } from './conformance.js';

/** Begins a login with known randomness: 64 bytes, the first 32 of them the state, the last 32 the code verifier. */
export function authorize(
  config: ClientConfig,
  known: { readonly entropy: Uint8Array; readonly now: Moment },
  options: AuthorizeOptions = {},
): AuthorizationRequest {
  const { entropy, now } = known;
  const begun = native.testingAuthorize(nativeConfig(config), entropy, toSeconds(now), loginOptions(options));
  return makeRequest(unwrap(begun));
}

/**
 * The configuration that a machine's profile comes to: `shutterkey.toml` and the user's own file as texts, and the environment.
 * Nothing is read from this machine.
 */
export function resolveProfile(given: {
  readonly profileFile?: string | undefined;
  readonly userFile?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly trustEndpoints?: boolean | undefined;
}): ClientConfig {
  const { profileFile, userFile, environment = {}, trustEndpoints = false } = given;
  return new ClientConfig(unwrap(native.resolveProfile(profileFile, userFile, environment, trustEndpoints)));
}
