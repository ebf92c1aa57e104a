/** The PostgreSQL store. */

import { wait, type Waiting } from './abort.js';
import { check, misuse, unwrap } from './errors.js';
import { inspected } from './inspect.js';
import { native, type Native } from './native.js';
import { resealed, sealingOf, type Resealed, type ResealOptions, type SealingOptions } from './sealing.js';
import { Store } from './store.js';

/** How a connection to a database is secured: `sslmode` of its address. */
export type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

/** How records are kept in a database. `sealKeys`, `sealer` or `unsealed` is said. */
export interface PostgresStoreOptions extends SealingOptions {
  /** Tokens are kept in clear text: whoever can read the table, a backup or a replica of it has them. */
  readonly unsealed?: boolean | undefined;
  /** The schema of the tables; `shutterkey`. */
  readonly schema?: string | undefined;
  /** What the names of the tables begin with: to have several stores in one schema; nothing. */
  readonly tablePrefix?: string | undefined;
  /** How many connections there are at most; 4. They are opened when they are needed. */
  readonly poolSize?: number | undefined;
  /** How many seconds one call may take, waiting for a connection included; 10. */
  readonly deadline?: number | undefined;
  /** In place of the address's `sslmode`. */
  readonly tls?: TlsMode | undefined;
  /** Certificates in PEM that the server's is checked against, in place of the system's. */
  readonly rootCertificates?: string | Uint8Array | undefined;
}

/**
 * Keeps tokens in a PostgreSQL database (12 or later), sealed with a key that the database never sees: for many processes on many
 * machines, with leases on the database's clock, directly or behind PgBouncer in transaction mode.
 */
export class PostgresStore extends Store {
  readonly #held: Native.Postgres;

  /**
   * The store at an address: `postgres://user:password@host:port/database?sslmode=…`. Nothing is connected before it is used.
   *
   * @throws {@link ShutterkeyError} `config.invalid`, `config.seal_key`
   */
  constructor(address: string | URL, options: PostgresStoreOptions);
  /** @internal */
  constructor(held: Native.Postgres);
  constructor(given: string | URL | Native.Postgres, options: PostgresStoreOptions = {}) {
    const held = given instanceof native.Postgres ? given : built(String(given), options);
    super(held.store());
    this.#held = held;
  }

  /**
   * Makes the tables, or brings them up to this release. Safe at every start and by several at once; where nothing is to be done it
   * needs no right to change tables.
   *
   * @throws {@link ShutterkeyError} `store.denied`; `store.schema` where the tables are of a release that is too new
   */
  async migrate({ signal }: Waiting = {}): Promise<void> {
    check(await wait(() => this.#held.migrate(), signal));
  }

  /**
   * Looks whether the database answers and has tables that this release works with.
   *
   * @throws {@link ShutterkeyError} `store.schema`, and the rest of the `store` family
   */
  async check({ signal }: Waiting = {}): Promise<void> {
    check(await wait(() => this.#held.check(), signal));
  }

  /** What `migrate()` sends, as text for `psql --single-transaction --set ON_ERROR_STOP=1 --file`. It can be applied again. */
  migrations(): string {
    return this.#held.migrations();
  }

  /** As {@link SealedStore.reseal}. */
  async reseal(options: ResealOptions = {}): Promise<Resealed> {
    return resealed(this.#held, options);
  }

  /** @internal */
  [inspected](): string {
    return this.#held.shown;
  }
}

function built(address: string, options: PostgresStoreOptions): Native.Postgres {
  const { unsealed = false, schema, tablePrefix, poolSize, deadline, tls, rootCertificates: roots } = options;
  const sealing = sealingOf(options);
  if (unsealed && sealing) throw misuse('A store is sealed or unsealed: leave out unsealed, or the keys.');
  const rootCertificates = typeof roots === 'string' ? new TextEncoder().encode(roots) : roots;
  const settings = { address, unsealed, schema, tablePrefix, poolSize, deadline, tls, rootCertificates };
  return unwrap(native.Postgres.build(settings, sealing));
}
