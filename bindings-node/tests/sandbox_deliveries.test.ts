/** What a sandbox sends to an app, taken by a little server and verified with the package's own functions; and usage headers. */

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { Sandbox, verifySignedRequest, verifyWebhook, webhookChallenge, type SandboxApp } from 'shutterkey';

const VERIFY = 'my-verify-token';

interface Got {
  readonly path: string;
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/** An app's own server: it answers what the platform asks, and remembers what it got. */
const site = createServer((request, response) => {
  void answer(request).then(([status, text]) => response.writeHead(status).end(text));
});
let got: Got[] = [];
let sandbox: Sandbox;
let url: string;

async function answer(request: IncomingMessage): Promise<[number, string]> {
  const { pathname: path, search } = new URL(request.url ?? '', 'http://localhost');
  if (request.method === 'GET') {
    try {
      return [200, webhookChallenge(search.slice(1), VERIFY)];
    } catch {
      return [403, ''];
    }
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const signature = request.headers['x-hub-signature-256'] as string | undefined;
  got.push({ path, signature, body: Buffer.concat(chunks) });
  return [200, JSON.stringify({ url: 'https://app.example/status', confirmation_code: 'c0de' })];
}

before(async () => {
  sandbox = await Sandbox.start();
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
after(async () => {
  site.close();
  await sandbox.close();
});
beforeEach(() => {
  sandbox.reset();
  got = [];
});

function secret(app: SandboxApp): string {
  return app.revealClientSecret() ?? '';
}

function about(app: SandboxApp, { body }: Got): string {
  const signed = new URLSearchParams(body.toString()).get('signed_request') ?? '';
  return verifySignedRequest(signed, secret(app), { now: sandbox.clock.now() }).userId;
}

test('an app is told that a person removed it and wants their data deleted', async () => {
  const app = sandbox.app('threads', { deauthorizeUrl: `${url}/deauthorize`, deletionUrl: `${url}/deletion` });
  const told = await sandbox.deliverDeauthorize('bakery', { app });
  assert.deepEqual([told.kind, told.status, told.problem], ['deauthorize', 200, undefined]);
  assert.deepEqual([told.account, told.appId, told.url], ['bakery.sandbox', app.clientId, `${url}/deauthorize`]);
  assert.ok(Math.abs(sandbox.clock.now().getTime() - told.at.getTime()) < 60_000);
  const asked = await sandbox.deliverDeletion('bakery', { product: 'threads' });
  assert.deepEqual([asked.confirmationCode, asked.statusUrl], ['c0de', 'https://app.example/status']);
  assert.deepEqual(got.map(({ path }) => path), ['/deauthorize', '/deletion']);
  const scoped = sandbox.mintToken('bakery', { app }).userId;
  assert.deepEqual(got.map((each) => about(app, each)), [scoped, scoped]);
  assert.deepEqual(sandbox.deliveries().map(({ kind, number }) => [number, kind]), [[1, 'deauthorize'], [2, 'data_deletion']]);
});

test('a webhook is subscribed by its challenge and delivered signed', async () => {
  const app = sandbox.app();
  await assert.rejects(sandbox.deliverWebhook(), /subscribe_webhook comes first/);
  const refused = await sandbox.subscribeWebhook(url, 'another token', { app });
  assert.deepEqual([refused.status, refused.problem], [403, 'the app did not answer with success']);
  const subscribed = await sandbox.subscribeWebhook(new URL(url), VERIFY, { fields: ['comments'] });
  assert.equal(subscribed.problem, undefined);
  assert.equal((await sandbox.deliverWebhook({ object: 'instagram', entry: [], x: 'ü' })).status, 200);
  const [first] = got as [Got];
  verifyWebhook(first.body, first.signature, secret(app));
  assert.equal((JSON.parse(first.body.toString()) as { x: string }).x, 'ü');
  assert.throws(() => verifyWebhook(Buffer.concat([first.body, Buffer.from(' ')]), first.signature, secret(app)));
  const change = { object: 'instagram', entry: [{ changes: [{ field: 'mentions' }] }] };
  await assert.rejects(sandbox.deliverWebhook(change), /not subscribed to "mentions": comments/);
  await sandbox.deliverWebhook();
  assert.match(String(got.at(-1)?.body), /"field":"comments"/);
});

test('what does not arrive says why', async () => {
  sandbox.app();
  assert.equal((await sandbox.deliverDeauthorize()).problem, 'the app has no address for this');
  const gone = await sandbox.subscribeWebhook('http://127.0.0.1:1/', VERIFY);
  assert.deepEqual([gone.status, gone.problem], [undefined, 'nobody listens there']);
  await assert.rejects(sandbox.deliverDeletion('nobody'), /there is no person "nobody"/);
  await assert.rejects(sandbox.deliverDeletion('studio', { product: 'legacy' }), /only Meta's products/);
});

test('answers that succeed tell the numbers that were set', async () => {
  const app = sandbox.app();
  const token = sandbox.mintToken('studio', { app });
  const told = async (): Promise<unknown[]> => {
    const { headers } = await fetch(`${sandbox.baseUrl}/instagram/me?access_token=${token.reveal()}`);
    return ['x-app-usage', 'x-business-use-case-usage'].map((name) => JSON.parse(headers.get(name) ?? 'null') as unknown);
  };
  assert.deepEqual(await told(), [null, null]);
  sandbox.usage({ callCount: 28, totalCputime: 24, totalTime: 25 }, { clientId: app.clientId });
  const account = { account: 'studio', product: 'instagram', forSeconds: 3_600 } as const;
  sandbox.usage({ callCount: 95, estimatedTimeToRegainAccess: 7 }, account);
  const ofApp = { call_count: 28, total_cputime: 24, total_time: 25 };
  const numbers = { call_count: 95, total_cputime: 0, total_time: 0, estimated_time_to_regain_access: 7 };
  assert.deepEqual(await told(), [ofApp, { [token.userId]: [{ type: 'instagram', ...numbers }] }]);
  assert.deepEqual(sandbox.usages()[1], { ...account, callCount: 95, totalCputime: 0, totalTime: 0, estimatedTimeToRegainAccess: 7 });
  sandbox.clock.advance(3_600);
  assert.deepEqual(await told(), [ofApp, null]);
  sandbox.clearUsages();
  assert.deepEqual(await told(), [null, null]);
  assert.throws(() => sandbox.usage({ estimatedTimeToRegainAccess: 1 }), /of an account alone/);
});
