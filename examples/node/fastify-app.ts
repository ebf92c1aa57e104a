/**
 * A Fastify site that connects Instagram accounts, deletes what people want deleted, and listens to the platform.
 *
 *     node build/fastify-app.js            runs it offline, against a sandbox, and walks its routes
 *     node build/fastify-app.js --serve    serves it, for you and your browser
 */

import { createHmac } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { instagramRoutes } from 'shutterkey/fastify';
import { accountsPage, homePage } from './pages.ts';
import { connect, found, run, show, type Given, type World } from './run.ts';

/** Who is signed in at this site: yours, from a session. Here, it is always the same person. */
const signedIn = (): string => 'ada';

/** As it is entered in the App Dashboard, beside the webhook's address. */
const VERIFY_TOKEN = 'a word of your own';

/** What is read of a delivery. */
interface Delivery {
  readonly entry: readonly { readonly changes?: readonly Change[] }[];
}
interface Change {
  readonly field: string;
  readonly value: { readonly text?: string };
}

async function makeSite({ keeper, sealKeys }: Given): Promise<FastifyInstance> {
  const waiting = new Set<string>();
  const routes = instagramRoutes({
    keeper,
    sealKeys,
    name: signedIn,
    verifyToken: VERIFY_TOKEN,
    onConnected: ({ account }) => console.log(`connected: ${account.username}`),
    // The account is removed already. What else there is of theirs is yours to delete; the platform waits for this.
    onDataDeletion: ({ removed, confirmationCode }) => {
      waiting.add(confirmationCode);
      console.log(`to be deleted: what belongs to ${removed?.userId ?? 'somebody who was not here'}`);
    },
    deletionStatus: ({ confirmationCode }) =>
      waiting.has(confirmationCode) ? 'Your account is disconnected. Copies in backups go within 30 days.' : undefined,
    onWebhook: (payload) => {
      const changes = (payload as Delivery).entry.flatMap((entry) => entry.changes ?? []);
      for (const { field, value } of changes) if (field === 'comments') console.log(`a comment: ${value.text}`);
    },
  });
  const start = routes.path('start');
  const site = fastify();
  await site.register(routes); // start, callback, deauthorize, data-deletion and webhook
  site.get('/', (_request, reply) => reply.type('text/html').send(homePage(start, signedIn())));
  site.get('/accounts', async (_request, reply) => {
    return reply.type('text/html').send(accountsPage(start, signedIn(), await keeper.accounts()));
  });
  return site;
}

/** Connects an account, and then does what the platform does. */
async function walk(world: World): Promise<void> {
  await connect(world);
  const { origin, sandbox, app, keeper } = world;
  const { account } = await keeper.account(signedIn());
  const signed = (text: string): ReturnType<typeof createHmac> =>
    createHmac('sha256', app.revealClientSecret() ?? '').update(text);

  const check = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': VERIFY_TOKEN };
  const echoed = await fetch(`${origin}/ig/webhook?${new URLSearchParams(check)}`);
  show('the subscription check', echoed, await echoed.text());
  const change = { field: 'comments', value: { text: 'What a light!' } };
  const body = JSON.stringify({ object: 'instagram', entry: [{ id: account.userId, changes: [change] }] });
  const signature = { 'x-hub-signature-256': `sha256=${signed(body).digest('hex')}` };
  show('a delivery', await fetch(`${origin}/ig/webhook`, { method: 'POST', headers: signature, body }));
  show('one that is not signed', await fetch(`${origin}/ig/webhook`, { method: 'POST', body }));

  const issued_at = Math.floor(sandbox.clock.now().getTime() / 1_000);
  const about = JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: account.appScopedId, issued_at });
  const payload = Buffer.from(about).toString('base64url');
  const form = new URLSearchParams({ signed_request: `${signed(payload).digest('base64url')}.${payload}` });
  const deleted = await fetch(`${origin}/ig/data-deletion`, { method: 'POST', body: form });
  const { url } = (await deleted.json()) as { url: string };
  show('a deletion request', deleted, 'confirmed with a code');
  const status = await fetch(url);
  show('its status page', status, found(/Copies in backups [^<]+/, await status.text()));
  console.log(`accounts that are left  ${(await keeper.accounts()).length}`);
}

await run(async (given, port) => {
  const site = await makeSite(given);
  await site.listen({ port, host: '127.0.0.1' });
  return site;
}, walk);
