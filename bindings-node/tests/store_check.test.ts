/** The suite that stores are put through. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileStore, MemoryStore } from 'shutterkey';
import { checkStore } from 'shutterkey/testing';
import { MapStore } from './support/map_store.js';

test('a store of the caller that keeps its promises passes, with a second handle as well', async () => {
  const report = await checkStore(() => new MapStore(), { second: (store) => new MapStore(store.rows) });
  assert.ok(report.passed, String(report));
  assert.equal(report.skipped.length, 0, String(report));
  assert.ok(report.findings.length >= 30);
});

test('the stores that are built in pass', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shutterkey-'));
  t.after(() => rm(folder, { recursive: true }));
  let stores = 0;
  const file = (): FileStore => new FileStore(join(folder, String((stores += 1))));
  for (const report of [await checkStore(() => new MemoryStore()), await checkStore(file)]) {
    assert.ok(report.passed, String(report));
  }
});

test('a store that gives a lease to everybody is found out, promise by promise', async () => {
  class Generous extends MapStore {
    override async lease(): Promise<number> {
      return (this.rows.count += 1);
    }
  }
  const report = await checkStore(() => new Generous());
  assert.ok(!report.passed);
  const broken = report.failures.map(({ name }) => name);
  assert.ok(broken.includes('a lease has one holder'), String(report));
  assert.match(String(report), /^FAILED {3}a lease has one holder: ./m);
});

test('a store that cannot be made fails each check with the reason', async () => {
  const report = await checkStore(() => Promise.reject<MapStore>(new Error('no database')));
  assert.equal(report.failures.length, report.findings.length);
  assert.match(report.failures[0]!.why!, /no database/);
});
