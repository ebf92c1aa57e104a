/** A login that an app and its backend share, where the backend's framework has no adapter. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { format, inspect } from 'node:util';
import { Sandbox, SealKeys, type Client } from 'shutterkey';
import { Handover, HandoverStart } from 'shutterkey/protocol';
import { SiteRoutes } from 'shutterkey/web';
import { code } from './support/errors.js';

const KEYS = SealKeys.generate();
const REDIRECT = 'https://app.example/ig/app';

let sandbox: Sandbox;
let client: Client;

before(async () => {
  sandbox = await Sandbox.start({ clockStart: new Date('2031-05-17T12:00:00Z') });
  client = sandbox.client(sandbox.app('instagram', { redirectUri: REDIRECT }));
});
after(() => sandbox.close());

/** What came to the backend, by way of the app. */
async function handed(start: HandoverStart): Promise<Handover> {
  const kept = HandoverStart.parse(start.toJson());
  const redirect = await sandbox.approve(kept.url, { person: 'bakery' });
  return Handover.parse(kept.answer(redirect, { now: client.now() }).toJson());
}

const begun = (): HandoverStart => HandoverStart.seal(client.authorize({ session: 'ada' }), KEYS, 'ada');

test('a backend completes what its app hands over', async () => {
  const start = begun();
  assert.equal(start.redirectUri, REDIRECT);
  assert.ok(Math.abs(start.expiresAt.getTime() - client.now().getTime() - 600_000) < 60_000);
  const { pending, grant } = (await handed(start)).accept(client, KEYS, 'ada');
  const { account } = await client.completeGrant(pending, grant);
  assert.equal(account.username, 'bakery.sandbox');
});

test('a configuration alone takes the present from its caller', async () => {
  const handover = await handed(begun());
  const { grant } = handover.accept(client.config, KEYS, 'ada', { now: client.now() });
  assert.ok(grant.revealCode());
  const late = { now: client.now().getTime() + 3_600_000 };
  assert.throws(() => handover.accept(client.config, KEYS, 'ada', late), code('redirect.state_expired'));
});

test('h5: a handle opens for its user and its keys alone', async () => {
  const handover = await handed(begun());
  assert.throws(() => handover.accept(client, KEYS, 'eve'), code('redirect.seal_invalid'));
  assert.throws(() => handover.accept(client, SealKeys.generate(), 'ada'), code('redirect.seal_invalid'));
});

test('neither value shows what is in it', async () => {
  const start = begun();
  const handover = await handed(start);
  const { handle, redirect_url: redirect } = JSON.parse(handover.toJson()) as Record<string, string>;
  const options = { depth: Infinity, showHidden: true, getters: true };
  for (const value of [start, handover]) {
    const forms = [inspect(value), inspect({ value }, options), format('%s %o %O %j', value, value, value, value)];
    const copies = [JSON.stringify({ value }), JSON.stringify(structuredClone(value)), JSON.stringify({ ...value })];
    const printed = [...forms, ...copies, String(value)].join();
    assert.match(printed, /redacted/);
    for (const secret of [handle!, redirect!, new URL(start.url).search]) assert.ok(!printed.includes(secret));
  }
});

test('the routes of a client alone accept what an app hands over, and send nothing', async () => {
  const site = sandbox.client(sandbox.app('instagram', { redirectUri: [`${REDIRECT}/callback`, REDIRECT] }));
  const routes = new SiteRoutes(site, { sealKeys: KEYS, appRedirectUri: REDIRECT });
  const start = HandoverStart.parse(routes.handoverStart({ method: 'POST', headers: [] }, { session: 'ada' }).body);
  const body = Buffer.from((await handed(start)).toJson());
  const request = { method: 'POST', headers: [['Content-Type', 'application/json']] as const, body };
  const exchanges = sandbox.calls('oauth/access_token').length;
  const { found } = routes.acceptHandover(request, 'ada');
  assert.equal(sandbox.calls('oauth/access_token').length, exchanges);
  const { account } = await site.completeGrant(found.pending!, found.grant!);
  assert.equal(account.username, 'bakery.sandbox');
  assert.equal(routes.acceptHandover(request, 'eve').found.error?.code, 'redirect.seal_invalid');
});
