/** `/ig/start`, `/ig/callback`, `/ig/deauthorize`, `/ig/data-deletion` and `/ig/webhook` of a Next.js app. */

import { instagramRoutes } from 'shutterkey/web';
import { keeper } from '../../../lib/keeper.ts'; // '@/lib/keeper' in an app of Next.js

export const runtime = 'nodejs';

export const { GET, POST } = instagramRoutes({
  keeper,
  sealKeys: process.env.SITE_KEYS ?? '',
  home: '/accounts',
  // Who is signed in: yours, from the request's session. Here, it is always the same person.
  name: () => 'ada',
  onConnected: ({ account }) => console.log(`connected: ${account.username}`),
});
