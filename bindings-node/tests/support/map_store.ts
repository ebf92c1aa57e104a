/** A store in a Map, as somebody would write one over a database: it keeps every promise. */

import type { CustomStore, StoredRecord, StoreRecord } from 'shutterkey';

interface Row {
  readonly record: StoreRecord;
  readonly version: number;
}

/** What several handles share. */
export class Rows {
  readonly records = new Map<string, Row>();
  readonly leases = new Map<string, { readonly fence: number; readonly until: number; readonly taken: number }>();
  count = 0;
}

export class MapStore implements CustomStore {
  readonly rows: Rows;
  /** What every call throws, if anything. */
  failing: Error | undefined;

  constructor(rows = new Rows()) {
    this.rows = rows;
  }

  async load(key: string, { now }: { now: Date }): Promise<StoredRecord | undefined> {
    const row = this.#present(key, now);
    return row && { ...row.record, version: row.version };
  }

  async save(
    key: string,
    record: StoreRecord,
    { expected, fence, now }: { expected?: number | undefined; fence?: number | undefined; now: Date },
  ): Promise<number | undefined> {
    if (this.#present(key, now)?.version !== expected) return undefined;
    if (fence !== undefined && (this.rows.leases.get(key)?.fence ?? 0) > fence) return undefined;
    this.rows.count += 1;
    this.rows.records.set(key, { record: { ...record, bytes: record.bytes.slice() }, version: this.rows.count });
    return this.rows.count;
  }

  async delete(key: string, { expected }: { expected: number }): Promise<boolean> {
    this.#check();
    return this.rows.records.get(key)?.version === expected && this.rows.records.delete(key);
  }

  async lease(key: string, { ttl, now }: { ttl: number; now: Date }): Promise<number | undefined> {
    this.#check();
    const held = this.rows.leases.get(key);
    // A clock that was set back does not make a lease eternal.
    if (held && held.until > now.getTime() && held.taken <= now.getTime()) return undefined;
    this.rows.count += 1;
    this.rows.leases.set(key, { fence: this.rows.count, until: now.getTime() + ttl * 1000, taken: now.getTime() });
    return this.rows.count;
  }

  async release(key: string, { fence }: { fence: number }): Promise<void> {
    this.#check();
    const held = this.rows.leases.get(key);
    if (held?.fence === fence) this.rows.leases.set(key, { ...held, until: 0 });
  }

  async list({
    prefix,
    dueBefore,
    after = '',
    limit,
  }: {
    prefix: string;
    dueBefore?: Date | undefined;
    after?: string | undefined;
    limit: number;
  }): Promise<{ key: string; dueAt: Date | undefined }[]> {
    this.#check();
    const bytes = (key: string): Buffer => Buffer.from(key);
    return [...this.rows.records]
      .map(([key, { record }]) => ({ key, dueAt: record.dueAt }))
      .filter(({ key, dueAt }) => key.startsWith(prefix) && (dueBefore === undefined || (dueAt && dueAt < dueBefore)))
      .filter(({ key }) => after === '' || Buffer.compare(bytes(key), bytes(after)) > 0)
      .sort((one, other) => Buffer.compare(bytes(one.key), bytes(other.key)))
      .slice(0, limit);
  }

  async probe(): Promise<void> {
    this.#check();
  }

  #present(key: string, now: Date): Row | undefined {
    this.#check();
    const row = this.rows.records.get(key);
    return row?.record.forgetAt && row.record.forgetAt <= now ? undefined : row;
  }

  #check(): void {
    if (this.failing) throw this.failing;
  }
}
