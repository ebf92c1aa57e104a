/** What stands in for the network sees every call: nock here, and msw, which intercepts in the same way. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import nock from 'nock';
import { Client, Keeper, MemoryStore } from 'shutterkey';
import { thrown } from './support/errors.js';

const settings = {
  clientId: '990602627938098',
  clientSecret: '0123456789abcdef0123456789abcdef',
  redirectUri: 'https://app.example/instagram/callback',
};

before(() => nock.disableNetConnect());
after(() => {
  nock.enableNetConnect();
  nock.restore();
});

test('a whole login at Instagram’s own hosts is what nock says, ids and all', async () => {
  nock('https://api.instagram.com')
    .post('/oauth/access_token', (body) => body.client_secret === settings.clientSecret && body.code === 'AQcanary01')
    .reply(200, '{"access_token":"IGAAshort0123456789","user_id":17841400000000001,"permissions":"instagram_business_basic"}');
  const graph = nock('https://graph.instagram.com');
  graph
    .get('/access_token')
    .query(({ grant_type, access_token }) => grant_type === 'ig_exchange_token' && access_token === 'IGAAshort0123456789')
    .reply(200, { access_token: 'IGAAlong0123456789', token_type: 'bearer', expires_in: 5_183_944 });
  graph
    .get(/\/me$/)
    .query(true)
    .reply(200, '{"id":"24000000000000001","user_id":17841400000000001,"username":"studio.sandbox"}');

  const client = new Client(settings, { fetch });
  const keeper = new Keeper({ client, store: new MemoryStore() });
  const { url, pending } = keeper.authorize();
  const redirect = `${settings.redirectUri}?code=AQcanary01&state=${new URL(url).searchParams.get('state')}#_`;
  const connection = await keeper.complete(pending, redirect);
  assert.equal(connection.account.userId, '17841400000000001');
  assert.equal(connection.token.reveal(), 'IGAAlong0123456789');
  assert.ok(nock.isDone(), nock.pendingMocks().join());
});

test('a client that was made before nock took the place of fetch is seen as well', async () => {
  nock.restore();
  const client = new Client(settings, { fetch });
  nock.activate();
  nock('https://api.instagram.com')
    .post('/oauth/access_token')
    .reply(400, { error_type: 'OAuthException', code: 400, error_message: 'This authorization code has been used' });
  const { url, pending } = client.authorize();
  const redirect = `${settings.redirectUri}?code=AQcanary01&state=${new URL(url).searchParams.get('state')}`;
  assert.equal((await thrown(client.complete(pending, redirect))).code, 'provider.code_used');
});
