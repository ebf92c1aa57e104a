/** The store that the shared profile names. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { FileStore, Keeper, ShutterkeyError } from 'shutterkey';

const home = mkdtempSync(join(tmpdir(), 'shutterkey-'));

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(SHUTTERKEY|XDG)_/.test(name)) delete process.env[name];
  process.env['HOME'] = home;
});
after(() => rmSync(home, { recursive: true }));

test('a folder that is named, or the one that the command uses', async () => {
  const { store } = await Keeper.fromEnv();
  assert.ok(store instanceof FileStore);
  assert.ok(store.path.startsWith(home));
  process.env['SHUTTERKEY_STORE'] = join(home, 'keychain');
  const named = (await Keeper.fromEnv()).store;
  assert.ok(named instanceof FileStore);
  assert.equal(named.path, process.env['SHUTTERKEY_STORE']);
});

test('the keychain, which this package has not, and says who has one', async () => {
  process.env['SHUTTERKEY_STORE'] = 'keychain';
  await assert.rejects(Keeper.fromEnv(), (error) => {
    assert.ok(error instanceof ShutterkeyError);
    assert.equal(error.code, 'config.unsupported');
    assert.match(error.message, /the packages for Python and Node have none/);
    return true;
  });
});
