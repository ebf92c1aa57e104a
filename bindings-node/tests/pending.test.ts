/** Logins that wait, sealed and in cookies. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, ManualClock, PendingAuthorization, PendingJar, SealKeys } from 'shutterkey';
import { code } from './support/errors.js';

const clock = new ManualClock(new Date('2026-11-24T12:00:00Z'));
const client = new Client(
  { clientId: '990602627938098', clientSecret: 'f'.repeat(32), redirectUri: 'https://app.example/callback' },
  { clock },
);
const now = clock.now();

const stateOf = (url: string): string => new URL(url).searchParams.get('state')!;

test('an answer is accepted as a URL, as a query, and pasted', () => {
  const { url, pending } = client.authorize();
  const query = `code=AQcode&state=${stateOf(url)}`;
  for (const grant of [
    pending.accept(`https://app.example/callback?${query}#_`, { now }),
    pending.accept(new URL(`https://app.example/callback?${query}`), { now }),
    pending.acceptQuery(query, { now }),
    pending.acceptPasted(` "app.example/callback?${query}" `, { now }),
  ]) {
    assert.equal(grant.kind, 'code');
    assert.equal(grant.revealCode(), 'AQcode');
    assert.equal(grant.revealAccessToken(), undefined);
  }
});

test('an answer of another login is refused', () => {
  const { pending } = client.authorize();
  const other = stateOf(client.authorize().url);
  assert.throws(() => pending.acceptQuery(`code=AQcode&state=${other}`, { now }), code('redirect.state_mismatch'));
});

test('an answer is accepted until the login ends, and not at that moment', () => {
  const { url, pending } = client.authorize({ ttl: 60 });
  const query = `code=AQcode&state=${stateOf(url)}`;
  assert.equal(pending.expiresAt.getTime() - pending.createdAt.getTime(), 60_000);
  pending.acceptQuery(query, { now: pending.expiresAt.getTime() - 1 });
  assert.throws(() => pending.acceptQuery(query, { now: pending.expiresAt }), code('redirect.state_expired'));
});

test('a login that is bound to a session is accepted with that session alone', () => {
  const { url, pending } = client.authorize({ session: 'browser 1' });
  const query = `code=AQcode&state=${stateOf(url)}`;
  pending.acceptQuery(query, { now, session: 'browser 1' });
  assert.throws(() => pending.acceptQuery(query, { now, session: 'browser 2' }), code('redirect.session_mismatch'));
});

test('a login that was serialised, or sealed and opened, is the same login', () => {
  const keys = SealKeys.parse(SealKeys.generate().serialize());
  const context = Uint8Array.from([1, 2, 3]);
  const { pending } = client.authorize({ context, returnTo: '/after', expectAccount: '17841400000000001' });
  const sealed = pending.seal(keys, { session: 's' });
  for (const read of [
    PendingAuthorization.deserialize(pending.serialize()),
    PendingAuthorization.open(sealed, keys, { provider: 'instagram', session: 's' }),
  ]) {
    assert.equal(read.handle, pending.handle);
    assert.deepEqual(read.context, context);
    assert.equal(read.returnTo, '/after');
    assert.equal(read.expectedAccount, '17841400000000001');
    assert.deepEqual(read.createdAt, now);
  }
  const other = { provider: 'instagram', session: 't' };
  assert.throws(() => PendingAuthorization.open(sealed, keys, other), code('redirect.seal_invalid'));
});

test('a ring of keys opens what its older keys sealed', () => {
  const old = SealKeys.generate();
  const { pending } = client.authorize();
  const sealed = pending.seal(old);
  const ring = old.rotated(SealKeys.generate());
  assert.equal(PendingAuthorization.open(sealed, ring, { provider: 'instagram' }).handle, pending.handle);
  assert.throws(
    () => PendingAuthorization.open(pending.seal(ring), old, { provider: 'instagram' }),
    code('redirect.seal_invalid'),
  );
});

test('a jar carries logins from one request of a browser to the next', () => {
  const keys = SealKeys.generate();
  const jar = new PendingJar(undefined, keys, { now });
  const [first, second] = [client.authorize(), client.authorize()];
  jar.add(first.pending);
  jar.add(second.pending);
  const cookie = jar.toSetCookie(now);
  assert.match(cookie, /^__Host-shutterkey=.*; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);

  const next = new PendingJar(`theme=dark; ${cookie.split(';')[0]}`, keys, { now });
  assert.equal(next.size, 2);
  const found = next.find(`code=x&state=${stateOf(first.url)}`);
  assert.equal(found.handle, first.pending.handle);
  next.remove(found);
  assert.equal(next.size, 1);
  assert.throws(() => next.find(`code=x&state=${stateOf(first.url)}`), code('redirect.state_mismatch'));
});

test('options that cannot be are refused', () => {
  assert.throws(() => client.authorize({ ttl: 0 }), code('config.invalid'));
  assert.throws(() => client.authorize({ returnTo: 'https://elsewhere.example/' }), code('redirect.return_to'));
  assert.throws(() => client.authorize({ extra: { state: 'mine' } }), code('config.reserved_parameter'));
  assert.throws(() => client.authorize({ requiredScopes: 'one text' as unknown as string[] }), TypeError);
});

test('a moment that is none is refused', () => {
  const { pending } = client.authorize();
  assert.throws(() => pending.acceptQuery('code=x', { now: new Date('never') }), RangeError);
  assert.throws(() => clock.advance(Number.NaN), RangeError);
});
