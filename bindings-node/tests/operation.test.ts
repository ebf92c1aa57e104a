/** Operations, driven by a driver of the caller's own. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { Sandbox, ShutterkeyError, type ClientConfig, type Connection } from 'shutterkey';
import * as operation from 'shutterkey/operation';
import { readResponse } from 'shutterkey/protocol';
import { code, raised } from './support/errors.js';
import { MapStore } from './support/map_store.js';

let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.close());

/** A driver in a page: what somebody writes who has an event loop, an HTTP client and a database of their own. */
async function drive<T>(running: operation.Operation<T>, store: MapStore): Promise<T> {
  const now = (): Date => sandbox.clock.now();
  let step = running.begin(now());
  while (step.kind !== 'done') step = running.step(await performed(step, store, now()), now());
  return step.value;
}

async function performed<T>(step: operation.Step<T>, store: MapStore, now: Date): Promise<operation.Answer> {
  switch (step.kind) {
    case 'send': {
      const { url, method, headers, body = null } = step.request;
      const init = { method, headers: headers.map(([name, value]) => [name, value] as [string, string]), body };
      return { kind: 'response', response: await readResponse(await fetch(url, init)) };
    }
    case 'load': {
      const stored = await store.load(step.key, { now });
      return stored ? { kind: 'loaded', record: stored.bytes, version: stored.version } : { kind: 'loaded' };
    }
    case 'lease': {
      const fence = await store.lease(step.key, { ttl: step.ttl, now });
      return fence === undefined ? { kind: 'lease_held' } : { kind: 'leased', fence };
    }
    case 'save': {
      const { key, record: bytes, dueAt, forgetAt, expected, fence } = step;
      const version = await store.save(key, { bytes, dueAt, forgetAt }, { expected, fence, now });
      return version === undefined ? { kind: 'conflict' } : { kind: 'saved', version };
    }
    case 'release':
      await store.release(step.key, { fence: step.fence });
      return { kind: 'released' };
    case 'delete':
      return { kind: (await store.delete(step.key, { expected: step.expected })) ? 'deleted' : 'conflict' };
    default:
      return { kind: 'waited' };
  }
}

async function loggedIn(config: ClientConfig, store: MapStore): Promise<Connection> {
  const client = sandbox.client(sandbox.apps()[0]);
  const { url, pending } = client.authorize();
  const grant = pending.accept(await sandbox.approve(url), { now: sandbox.clock.now() });
  return drive(operation.complete(config, pending, grant, { namespace: 'mine', name: 'me' }), store);
}

test('a driver of the caller completes a login, keeps it fresh and logs out', async () => {
  const config = sandbox.app().config();
  const store = new MapStore();
  const connection = await loggedIn(config, store);
  assert.equal(connection.account.userId, sandbox.person('studio').userId);
  assert.ok([...store.rows.records.keys()].some((key) => key.includes(connection.key.userId)));

  sandbox.clock.advance(40 * 86_400);
  const kept = await drive(operation.keepFresh(config, connection.key, { namespace: 'mine' }), store);
  assert.ok(kept.refreshed);
  assert.equal(kept.problem, undefined);
  assert.notEqual(kept.account.token.reveal(), connection.token.reveal());

  const out = await drive(operation.logout(config, connection.key, { namespace: 'mine' }), store);
  assert.equal(out.revoked, false);
  await assert.rejects(
    drive(operation.keepFresh(config, connection.key, { namespace: 'mine' }), store),
    code('account.not_found'),
  );
});

test('what fails goes into the operation, and a spent login is resumed by another one', async () => {
  const config = sandbox.app().config();
  const client = sandbox.client(sandbox.apps()[0]);
  const { url, pending } = client.authorize();
  const grant = pending.accept(await sandbox.approve(url), { now: sandbox.clock.now() });
  const store = new MapStore();
  sandbox.fault('/me', 400, { error: { message: 'Not now.', type: 'OAuthException', code: 1 } });
  let error: ShutterkeyError | undefined;
  await drive(operation.complete(config, pending, grant), store).catch((thrown: ShutterkeyError) => (error = thrown));
  assert.ok(error?.resumable);
  const connection = await drive(operation.resume(error.resumable), store);
  assert.equal(connection.account.username, 'studio.sandbox');
});

test('a step is printed without the token, the code or the secret that it carries', async () => {
  const config = sandbox.app().config();
  const store = new MapStore();
  const { key, token } = await loggedIn(config, store);
  sandbox.clock.advance(59 * 86_400);
  const running = operation.keepFresh(config, key, { namespace: 'mine' });
  const printed: string[] = [];
  let step = running.begin(sandbox.clock.now());
  while (step.kind !== 'done') {
    printed.push(inspect(step, { depth: 9, showHidden: true }), JSON.stringify(step), inspect(running));
    step = running.step(await performed(step, store, sandbox.clock.now()), sandbox.clock.now());
  }
  assert.ok(printed.length > 6);
  assert.ok(!printed.join().includes(token.reveal()));
  assert.ok(!printed.join().includes(step.value.account.token.reveal()));
});

test('an answer that the step does not have is an error, and ends the operation', () => {
  const running = operation.discover('https://login.example');
  assert.equal(running.begin().kind, 'send');
  assert.equal(raised(() => running.step({ kind: 'released' })).code, 'internal.operation');
  const late = { kind: 'response', response: { status: 200 } } as const;
  assert.equal(raised(() => running.step(late)).code, 'internal.operation');
  const unknown = { kind: 'nonsense' } as unknown as operation.Answer;
  assert.equal(raised(() => operation.discover('https://login.example').step(unknown)).code, 'internal.misuse');
});
