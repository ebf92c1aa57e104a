/** The servers that the suite `postgres` started, and a schema of its own for each test. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PostgresStore, SealKeys, type PostgresStoreOptions } from 'shutterkey';

const SETTING = 'SHUTTERKEY_TEST_POSTGRES';

/** The same in every process. */
export const KEYS = SealKeys.parse('k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8');

export type Way = 'port' | 'bouncer_port';

/** Fails where there are none: a test that was not run must not read as passed. */
export function described(): Record<string, string> {
  const file = process.env[SETTING];
  assert.ok(file, `${SETTING} is not set. These tests need servers: make test SUITES=postgres`);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}

export function address(way: Way = 'port', password?: string): string {
  const servers = described();
  return `postgres://app:${password ?? servers['app']}@localhost:${servers[way]}/${servers['database']}`;
}

/** A schema that no other test has, and no tables in it. */
export const newSchema = (): string => `js_${process.pid}_${randomBytes(6).toString('hex')}`;

/** A handle of its own, sealed. */
export function opened(schema: string, way: Way = 'port', options: PostgresStoreOptions = { sealKeys: KEYS }): PostgresStore {
  return new PostgresStore(address(way), { schema, ...options });
}
