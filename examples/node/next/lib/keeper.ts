/** The one keeper of the app, made by its settings in the environment: `SHUTTERKEY_CLIENT_ID` and so on. */

import { Keeper } from 'shutterkey';

// `next dev` loads modules anew at each change. The keeper, with what it has in memory, stays.
const kept = globalThis as { keeper?: Promise<Keeper> };

export const keeper = await (kept.keeper ??= Keeper.fromEnv());
