/** The command that comes with the package. */

import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { version } from 'shutterkey';

const package_ = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  bin: { shutterkey: string };
};
const command = fileURLToPath(new URL(`../../${package_.bin.shutterkey}`, import.meta.url));
let home: string;
let env: NodeJS.ProcessEnv;

before(() => {
  home = mkdtempSync(join(tmpdir(), 'shutterkey-'));
  env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(SHUTTERKEY|XDG)_/.test(name)));
  Object.assign(env, { HOME: home, BROWSER: '' });
});
after(() => rmSync(home, { recursive: true }));

function run(...given: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [command, ...given], { cwd: home, env, encoding: 'utf8', timeout: 60_000 });
}

function start(...given: string[]): ChildProcess {
  return spawn(process.execPath, [command, ...given], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

test('it is of the package’s version', () => {
  assert.equal(run('--version').stdout.trim(), `shutterkey ${version}`);
});

test('a login at the sandbox leaves a token, which is printed alone and asked for by scripts', () => {
  const login = run('login', '--sandbox', '--auto-approve');
  assert.equal(login.status, 0, login.stderr);
  const token = run('token');
  assert.equal(token.status, 0, token.stderr);
  assert.match(token.stdout, /^IGAASANDBOX\w+\n$/);
  assert.ok(!`${login.stdout}${login.stderr}`.includes(token.stdout.trim()));
});

test('what goes wrong has the command’s own exit code, a message, and no stack', () => {
  const { status, stderr, stdout } = run('token', '--account', 'nobody');
  assert.ok(status !== 0 && status !== 1 && status !== null, String(status));
  assert.equal(stdout, '');
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.equal(run('nonsense').status, 2);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends the platform tidily`, { skip: process.platform === 'win32' && 'there are no signals' }, async () => {
    const platform = start('sandbox', '--port', '0');
    await once(platform.stdout!, 'data');
    platform.kill(signal);
    assert.deepEqual(await once(platform, 'exit'), [0, null]);
  });
}
