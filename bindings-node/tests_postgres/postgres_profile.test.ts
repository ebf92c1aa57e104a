/** The shared profile over a database: what the command keeps there `Keeper.fromEnv()` finds. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { Keeper, PostgresStore, Sandbox, ShutterkeyError, type ErrorCode } from 'shutterkey';
import { address, described, KEYS } from './support/servers.js';

const DAY = 86_400;
const command = fileURLToPath(new URL('../../lib/command.js', import.meta.url));
/** All tests share the database that the profile leads to: its tables have one name. */
const name = `me-${randomBytes(4).toString('hex')}`;
const mine = Object.keys(process.env).filter((key) => /^(SHUTTERKEY|XDG)_/.test(key) && key !== 'SHUTTERKEY_TEST_POSTGRES');
for (const key of mine) delete process.env[key];
let sandbox: Sandbox;
let home: string;
let settings: Record<string, string>;

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'shutterkey-'));
  sandbox = await Sandbox.start({ seed: randomBytes(4).readUInt32LE() });
  const app = sandbox.app();
  settings = {
    HOME: home,
    SHUTTERKEY_SANDBOX_URL: sandbox.baseUrl,
    SHUTTERKEY_CLIENT_ID: app.clientId,
    SHUTTERKEY_CLIENT_SECRET: app.revealClientSecret()!,
    SHUTTERKEY_REDIRECT_URI: 'https://localhost/',
    SHUTTERKEY_STORE: 'postgres',
    SHUTTERKEY_DATABASE_URL: address(),
    SHUTTERKEY_SEAL_KEYS: KEYS.serialize(),
  };
});
beforeEach(() => {
  Object.assign(process.env, settings);
});
afterEach(() => {
  for (const key of Object.keys(process.env)) {
    if (key.startsWith('SHUTTERKEY_') && key !== 'SHUTTERKEY_TEST_POSTGRES') delete process.env[key];
  }
});
after(async () => {
  await sandbox.close();
  rmSync(home, { recursive: true });
});

function run(given: string[], input = ''): string {
  const ended = spawnSync(process.execPath, [command, ...given], { cwd: home, input, encoding: 'utf8', timeout: 60_000 });
  showsNoSecret(ended.stdout + ended.stderr);
  assert.equal(ended.status, 0, ended.stderr);
  return ended.stdout;
}

function showsNoSecret(text: string): void {
  for (const secret of [described()['app']!, KEYS.serialize(), 'canary']) assert.ok(!text.includes(secret), text);
}

const code = (expected: ErrorCode, part = '') => (error: unknown) => {
  assert.ok(error instanceof ShutterkeyError, String(error));
  assert.equal(error.code, expected);
  assert.ok(error.message.includes(part), error.message);
  showsNoSecret(inspect(error));
  return true;
};

test('what the command keeps in the database a keeper of the profile has, and the other way round', async () => {
  run(['store', 'migrate']);
  const token = sandbox.mintToken('studio', { age: 2 * DAY }).reveal();
  run(['import', '--account', name], token);
  const keeper = await Keeper.fromEnv();
  assert.equal((await keeper.token(name)).reveal(), token);
  assert.ok(keeper.store instanceof PostgresStore);
  await keeper.store.check();
  assert.match(keeper.store.migrations(), /"shutterkey"\."records"/);
  assert.ok(inspect(keeper).includes(`localhost/${described()['database']}, sealed)`), inspect(keeper));
  showsNoSecret(inspect(keeper, { depth: 9 }));

  await keeper.importToken(sandbox.mintToken('maker', { age: 2 * DAY }).reveal(), { name: `${name}-2` });
  assert.match(run(['token', '--account', `${name}-2`]), /^IGAASANDBOX\w+\n$/);
  await keeper.logout(name);
  await assert.rejects((await Keeper.fromEnv()).account(name), code('account.not_found'));
});

test('the app is the one whose accounts are there, in the namespace that is said', async () => {
  const namespace = `tenant-${randomBytes(4).toString('hex')}`;
  process.env['SHUTTERKEY_NAMESPACE'] = namespace;
  const token = sandbox.mintToken('studio', { age: 2 * DAY }).reveal();
  run(['import', '--account', name], token);
  for (const setting of ['CLIENT_ID', 'CLIENT_SECRET', 'REDIRECT_URI']) delete process.env[`SHUTTERKEY_${setting}`];
  assert.equal((await (await Keeper.fromEnv({ namespace })).token(name)).reveal(), token);
});

test('what is missing is named', async () => {
  for (const [without, expected] of [
    ['SHUTTERKEY_DATABASE_URL', 'config.missing'],
    ['SHUTTERKEY_SEAL_KEYS', 'config.seal_key'],
  ] as const) {
    Object.assign(process.env, settings);
    delete process.env[without];
    await assert.rejects(Keeper.fromEnv(), code(expected, without));
  }
});

test('what is wrong shows no secret, and files do as well', async () => {
  for (const [url, expected] of [
    ['postgres://canary@[canary', 'config.invalid'],
    ['postgres://app:canary@127.0.0.1:1/app', 'store.unavailable'],
    [address('port', 'canary'), 'store.denied'],
  ] as const) {
    process.env['SHUTTERKEY_DATABASE_URL'] = url;
    await assert.rejects(async () => (await Keeper.fromEnv()).account(name), code(expected));
  }
  for (const [setting, text] of [
    ['DATABASE_URL', address()],
    ['SEAL_KEYS', KEYS.serialize()],
  ] as const) {
    const file = join(home, setting);
    writeFileSync(file, `${text}\n`);
    chmodSync(file, 0o600);
    delete process.env[`SHUTTERKEY_${setting}`];
    process.env[`SHUTTERKEY_${setting}_FILE`] = file;
  }
  const { store } = await Keeper.fromEnv();
  assert.ok(store instanceof PostgresStore);
  await store.check();
});
