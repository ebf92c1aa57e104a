/** The store of the shared profile. */

import type { Native } from './native.js';
import { PostgresStore } from './postgres.js';
import { FileStore } from './store.js';

/** The store that the profile names. */
export function profileStore({ path, postgres, store }: Native.OpenedProfile): FileStore | PostgresStore {
  return postgres ? new PostgresStore(postgres) : new FileStore(path!, store);
}
