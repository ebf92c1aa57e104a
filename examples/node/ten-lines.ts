/** Ten lines, after `shutterkey login`: who am I? */

import { Keeper } from 'shutterkey';

const keeper = await Keeper.fromEnv(); // the profile and store that the command wrote
const token = await keeper.token('me');
const answer = await fetch('https://graph.instagram.com/v26.0/me?fields=username', {
  headers: { authorization: `Bearer ${token.reveal()}` },
});
await keeper.report('me', answer);
const { username } = (await answer.json()) as { username: string };
console.log(username);
