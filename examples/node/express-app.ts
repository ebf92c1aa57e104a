/**
 * An Express site that connects Instagram accounts.
 *
 *     node build/express-app.js            runs it offline, against a sandbox, and walks its routes
 *     node build/express-app.js --serve    serves it, for you and your browser
 */

import { once } from 'node:events';
import express, { type Express } from 'express';
import { instagramRoutes } from 'shutterkey/express';
import { accountsPage, homePage } from './pages.ts';
import { run, type Given } from './run.ts';

/** Who is signed in at this site: yours, from a session. Here, it is always the same person. */
const signedIn = (): string => 'ada';

function makeSite({ keeper, sealKeys }: Given): Express {
  const routes = instagramRoutes({
    keeper,
    sealKeys,
    name: signedIn,
    onConnected: ({ account }) => console.log(`connected: ${account.username}`),
    onDeauthorized: ({ userId }) => console.log(`${userId} has removed the app`),
  });
  const start = routes.path('start');
  const site = express();
  // start, callback, deauthorize, data-deletion and webhook; before what parses bodies, since what is signed are the bytes.
  // Those for an app are in app-backend.ts.
  site.use(routes);
  site.use(express.urlencoded());
  site.get('/', (_request, response) => void response.send(homePage(start, signedIn())));
  site.get('/accounts', async (_request, response) => {
    response.send(accountsPage(start, signedIn(), await keeper.accounts()));
  });
  return site;
}

await run(async (given, port) => {
  const server = makeSite(given).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
});
