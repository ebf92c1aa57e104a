/** Errors as JavaScript has them. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ClientConfig, Provider, ShutterkeyError, type CodesOf, type ErrorCode, type Family, type Retry } from 'shutterkey';
import { raised } from './support/errors.js';

const wrong = (): ClientConfig => new ClientConfig({ clientId: 'not-an-id', redirectUri: 'https://app.example/' });

test('an error is an Error of its own name with a code, a family, a hint and a retry', () => {
  const error = raised(wrong);
  assert.ok(error instanceof Error && error instanceof ShutterkeyError);
  assert.equal(error.name, 'ShutterkeyError');
  assert.equal(error.family, 'config');
  assert.match(error.code, /^config\./);
  assert.deepEqual(error.retry, { kind: 'fix_config' });
  assert.ok(error.message.startsWith(error.summary));
  assert.ok(error.message.includes(error.code));
  assert.match(error.stack!, /^ShutterkeyError: /);
  assert.equal(error.resumable, undefined);
});

test('an error as JSON has its message, code, hint and retry', () => {
  const error = raised(wrong);
  const json = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
  assert.equal(json['code'], error.code);
  assert.equal(json['message'], error.message);
  assert.equal(json['hint'], error.hint);
});

test('the union of error codes is what the core says', () => {
  const script = fileURLToPath(new URL('../../scripts/codes.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('a provider of another name is refused with the names that there are', () => {
  const error = raised(() => Provider.byId('orkut'));
  assert.equal(error.code, 'config.invalid');
  assert.match(error.message, /instagram, facebook, threads and legacy/);
});

test('codes, families and retries are literal unions', () => {
  // What is wrong here does not compile.
  const code: ErrorCode = 'redirect.state_mismatch';
  const family: Family = 'redirect';
  const narrow: CodesOf<'redirect'> = code;
  // @ts-expect-error There is no such code.
  const unknown: ErrorCode = 'redirect.nothing';
  const at = (retry: Retry): Date | undefined => (retry.kind === 'after' ? retry.at : undefined);
  assert.deepEqual([code, family, narrow, unknown, at({ kind: 'login' })].length, 5);
});
